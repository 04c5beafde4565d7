//! Conversations: one inbox of people, not of tickets. Who waits for a word from us, since when, for what; whoever waits longest
//! comes first, and nobody can be hidden from the last list.

use ::house::Permission;
use axum::{
    extract::{Query, State as With},
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use memory::care::{self, Place, Waiting, Wanted, Whose};
use model::{PersonId, Time};
use serde::Deserialize;
use store::Read;

use super::parts::{Names, glimpse, name_of, names, someone};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// People on a page.
const PAGE: i64 = 50;
/// Beyond this nobody counts.
const COUNTED: i64 = 1000;
/// After so long it is no inbox any more: what came in with an old archive must not bury who wrote today.
const OLD_DAYS: i64 = 30;

/// Which list.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "lowercase")]
enum List {
    Mine,
    Nobodys,
    #[default]
    Everybody,
    Aside,
    Unanswered,
}

const LISTS: &[(List, &str, &str)] = &[
    (List::Everybody, "everybody", "Everybody"),
    (List::Mine, "mine", "Yours"),
    (List::Nobodys, "nobodys", "Nobody\u{2019}s yet"),
    (List::Aside, "aside", "Set aside"),
    (List::Unanswered, "unanswered", "Left unanswered"),
];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    list: List,
    after: String,
}

impl List {
    fn wanted(self, desk: &Desk, after: Option<Place>) -> Wanted {
        let old = desk.now.plus_days(-OLD_DAYS);
        let whose = match self {
            Self::Mine => Whose::Of(desk.viewer.staff()),
            Self::Nobodys => Whose::Nobodys,
            _ => Whose::Everybodys,
        };
        let all = Wanted { whose, after, ..Wanted::default() };
        match self {
            // Everybody who ever waited too long, whoever set them aside.
            Self::Unanswered => Wanted { before: Some(old), ..all },
            Self::Aside => Wanted { set_aside: Some((desk.now, true)), ..all },
            _ => Wanted { whose, after, ..inbox(desk.now) },
        }
    }

    fn empty(self) -> &'static str {
        match self {
            Self::Mine => "Nobody of yours waits for a word.",
            Self::Nobodys => "Everybody who waits is in somebody\u{2019}s hands.",
            Self::Everybody => "Nobody waits. Everyone who wrote has an answer.",
            Self::Aside => "Nobody is set aside.",
            Self::Unanswered => "Nobody was left unanswered.",
        }
    }
}

/// Everybody who waits and whom nobody set aside, but for those of long ago.
pub(super) fn inbox(now: Time) -> Wanted {
    let since = Some(now.plus_days(-OLD_DAYS));
    Wanted { since, set_aside: Some((now, false)), ..Wanted::default() }
}

struct Inbox {
    people: Vec<Waiting>,
    counts: Vec<i64>,
}

fn read(db: &mut Read<'_>, wanted: &Wanted, counted: &[Wanted]) -> Result<Inbox, Problem> {
    let counts = counted.iter().map(|it| care::how_many(db, it, COUNTED)).collect::<Result<_, _>>()?;
    Ok(Inbox { people: care::waiting(db, wanted, PAGE + 1)?, counts })
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Query(asked): Query<Asked>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(place(text).ok_or_else(|| Problem::unfit("after", "This is not a place in the list."))?),
    };
    let wanted = asked.list.wanted(&desk, after);
    let counted: Vec<Wanted> = LISTS.iter().map(|(list, ..)| list.wanted(&desk, None)).collect();
    let inbox = state.store().read(move |db| read(db, &wanted, &counted)).await?;
    let names = names(&state).await?;
    let list = inbox_list(&desk, asked.list, &inbox, &names);
    if desk.fragment {
        return Ok(layout::part(list));
    }
    let main = html! {
        h1 { "Conversations" }
        (rooms("/conversations"))
        p.lead { "Who waits for a word from us. Whoever waits longest comes first." }
        (list)
    };
    Ok(layout::page(&desk, Here::Conversations, "Conversations", main))
}

/// Leads to whoever waits longest among one's own people, else among those whom nobody looks after.
pub(super) async fn next(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let lists = [List::Mine, List::Nobodys].map(|list| list.wanted(&desk, None));
    let next = state
        .store()
        .read(move |db| {
            for wanted in &lists {
                if let Some(first) = care::waiting(db, wanted, 1)?.pop() {
                    return Ok::<_, Problem>(Some(first.line.id));
                }
            }
            Ok(None)
        })
        .await?;
    let path = next.map_or_else(|| "/conversations".to_owned(), |id| format!("/people/{id}"));
    Ok(Redirect::to(&path).into_response())
}

/// What lies side by side here.
/// The pages of this part of the desk.
const ROOMS: &[(&str, &str)] = &[
    ("/conversations", "Who waits"),
    ("/promises", "What we promised"),
    ("/goodwill", "Goodwill"),
    ("/refusals", "Said no"),
    ("/replies", "Saved replies"),
];

pub(super) fn rooms(here: &str) -> Markup {
    html! {
        nav.sub aria-label="Conversations" {
            @for (href, label) in ROOMS {
                a href=(href) aria-current=[(*href == here).then_some("page")] { (label) }
            }
        }
    }
}

fn place(text: &str) -> Option<Place> {
    let (since, id) = text.split_once('.')?;
    Some(Place { since: Time::from_micros(since.parse().ok()?), id: id.parse::<PersonId>().ok()? })
}

fn inbox_list(desk: &Desk, here: List, inbox: &Inbox, names: &Names) -> Markup {
    let name = LISTS.iter().find(|it| it.0 == here).map_or("", |it| it.1);
    let shown = &inbox.people[..inbox.people.len().min(PAGE as usize)];
    html! {
        div #inbox data-live="topic=person" data-src={"/conversations?list=" (name)} {
            nav.pills aria-label="Whose" {
                @for ((list, name, label), count) in LISTS.iter().zip(&inbox.counts) {
                    a.pill href={"/conversations?list=" (name)} aria-current=[(*list == here).then_some("true")] {
                        (label) @if *count > 0 { " " span.soft { (counted(*count)) } }
                    }
                }
            }
            @if shown.is_empty() { div.empty { p { (here.empty()) } } }
            ul.people { @for it in shown { li { (waiting(desk, it, names)) } } }
            @if let (true, Some(last)) = (inbox.people.len() > shown.len(), shown.last()) {
                p.more { a.button.quiet href={"/conversations?list=" (name) "&after=" (last.since.micros()) "." (last.line.id)} { "More" } }
            }
        }
    }
}

fn counted(count: i64) -> String {
    if count >= COUNTED { format!("{COUNTED} and more") } else { count.to_string() }
}

/// One who waits, with what they said and who looks after them.
pub(super) fn waiting(desk: &Desk, it: &Waiting, names: &Names) -> Markup {
    let words = it.words.as_ref().map(|it| if it.body.trim().is_empty() { &it.title } else { it.parted().0 });
    let words = words.map(|it| glimpse(it, 180)).unwrap_or_default();
    let then = html! {
        span.waits { "for " (when::lasting(it.since, desk.now)) }
        @if let Some(keeper) = it.keeper {
            span.tag { @if keeper == desk.viewer.staff() { "yours" } @else { (name_of(names, Some(keeper))) } }
        }
        @if let Some(until) = it.set_aside_until.filter(|until| *until > desk.now) { span.tag { "until " (when::date(until, &desk.zone)) } }
    };
    someone(&it.line, &words, Some(then))
}
