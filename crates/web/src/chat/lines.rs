//! What a browser says of a talk: a line, a file, how far it has read, where answers go, and who vouches for whoever sits there.

use axum::{
    Json,
    extract::{Multipart, Path, State as With},
    http::StatusCode,
    response::IntoResponse,
};
use conversations::{
    sites::{Claims, Site},
    talks::{self, Heard, Key, Line, Looking, Talk},
};
use model::Original;
use serde::Deserialize;
use serde_json::json;
use store::Write;

use super::{
    BEGINNINGS, FILES, Holder, LARGEST, Open,
    live::{self, Us},
    stranger,
};
use crate::{
    State, originals,
    problem::{Answer, Problem},
    uploads,
};

/// A line as the browser tells it.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Given {
    /// What the browser calls the line, so that it is said once.
    name: String,
    text: String,
    page: String,
    /// What the site says of them.
    token: String,
    /// What a browser that nobody knows has worked out before its first word.
    work: String,
}

/// The key that counts: the shown one, or that of whom the site vouches for.
fn key(
    tx: &mut Write<'_>,
    world: &model::World,
    site: &Site,
    shown: &Key,
    token: &str,
) -> Result<Key, Problem> {
    if token.is_empty() {
        let vouched = talks::held(tx, site.id, shown)?.is_some_and(|it| it.vouched);
        return match site.vouched_only && !vouched {
            true => Err(stranger()),
            false => Ok(shown.clone()),
        };
    }
    let claims = Claims::read(tx, world, site, token)?;
    Ok(talks::vouch(tx, world, &claims, Some(shown), true)?)
}

pub(super) async fn hear(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Json(given): Json<Given>,
) -> Answer {
    said(&state, site, holder, given, Vec::new()).await
}

pub(super) fn named(name: &str) -> Result<(), Problem> {
    match name.len() {
        1..=64 => Ok(()),
        _ => Err(Problem::unfit("name", "Each line needs a name of its own, up to 64 letters.")),
    }
}

async fn said(state: &State, site: Site, holder: Holder, given: Given, files: Vec<Original>) -> Answer {
    named(&given.name)?;
    if holder.talk(state, site.id).await?.is_none() {
        stranger_worked(state, &site, &holder, &given).await?;
        state.house().count(BEGINNINGS, &holder.visitor.address).await?;
    }
    let (world, shown) = (state.world().clone(), holder.key);
    let (line, key) = state
        .store()
        .write(move |tx| {
            let key = key(tx, &world, &site, &shown, &given.token)?;
            let Given { name, text, page, .. } = given.clone();
            let heard = Heard { name, text, page, files: files.clone() };
            let (talk, number) = talks::hear(tx, &world, site.id, &key, &heard)?;
            let line =
                talks::since(tx, &talk, number - 1, 1)?.pop().ok_or_else(|| Problem::missing("This line"))?;
            Ok::<_, Problem>((line, key))
        })
        .await?;
    let mut told = live::told(&line, &Us::of(state).await?);
    told["key"] = json!(key.expose());
    Ok(Json(told).into_response())
}

/// Whoever begins a talk without the site's word for them has done the work for it.
async fn stranger_worked(state: &State, site: &Site, holder: &Holder, given: &Given) -> Result<(), Problem> {
    match (given.token.is_empty(), site.vouched_only) {
        (false, _) => Ok(()),
        (true, true) => Err(stranger()),
        (true, false) => {
            let (id, key, work, now) = (site.id, holder.key.clone(), given.work.clone(), state.world().now());
            Ok(state.store().read(move |db| talks::check(db, id, &key, &work, now)).await?)
        }
    }
}

/// What to work out before the first word.
pub(super) async fn puzzle(With(state): With<State>, Open(site): Open, holder: Holder) -> Answer {
    let house = talks::puzzle_key(state.store()).await?;
    let puzzle = talks::pose(&house, site.id, &holder.key, state.world().now());
    Ok(Json(json!({"puzzle": puzzle, "bits": talks::BITS})).into_response())
}

