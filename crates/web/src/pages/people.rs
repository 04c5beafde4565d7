//! People: find somebody in a second, or look through everybody, the last met first.

use ::house::Permission;
use axum::extract::{Query, State as With};
use maud::{Markup, html};
use memory::{
    finding::{self, Hit},
    people::{self, Cursor, Filter, Line},
};
use model::{Channel, Time};
use serde::Deserialize;
use store::Read;

use super::parts::{at_text, channel_name, glimpse, heading, kind_name, person_line};
use crate::{
    State,
    gate::Desk,
    icon::{Icon, icon},
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// People on a page.
const PAGE: i64 = 50;
/// People shown while somebody types; who needs more types more.
const FOUND: usize = 20;
/// What was said, shown below the people found.
const SAID: i64 = 5;
const KINDS: &[&str] = &["regular", "acquaintance", "wave", "address"];
const SEEN: &[(&str, &str, i64)] = &[
    ("week", "this week", 7),
    ("month", "this month", 31),
    ("quarter", "the last three months", 92),
    ("year", "the last year", 366),
];

/// Whom somebody looks for.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
    kind: String,
    channel: String,
    role: String,
    seen: String,
    after: String,
    at: i64,
}

impl Wanted {
    fn filter(&self, now: Time) -> Result<Filter, Problem> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let days = SEEN.iter().find(|(name, ..)| *name == self.seen).map(|(.., days)| *days);
        let after = match self.after.as_str() {
            "" => None,
            id => Some(Cursor { at: Time::from_micros(self.at), id: id.parse()? }),
        };
        Ok(Filter {
            kind: some(&self.kind),
            channel: some(&self.channel),
            role: some(&self.role),
            since: days.map(|days| now.plus_days(-days)),
            until: None,
            after,
        })
    }

    /// The address of the page after this place.
    fn next(&self, cursor: &Cursor) -> String {
        let Self { kind, channel, role, seen, .. } = self;
        let (at, id) = (at_text(cursor.at), cursor.id);
        format!("/people?kind={kind}&channel={channel}&role={role}&seen={seen}&at={at}&after={id}")
    }
}

/// What was found.
struct Found {
    people: Vec<Line>,
    said: Vec<(Hit, Line)>,
    more: bool,
    channels: Vec<Channel>,
    roles: Vec<String>,
    anybody: bool,
}

pub(crate) async fn show(With(state): With<State>, desk: Desk, Query(wanted): Query<Wanted>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (filter, asked) = (wanted.filter(desk.now)?, wanted.clone());
    let found = state.store().read(move |db| find(db, &asked, &filter)).await?;
    if desk.fragment && !wanted.after.is_empty() {
        return Ok(layout::part(html! {
            ul data-into="people" data-op="append" { (lines(&desk, &found.people)) }
            (next(&wanted, &found))
        }));
    }
    if desk.fragment {
        return Ok(layout::part(results(&desk, &wanted, &found)));
    }
    let main = html! {
        h1 { "People" }
        nav.sub.on-phones aria-label="People" { a href="/people" aria-current="page" { "People" } a href="/accounts" { "Accounts" } }
        (finder(&wanted, &found))
        (results(&desk, &wanted, &found))
    };
    Ok(layout::page(&desk, Here::People, "People", main))
}

fn find(db: &mut Read<'_>, wanted: &Wanted, filter: &Filter) -> Result<Found, Problem> {
    let query = wanted.q.trim();
    let mut people = match query {
        "" => people::list(db, filter, PAGE + 1)?,
        query => finding::find(db, query, FOUND)?,
    };
    let more = query.is_empty() && people.len() as i64 > PAGE;
    people.truncate(PAGE as usize);
    let hits = if query.is_empty() { Vec::new() } else { finding::moments(db, query, None, None, SAID)? };
    let mut said = Vec::new();
    for hit in hits {
        let who = people::some(db, &[hit.moment.person])?.pop();
        said.extend(who.map(|line| (hit, line)));
    }
    let (channels, roles) = (people::channels(db)?, people::role_words(db)?);
    Ok(Found { people, said, more, channels, roles, anybody: people::is_anybody_here(db)? })
}

fn finder(wanted: &Wanted, found: &Found) -> Markup {
    let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), kind_name(kind))).collect::<Vec<_>>();
    let channels = found.channels.iter().map(|c| (c.as_str().to_owned(), format!("by {}", channel_name(c))));
    let roles = found.roles.iter().map(|role| (role.clone(), heading(role)));
    let seen = SEEN.iter().map(|(name, words, _)| ((*name).to_owned(), (*words).to_owned()));
    html! {
        form.finder method="get" action="/people" role="search" data-part {
            div.search {
                (icon(Icon::Search))
                label.hush for="q" { "Find somebody" }
                input #q type="search" name="q" value=(wanted.q) data-key="/" autocomplete="off"
                    placeholder="A name, an address, a number, something they said" aria-controls="results";
            }
            div.filters {
                (select("kind", "Any relationship", &wanted.kind, kinds))
                (select("role", "Any role", &wanted.role, roles.collect()))
                (select("channel", "Any channel", &wanted.channel, channels.collect()))
                (select("seen", "Met any time", &wanted.seen, seen.collect()))
                noscript { button.quiet { "Show" } }
            }
        }
    }
}

fn select(name: &str, any: &str, chosen: &str, options: Vec<(String, String)>) -> Markup {
    html! {
        label.hush for={"by-" (name)} { (any) }
        select id={"by-" (name)} name=(name) {
            option value="" { (any) }
            @for (value, words) in &options { option value=(value) selected[value == chosen] { (words) } }
        }
    }
}

fn results(desk: &Desk, wanted: &Wanted, found: &Found) -> Markup {
    html! {
        div #results {
            p.hush role="status" { (found.people.len()) " found" }
            @if found.people.is_empty() && found.said.is_empty() { (nobody(wanted, found)) }
            ul.people #people { (lines(desk, &found.people)) }
            (next(wanted, found))
            @if !found.said.is_empty() {
                h2 { "They said it" }
                ul.people { @for (hit, line) in &found.said { li { (said(desk, hit, line)) } } }
            }
        }
    }
}

fn lines(desk: &Desk, people: &[Line]) -> Markup {
    html! { @for line in people { li id=(line.id) { (person_line(desk, line)) } } }
}

fn said(desk: &Desk, hit: &Hit, line: &Line) -> Markup {
    let moment = &hit.moment;
    let words = [moment.title.as_str(), moment.body.as_str()].join(" · ");
    html! {
        a.someone href={"/people/" (line.id) "?around=" (at_text(moment.at)) "#" (moment.id)} {
            (icon(super::parts::drawing(&moment.kind)))
            b { (line.name) }
            span.says { (glimpse(&words, 140)) }
            span.then { (when::ago(moment.at, desk.now, &desk.zone)) }
        }
    }
}

fn next(wanted: &Wanted, found: &Found) -> Markup {
    html! {
        p.more #next {
            @if let (true, Some(last)) = (found.more, found.people.last()) {
                a.button.quiet href=(wanted.next(&last.cursor)) data-more="auto" { "More people" }
            }
        }
    }
}

fn nobody(wanted: &Wanted, found: &Found) -> Markup {
    html! {
        div.empty {
            @if !found.anybody {
                p { "Nobody here yet." }
                p { a.button href="/import" { "Bring in your address book" } }
            } @else if wanted.q.trim().is_empty() {
                p { "Nobody fits all of that." }
            } @else {
                p { "Nobody by “" (wanted.q.trim()) "”, and nobody said it." }
            }
        }
    }
}
