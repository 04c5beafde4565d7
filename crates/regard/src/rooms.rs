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
    insight::ROOM,
    delivery::ROOM,
    web::ROOM,
];

/// Opens the data, bringing it up to this version.
pub async fn open(config: &Config) -> anyhow::Result<Store> {
    let location = config.location()?;
    let store = Store::open(location, ROOMS, World::real()).await.context("the data cannot be opened")?;
    let days = config.backups_kept_days()?;
    // Written only where it says something else, so that looking at the data does not change it.
    if store.read(memory::forgetting::backups_kept).await? != days {
        store.write(move |tx| memory::forgetting::keep_backups(tx, days)).await?;
    }
    Ok(store)
}

/// The same, for what works with the data: whoever was forgotten and is here, since a backup was put back, is forgotten again first.
pub async fn open_to_work(config: &Config) -> anyhow::Result<Store> {
    let store = open(config).await?;
    let again = delivery::forgetting::again(&store, store.location().folder()).await;
    let again = again.context("whoever was forgotten since this backup cannot be forgotten again")?;
    if again > 0 {
        tracing::warn!(
            people = again,
            "a backup had brought back people who were forgotten; they are forgotten again"
        );
    }
    Ok(store)
}
