//! The big database: people from the importer, moments from the quick loader; kept between runs if asked.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use store::{Engine, Location, Store};

use crate::{
    folk::Folk,
    import,
    load::{self, People},
    place::{self, Place},
    sink::Sink,
};

/// A big database, open.
pub struct Big {
    /// As the program opens it.
    pub store: Store,
    /// Who is there.
    pub people: People,
    place: Option<Place>,
}

impl Big {
    /// Closes it; gives where it lies, and what keeps it there.
    pub fn close(self) -> (Location, Option<Place>) {
        (self.store.location().clone(), self.place)
    }
}

/// Makes the big database, or finds it where it was kept. PostgreSQL's is made anew each time: its server is.
pub async fn open(
    engine: Engine,
    below: &Path,
    folk: &Folk,
    people: usize,
    moments: usize,
    keep: bool,
) -> Result<Big> {
    let kept = kept_at(below, people, moments);
    if engine == Engine::Sqlite && kept.join("ready").exists() {
        let store = place::open(&Location::Folder(kept)).await?;
        let people = load::people(&store).await?;
        return Ok(Big { store, people, place: None });
    }
    let place = match keep && engine == Engine::Sqlite {
        true => None,
        false => Some(Place::fresh(engine, below).await?),
    };
    let location = place.as_ref().map_or(Location::Folder(kept.clone()), |place| place.location.clone());
    let store = make(engine, &location, below, folk, people, moments).await?;
    let people = load::people(&store).await?;
    load::check(&store, folk, import::TABLE, &people, moments).await?;
    if place.is_none() {
        fs::write(kept.join("ready"), "")?;
    }
    Ok(Big { store, people, place })
}

/// Where SQLite's is kept.
pub fn kept_at(below: &Path, people: usize, moments: usize) -> PathBuf {
    below.join(format!("kept-{people}-{moments}"))
}

async fn make(
    engine: Engine,
    location: &Location,
    below: &Path,
    folk: &Folk,
    people: usize,
    moments: usize,
) -> Result<Store> {
    if let Location::Folder(folder) = location {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    let table = import::write_table(below, folk, people)?;
    import::in_a_child(location, &table, people).await?;
    fs::remove_file(&table)?;
    let who = {
        let store = place::open(location).await?;
        load::people(&store).await?
    };
    // The store closes its connections behind our back, and the loader wants to be alone.
    tokio::time::sleep(Duration::from_secs(2)).await;
    load::fill(Sink::open(engine, location).await?, folk, import::TABLE, &who, moments).await?;
    place::open(location).await
}
