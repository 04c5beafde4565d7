//! Opening the rooms in order.

use anyhow::Context;
use model::World;
use store::{Room, Store};

use crate::config::Config;

/// Every room that has tables, in the order of their arrows.
pub const ROOMS: &[Room] = &[
    store::ROOM,
    house::ROOM,
    memory::ROOM,
    permission::ROOM,
    conversations::ROOM,
    delivery::ROOM,
    web::ROOM,
];

/// Opens the data, bringing it up to this version.
pub async fn open(config: &Config) -> anyhow::Result<Store> {
    let location = config.location()?;
    Store::open(location, ROOMS, World::real()).await.context("the data cannot be opened")
}
