//! A person: face and story first, then the one long conversation, and in the margin how to reach them.

mod answering;
mod between;
mod brief;
mod caring;
mod chatting;
pub(super) mod conversation;
mod enclosing;
mod fate;
mod files;
mod following;
mod forgetting;
mod joining;
mod known;
mod looks;
mod messaging;
mod moment;
mod noting;
mod peace;
mod portrait;
mod presence;
mod worth;

use ::house::Permission;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Query, State as With},
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use conversation::Asked;
use conversations::{
    BriefLine, attention,
    goodwill::Left,
    promises::{self, Promise},
    refusals::{self, Refusal},
};
pub(in crate::pages) use fate::Fates;
use maud::{Markup, html};
use memory::{
    joining::{Duplicate, duplicates_of},
    people::{self, Line, Person},
    timeline::{self, From, Page},
};
use model::{Direction, Kind, Moment, PersonId, StaffId};
use permission::Reciprocity;
use store::Read;

use super::{
    goodwill::{self, Purse},
    parts::{Colleagues, Names, names},
};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
};

/// Promises looked up for a page.
const PROMISES: i64 = 50;
const REFUSALS: i64 = 20;
/// Moments on a page of a timeline: about two screens.
const MOMENTS: usize = 40;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/people/{id}", get(show))
        .route("/people/{id}/moments", post(noting::note))
        .route("/people/{id}/here", get(presence::see).post(presence::say))
        .route("/people/{id}/keeper", post(caring::keeper))
        .route("/people/{id}/aside", post(caring::aside))
        .route("/people/{id}/settled", post(caring::settled))
        .route("/people/{id}/talks/{talk}", post(chatting::say))
        .route("/people/{id}/messages", post(messaging::say))
        .route("/people/{id}/follow", post(following::follow))
        .route("/people/{id}/peace", post(peace::decide))
        .route("/people/{id}/draft", post(answering::draft))
        .route("/people/{id}/replies/{reply}", get(super::replies::filled))
        .route("/people/{id}/moments/{moment}/fate", get(fate::part))
        .route("/people/{id}/moments/{moment}/again", post(fate::again))
        .route("/people/{id}/moments/{moment}/back", post(fate::back))
        .route("/people/{id}/moments/{moment}/files/{number}", get(files::download))
        .route("/people/{id}/moments/{moment}/looks", get(looks::show))
        .route("/people/{id}/moments/{moment}/pictures/{number}", get(looks::picture))
        .route("/people/{id}/moments/{moment}/parts/{number}", get(looks::part))
        .route("/people/{id}/photo", get(files::photo))
        .route("/people/{id}/known", get(known::show).post(known::enter))
        .route("/people/{id}/worth", get(worth::show))
        .route("/people/{id}/kind", post(worth::correct))
        .route("/people/{id}/came", post(worth::came))
        .route("/people/{id}/known/handles", post(known::add_handle))
        .route("/people/{id}/known/guard", post(known::guard))
        .route("/people/{id}/known/roles", post(known::give_role))
        .route("/people/{id}/known/roles/{role}/end", post(known::end_role))
        .route("/people/{id}/known/sources/{profile}/split", post(joining::split))
        .route("/people/{id}/join", get(joining::find))
        .route("/people/{id}/join/{other}", get(joining::preview).post(joining::join))
        .route("/people/{id}/join/{other}/two", post(joining::two_people))
        .route("/people/{id}/joinings/{merge}/undo", post(joining::undo))
        .route("/people/{id}/forget", get(forgetting::preview).post(forgetting::forget))
}

/// What comes with files.
pub(super) fn uploading() -> Router<State> {
    let most = DefaultBodyLimit::max(enclosing::LARGEST + (1 << 20));
    Router::new().route("/people/{id}/answers", post(answering::answer).layer(most))
}

/// A person, the part of their timeline that was asked for, and who may be the same.
struct Whole {
    person: Person,
    page: Page,
    twins: Vec<(Duplicate, Line)>,
    fates: Fates,
    promises: Vec<Promise>,
    brief: Vec<BriefLine>,
    goodwill: Vec<goodwill::Told>,
    left: Left,
    refusals: Vec<Refusal>,
    chat: Option<chatting::Ground>,
    messenger: Option<messaging::Ground>,
    followers: Vec<StaffId>,
    between: Reciprocity,
    /// What sounds as if they wanted to be left in peace.
    sounds: Option<Moment>,
}