/// A file, with a few words if they wrote some.
pub(super) async fn files(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    mut form: Multipart,
) -> Answer {
    let broken = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "It did not arrive",
            "The file did not arrive whole. Please send it again.",
        ),
    };
    let (mut given, mut file) = (Given::default(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default().to_owned().as_str() {
            "file" => {
                let called = field.file_name().unwrap_or("file").to_owned();
                let kind = field.content_type().unwrap_or("application/octet-stream").to_owned();
                file = Some((called, kind, field.bytes().await.map_err(broken)?));
            }
            "name" => given.name = field.text().await.map_err(broken)?,
            "text" => given.text = field.text().await.map_err(broken)?,
            "page" => given.page = field.text().await.map_err(broken)?,
            "token" => given.token = field.text().await.map_err(broken)?,
            _ => {}
        }
    }
    let (called, media_type, bytes) = file.ok_or_else(|| Problem::unfit("file", "No file came along."))?;
    match bytes.len() {
        0 => return Err(Problem::unfit("file", "This file is empty.")),
        1..=LARGEST => {}
        _ => return Err(too_large()),
    }
    // Nobody fills the disk of a house that they never spoke to, or may not speak to: all of this is asked before anything is kept.
    let talk = holder.talk(&state, site.id).await?;
    let talk =
        talk.ok_or_else(|| Problem::unfit("text", "Please write a word first, and then send the file."))?;
    if site.vouched_only && !talk.vouched {
        return Err(stranger());
    }
    named(&given.name)?;
    state.house().count(FILES, &holder.visitor.address).await?;
    let file = uploads::enclosed(&state, &called, media_type, bytes).await?;
    said(&state, site, holder, given, vec![file]).await
}

fn too_large() -> Problem {
    let most = LARGEST >> 20;
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", format!("A file may have up to {most} MB."))
}

/// A file of a line, to be kept by whoever holds the talk.
pub(super) async fn file(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Path((_, number, place)): Path<(String, i64, usize)>,
) -> Answer {
    let missing = || Problem::missing("This file");
    let line = numbered(&state, &site, &holder, number).await?.ok_or_else(missing)?;
    originals::download(&state, line.moment, place).await
}

/// The face of whoever of us said a line, for whoever holds the talk.
pub(super) async fn face(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Path((_, number)): Path<(String, i64)>,
) -> Answer {
    let missing = || Problem::missing("This face");
    let line = numbered(&state, &site, &holder, number).await?.ok_or_else(missing)?;
    let by = line.moment.by.ok_or_else(missing)?;
    let digest = state.house().photo_of(by).await?.ok_or_else(missing)?;
    originals::picture(&state, digest).await
}

/// A line of the talk that somebody holds.
async fn numbered(state: &State, site: &Site, holder: &Holder, number: i64) -> Result<Option<Line>, Problem> {
    let Some(talk) = holder.talk(state, site.id).await? else { return Ok(None) };
    let line = state.store().read(move |db| talks::since(db, &talk, number - 1, 1)).await?.pop();
    Ok(line.filter(|it| it.number == number))
}

/// What they do just now.
#[derive(Deserialize)]
pub(super) struct Doing {
    #[serde(default)]
    seen: i64,
    #[serde(default)]
    writing: bool,
    #[serde(default)]
    leaving: bool,
}

pub(super) async fn theirs(state: &State, site: &Site, holder: &Holder) -> Result<Talk, Problem> {
    holder.talk(state, site.id).await?.ok_or_else(|| Problem::missing("A talk of yours"))
}

pub(super) async fn here(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Json(doing): Json<Doing>,
) -> Answer {
    let (talk, world) = (theirs(&state, &site, &holder).await?, state.world().clone());
    let looking = Looking { seen: doing.seen, writing: doing.writing, leaving: doing.leaving };
    state.store().write(move |tx| talks::here(tx, &world, &talk, looking)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
pub(super) struct Address {
    address: String,
}

pub(super) async fn address(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Json(given): Json<Address>,
) -> Answer {
    let (talk, world) = (theirs(&state, &site, &holder).await?, state.world().clone());
    state.store().write(move |tx| talks::write_to(tx, &world, &talk, &given.address)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
pub(super) struct Word {
    token: String,
}

/// The site says who sits there: their key, which opens what they said before, here and elsewhere. Nothing is written for somebody
/// who has not said a word.
pub(super) async fn identity(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Json(word): Json<Word>,
) -> Answer {
    let (world, shown) = (state.world().clone(), holder.key);
    let key = state
        .store()
        .write(move |tx| {
            let claims = Claims::read(tx, &world, &site, &word.token)?;
            Ok::<_, Problem>(talks::vouch(tx, &world, &claims, Some(&shown), false)?)
        })
        .await?;
    Ok(Json(json!({"key": key.expose()})).into_response())
}

/// Follows the way back that stood in a mail.
pub(super) async fn back(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Json(way): Json<Word>,
) -> Answer {
    let (world, key) = (state.world().clone(), holder.key);
    state.store().write(move |tx| talks::come_back(tx, &world, site.id, &key, &way.token)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
