//! Moments: a person's timeline page by page, one moment, and telling of more.

use axum::{
    Json,
    extract::{Path, State as With},
};
use house::Permission;
use memory::timeline::{self, From as Begin, Place};
use model::{Fragment, Handle, Moment, MomentId, PersonId, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    asking::{Asked, Reply, Sent, cursor, limit, place},
    caller::Caller,
    people::taking,
    shapes::{Key, Refusals, When},
    telling::{self, Told, ToldMoment},
};
use crate::{State, problem::Problem};

/// The source of what a program tells without naming itself.
const PROGRAM: &str = "api";
/// Moments told of at once.
const TOGETHER: usize = 1000;

/// Something that happened with a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct MomentOf {
    pub(crate) id: Key,
    pub(crate) person: Key,
    /// Which of their sources told of it.
    profile: Key,
    /// When it happened.
    at: When,
    /// When we came to know of it.
    recorded_at: When,
    kind: String,
    channel: String,
    /// `heard`, `said`, `together`, `noted`.
    direction: String,
    /// The organisation or household it was for.
    account: Option<Key>,
    /// Which of us spoke, acted or wrote it down.
    by: Option<Key>,
    /// What it belongs together with.
    thread: Option<String>,
    title: String,
    /// What was said, to the letter.
    body: String,
    /// What only this kind has.
    data: Value,
    /// The files it came with.
    files: Vec<FileOf>,
}

/// A file that came with a moment.
#[derive(Serialize, ToSchema)]
struct FileOf {
    /// Where it is downloaded.
    href: String,
    /// The name it came with.
    name: String,
    media_type: String,
    /// Bytes.
    size: u64,
    /// SHA-256 of its bytes.
    digest: String,
}

impl From<Moment> for MomentOf {
    fn from(it: Moment) -> Self {
        let files = it.originals.into_iter().enumerate().map(|(n, file)| FileOf {
            href: format!("{}/moments/{}/files/{n}", super::ROOT, it.id),
            name: file.name,
            media_type: file.media_type,
            size: file.size,
            digest: file.digest,
        });
        Self {
            files: files.collect(),
            id: it.id.into(),
            person: it.person.into(),
            profile: it.profile.into(),
            at: it.at.into(),
            recorded_at: it.recorded_at.into(),
            kind: it.kind.into(),
            channel: it.channel.into(),
            direction: it.direction.as_str().to_owned(),
            account: it.account.map(Into::into),
            by: it.by.map(Into::into),
            thread: it.thread,
            title: it.title,
            body: it.body,
            data: it.data,
        }
    }
}

/// A page of a timeline.
#[derive(Serialize, ToSchema)]
pub(crate) struct Timeline {
    /// Oldest first, as a conversation is read.
    items: Vec<MomentOf>,
    /// The `cursor` of the page of older moments; null if there are none.
    next: Option<String>,
    /// The `cursor` of the page of newer moments; null if there are none.
    previous: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only these kinds, with commas between them.
    kind: Option<String>,
    /// Begin at this time instead of the newest.
    since: Option<When>,
    /// Moments on a page, 1 to 200; 50 if nothing is said.
    limit: Option<i64>,
    /// A `next` (older) or `previous` (newer) of another page.
    cursor: Option<String>,
}

/// A place between moments and which way to read from it, as it is handed out.
#[derive(Serialize, Deserialize)]
enum Way {
    Older(i64, MomentId),
    Newer(i64, MomentId),
}

impl Wanted {
    fn from(&self) -> Result<Begin, Problem> {
        let at = |at, id| Place { at: Time::from_micros(at), id };
        Ok(match (place(self.cursor.as_deref())?, self.since) {
            (Some(Way::Older(time, id)), _) => Begin::Before(at(time, id)),
            (Some(Way::Newer(time, id)), _) => Begin::After(at(time, id)),
            (None, Some(since)) => Begin::Since(since.0),
            (None, None) => Begin::End,
        })
    }

    fn kinds(&self) -> Vec<String> {
        let words = self.kind.iter().flat_map(|kinds| kinds.split(','));
        words.map(|kind| kind.trim().to_owned()).filter(|kind| !kind.is_empty()).collect()
    }
}

