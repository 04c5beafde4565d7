//! What the API promises to programs, told to both engines over real HTTP.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod document;
mod every_address;
mod forgotten;
mod guide;
mod imports;
mod joining;
mod pages;
mod program;
mod refusals;
mod twice;

use program::{Served, serve};
use store::{Room, trial::both_engines};

const ROOMS: &[Room] = &[
    store::ROOM,
    house::ROOM,
    memory::ROOM,
    permission::ROOM,
    conversations::ROOM,
    insight::ROOM,
    delivery::ROOM,
    web::ROOM,
];

/// A served house on each engine, in a world that stands still.
fn told<F, R>(story: F)
where
    F: Fn(Served) -> R,
    R: Future<Output = ()>,
{
    both_engines(ROOMS, cast::world, |store| async { story(serve(store).await).await });
}