impl Whole {
    /// Whether what they wait for was said in this way.
    fn waits_by(&self, kind: &Kind) -> bool {
        let last = self.page.moments.iter().rev().find(|it| it.direction == Direction::Heard);
        self.person.waits_since.is_some() && last.is_some_and(|it| it.kind == *kind)
    }
    fn waits_in_chat(&self) -> bool {
        self.chat.is_some() && self.waits_by(&Kind::Chat)
    }
    fn waits_in_messenger(&self) -> bool {
        self.messenger.is_some() && self.waits_by(&Kind::Message)
    }
}

async fn show(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let id: PersonId = id.parse()?;
    let now = state.store().read(move |db| memory::current(db, id)).await?;
    if now != id {
        return Ok(Redirect::permanent(&format!("/people/{now}")).into_response());
    }
    let (from, kinds) = (asked.from(&desk)?, asked.kinds());
    let purse = goodwill::own_purse(&desk)?;
    let whole = state.store().read(move |db| read(db, id, from, &kinds, &purse)).await?;
    let names = names(&state).await?;
    let base = format!("/people/{id}");
    if desk.fragment && asked.is_part() {
        return Ok(layout::part(conversation::part(&desk, &base, &asked, &whole.page, &names, &whole.fates)));
    }
    let staff = state.house().colleagues().await?;
    let elsewhere = whole.waits_in_chat() || whole.waits_in_messenger();
    let answering = answering::begun(&state, &desk, &whole.person, None, elsewhere).await?;
    Ok(layout::page(
        &desk,
        Here::People,
        &whole.person.name,
        shown(&state, &desk, &base, &asked, &whole, (&names, &staff), answering),
    ))
}

fn shown(
    state: &State,
    desk: &Desk,
    base: &str,
    asked: &Asked,
    whole: &Whole,
    (names, staff): (&Names, &Colleagues),
    answering: Option<Markup>,
) -> Markup {
    let Whole {
        person,
        page,
        twins,
        fates,
        promises,
        brief,
        goodwill,
        left,
        refusals,
        chat,
        messenger,
        followers,
        between,
        sounds,
    } = whole;
    let key = noting::key(state.world());
    let aside = html! { (between::show(between)) (worth::aside(person.id)) (following::show(desk, person.id, followers, names)) };
    html! {
        div.person {
            (portrait::head(desk, person))
            (portrait::margin(desk, person, &aside))
            div #conversation {
                (portrait::twins(person, twins))
                (super::refusals::banner(desk, refusals, names))
                (presence::place(person.id))
                (between::warning(desk, between))
                (peace::line(desk, person.id, sounds.as_ref()))
                (caring::bar(desk, person, names, staff, false))
                (brief::show(desk, person.id, brief, names))
                (super::promises::of_person(desk, promises, names, staff))
                (chatting::form(state, desk, person, chat.as_ref(), whole.waits_in_chat()))
                @if let Some(it) = messenger { (messaging::form(desk, person, it, &key, whole.waits_in_messenger())) }
                @if let Some(answering) = answering { (answering) }
                @if desk.can(Permission::WritePeople) { (noting::form(person, &key, asked.call.is_some())) }
                (super::goodwill::on_page(desk, person.id, state.world().id(), goodwill, left, names))
                (super::refusals::on_page(desk, person.id, state.world().id(), refusals))
                (conversation::whole(desk, base, asked, page, names, fates))
            }
        }
    }
}

fn read(
    db: &mut Read<'_>,
    id: PersonId,
    from: From,
    kinds: &[String],
    purse: &Purse,
) -> Result<Whole, Problem> {
    let person = people::person(db, id)?;
    let page = timeline::of_person(db, id, from, kinds, MOMENTS)?;
    let mut twins = Vec::new();
    for twin in duplicates_of(db, id)? {
        let other = if twin.one == id { twin.other } else { twin.one };
        let line = people::some(db, &[other])?.pop();
        twins.extend(line.map(|line| (twin, line)));
    }
    let fates = fate::of_person(db, id)?;
    let promises = promises::of_person(db, id, PROMISES)?;
    let brief = conversations::brief(db, id)?;
    let (goodwill, left) = (goodwill::done_for(db, id)?, goodwill::left(db, purse)?);
    let refusals = refusals::of_person(db, id, REFUSALS)?;
    let (chat, messenger) = (chatting::ground(db, id)?, messaging::ground(db, id)?);
    let (followers, between) = (attention::followers(db, id)?, conversations::between(db, id)?);
    let sounds = conversations::peace::sounds(db, id)?;
    Ok(Whole {
        person,
        page,
        twins,
        fates,
        promises,
        brief,
        goodwill,
        left,
        refusals,
        chat,
        messenger,
        followers,
        between,
        sounds,
    })
}