impl From<timeline::Page> for Timeline {
    fn from(page: timeline::Page) -> Self {
        let (first, last) = (page.moments.first(), page.moments.last());
        let next = first.filter(|_| page.older).map(|it| cursor(&Way::Older(it.at.micros(), it.id)));
        let previous = last.filter(|_| page.newer).map(|it| cursor(&Way::Newer(it.at.micros(), it.id)));
        Self { next, previous, items: page.moments.into_iter().map(Into::into).collect() }
    }
}

/// Which page of a timeline, as the memory is asked for it.
pub(crate) fn begin(wanted: &Wanted) -> Result<(Begin, Vec<String>, usize), Problem> {
    Ok((wanted.from()?, wanted.kinds(), limit(wanted.limit)? as usize))
}

/// A person's timeline, the newest page first
///
/// Every channel in one order. `next` leads to older moments, `previous` to newer ones.
#[utoipa::path(
    get, path = "/people/{id}/moments", tag = "moments", params(Wanted),
    responses((status = 200, description = "A page of moments", body = Timeline), Refusals)
)]
pub(crate) async fn of_person(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Reply<Timeline> {
    caller.may(Permission::ReadPeople)?;
    let (id, (from, kinds, most)): (PersonId, _) = (id.parse()?, begin(&wanted)?);
    let page = state.store().read(move |db| timeline::of_person(db, id, from, &kinds, most)).await?;
    caller.noted(&state, "person.seen", id, json!({ "moments": page.moments.len() })).await?;
    Ok(Json(page.into()))
}

/// One moment
#[utoipa::path(
    get, path = "/moments/{id}", tag = "moments",
    responses((status = 200, description = "The moment", body = MomentOf), Refusals)
)]
pub(crate) async fn get(With(state): With<State>, caller: Caller, Path(id): Path<String>) -> Reply<MomentOf> {
    Ok(Json(one(&state, &caller, &id).await?.into()))
}

/// A moment by its id, for somebody who may see it.
pub(crate) async fn one(state: &State, caller: &Caller, id: &str) -> Result<Moment, Problem> {
    caller.may(Permission::ReadPeople)?;
    let id: MomentId = id.parse()?;
    let found = state.store().read(move |db| timeline::moment_by_id(db, id)).await?;
    let moment = found.ok_or_else(|| Problem::missing("This moment"))?;
    caller.noted(state, "person.seen", moment.person, json!({ "moment": moment.id })).await?;
    Ok(moment)
}

/// What happened with a person who is known by id.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMoments {
    /// The name of your program; `api` if nothing is said. Moments are known again by it and their key.
    #[schema(example = "till")]
    source: Option<String>,
    /// At most 1000; all of them are kept, or none.
    moments: Vec<ToldMoment>,
}

/// Add moments to a person's timeline
///
/// A moment told twice is kept once.
#[utoipa::path(
    post, path = "/people/{id}/moments", tag = "moments", request_body = NewMoments,
    responses((status = 200, description = "What became of them", body = Told), Refusals)
)]
pub(crate) async fn append(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Sent(new): Sent<NewMoments>,
) -> Reply<Told> {
    caller.may(Permission::WritePeople)?;
    if new.moments.len() > TOGETHER {
        return Err(Problem::unfit("moments", format!("Send at most {TOGETHER} at once.")));
    }
    let id: PersonId = id.parse()?;
    let person = state.store().read(move |db| memory::current(db, id)).await?;
    let mut taken = taking::take(&state, &caller, vec![fragment(person, new, state.world().now())?]).await?;
    let told = taken.pop().ok_or_else(|| Problem::missing("This person"))?;
    Ok(Json(told.into()))
}

/// Names the person by the id they go by here, as exports do, so that nothing has to be guessed.
fn fragment(person: PersonId, new: NewMoments, now: Time) -> Result<Fragment, Problem> {
    let id = person.to_string();
    let ours = Handle::external("regard", &id).map_err(|why| Problem::unfit("id", why.to_string()))?;
    let moments = new.moments.into_iter().enumerate();
    let moments = moments.map(|(n, moment)| moment.read(&format!("moments[{n}].")));
    Ok(Fragment {
        source: telling::source(new.source.unwrap_or_else(|| PROGRAM.into()), "")?,
        key: id,
        seen_at: now,
        fields: Default::default(),
        handles: vec![ours],
        roles: Vec::new(),
        moments: moments.collect::<Result<_, _>>()?,
    })
}
