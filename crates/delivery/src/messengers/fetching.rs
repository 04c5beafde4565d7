//! Files that came with somebody's words by a messenger: the words are kept at once, the files as soon as the service gives them.

use channels::messengers::{Brought, fetch};
use memory::{Taken, note_under, timeline};
use model::{Direction, Fragment, Kind, MessengerId, Moment, MomentId, NewMoment, Original, Time, World};
use serde_json::json;
use store::{Store, Write, jobs};

use crate::{DeliveryError, aside::blocking};

/// The job that fetches a file.
pub(crate) const FETCH: &str = "messenger.fetch";

fn files(data: &serde_json::Value) -> Vec<Brought> {
    data.get("files").and_then(|it| serde_json::from_value(it.clone()).ok()).unwrap_or_default()
}

/// Has the files of what was said fetched, if it was not known before.
pub(super) fn ask_for(
    tx: &mut Write<'_>,
    world: &World,
    fragment: &Fragment,
    taken: &Taken,
) -> Result<(), DeliveryError> {
    for (moment, id) in fragment.moments.iter().zip(&taken.ids) {
        for number in 0..files(&moment.data).len() {
            let payload = json!({"moment": id, "file": number});
            jobs::enqueue(tx, world, FETCH, &format!("{id} {number}"), &payload, world.now())?;
        }
    }
    Ok(())
}

/// Fetches a file, and tells of it behind the words it came with.
pub(crate) async fn get(store: &Store, id: MomentId, number: usize) -> Result<(), DeliveryError> {
    let said = store.read(move |db| timeline::moment_by_id(db, id)).await?;
    // Who said it may have been forgotten meanwhile.
    let Some(said) = said else { return Ok(()) };
    let Some(file) = files(&said.data).into_iter().nth(number) else { return Ok(()) };
    let messenger: Option<MessengerId> = said.data["messenger"].as_str().and_then(|it| it.parse().ok());
    let Some(messenger) = messenger else { return Ok(()) };
    let known = super::known(store, messenger).await?;
    let (messenger, account) =
        known.ok_or_else(|| DeliveryError::Wish("its messenger is not here any more".into()))?;
    let bytes = fetch(messenger.service, &account, &file.reference).await?;
    let (place, size) = (store.files().clone(), bytes.len() as u64);
    let media_type = model::picture(&bytes).unwrap_or("application/octet-stream").to_owned();
    let digest = blocking(move || place.put(&bytes)).await?;
    let original = Original { digest: digest.clone(), name: file.name, media_type, size };
    let (told, world) = (of(&said, original, number), store.world().clone());
    let (person, profile) = (said.person, said.profile);
    let kept: Result<MomentId, DeliveryError> =
        store.write(move |tx| Ok(note_under(tx, &world, person, profile, &told)?)).await;
    if kept.is_err() {
        // Whoever was forgotten in this moment leaves nothing here.
        let wanted = digest.clone();
        let in_use = move |db: &mut store::Read<'_>| {
            db.first(crate::mailboxes::DIGEST_IN_USE, store::params![wanted], |_| Ok(()))
        };
        if store.read(in_use).await?.is_none() {
            let files = store.files().clone();
            blocking(move || files.remove(&digest)).await?;
        }
    }
    kept.map(|_| ())
}

/// The file as a moment of its own, right behind what it came with.
fn of(said: &Moment, file: Original, number: usize) -> NewMoment {
    NewMoment {
        key: format!("{} file {number}", said.id),
        at: Time::from_micros(said.at.micros() + 1 + number as i64),
        kind: Kind::Message,
        channel: said.channel.clone(),
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: said.thread.clone(),
        title: file.name.clone(),
        body: String::new(),
        data: json!({"chat": said.data["chat"], "messenger": said.data["messenger"], "file_of": said.id}),
        originals: vec![file],
    }
}
