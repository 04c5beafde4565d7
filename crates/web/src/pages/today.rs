//! Today: people, not counts. Who waits for us, whom we met lately, and somebody worth meeting again.

use std::collections::BTreeSet;

use ::house::Permission;
use axum::extract::State as With;
use maud::{Markup, html};
use memory::{
    care::{self, Waiting},
    people::{self, Filter, Line},
    timeline,
};
use model::{Direction, Kind, Moment};
use store::Read;

use super::parts::{Names, drawing, glimpse, moments_name, names, relationship, someone};
use super::promises;
use crate::{
    State,
    face::face,
    gate::Desk,
    icon::icon,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// Newest moments looked at for whom we spoke with.
const LOOK_AT: i64 = 150;
/// A morning's worth; all of them are under Conversations.
const WAITING: i64 = 12;
/// Promises due soon.
const PROMISED: i64 = 8;
const LATELY: usize = 8;
/// After so long without a word, a regular is worth a call.
const QUIET_DAYS: i64 = 45;

struct Day {
    waiting: Vec<Waiting>,
    waiting_in_all: i64,
    promised: Vec<promises::To>,
    lately: Vec<(Line, Moment)>,
    quiet: Vec<Line>,
    everybody: i64,
}

pub(crate) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (now, me) = (desk.now, desk.viewer.staff());
    let day = state.store().read(move |db| look(db, now, me)).await?;
    let names = names(&state).await?;
    let main = if day.everybody == 0 { empty(&desk) } else { shown(&desk, &day, &names) };
    Ok(layout::page(&desk, Here::Today, "Today", main))
}

fn look(db: &mut Read<'_>, now: model::Time, me: model::StaffId) -> Result<Day, Problem> {
    let (mut lately, mut seen) = (Vec::new(), BTreeSet::new());
    for moment in timeline::newest(db, LOOK_AT)? {
        let spoken =
            matches!(moment.kind, Kind::Email | Kind::Chat | Kind::Message | Kind::Call | Kind::Visit);
        if spoken && moment.direction != Direction::Heard && seen.insert(moment.person) {
            lately.push(moment);
        }
    }
    lately.truncate(LATELY);
    let wanted = super::conversations::inbox(now);
    let quiet = Filter {
        kind: Some("regular".to_owned()),
        until: Some(now.plus_days(-QUIET_DAYS)),
        ..Filter::default()
    };
    let quiet = people::list(db, &quiet, 3)?;
    Ok(Day {
        waiting: care::waiting(db, &wanted, WAITING)?,
        waiting_in_all: care::how_many(db, &wanted, 1000)?,
        promised: promises::soon(db, now, me, PROMISED)?,
        lately: with_lines(db, lately)?,
        quiet,
        everybody: people::count(db)?,
    })
}

fn with_lines(db: &mut Read<'_>, moments: Vec<Moment>) -> Result<Vec<(Line, Moment)>, Problem> {
    let mut found = Vec::new();
    for moment in moments {
        let line = people::some(db, &[moment.person])?.pop();
        found.extend(line.map(|line| (line, moment)));
    }
    Ok(found)
}

fn greeting(desk: &Desk) -> String {
    let hour = desk.now.timestamp().to_zoned(desk.zone.clone()).hour();
    let word = match hour {
        5..11 => "Good morning",
        11..18 => "Hello",
        _ => "Good evening",
    };
    format!("{word}, {}", desk.viewer.name().split(' ').next().unwrap_or_default())
}

fn shown(desk: &Desk, day: &Day, names: &Names) -> Markup {
    html! {
        div.today #today data-live="topic=person" data-src="/" {
            header.wide {
                h1 { (greeting(desk)) }
                p.lead { (when::day(desk.now, &desk.zone).strftime("%A, %-d %B")) }
            }
            div.stack {
                @if !day.promised.is_empty() {
                    section aria-labelledby="promised" {
                        h2 #promised { "Promised, and due" }
                        ul.people { @for (promise, line) in &day.promised { li { (promises::line_of(desk, promise, line, names)) } } }
                    }
                }
                section.waiting aria-labelledby="waiting" {
                    h2 #waiting { "Waiting for a word from us" }
                    @if day.waiting.is_empty() { p.soft { "Nobody. Everyone who wrote lately has an answer." } }
                    @else { ul.people { @for it in &day.waiting { li { (super::conversations::waiting(desk, it, names)) } } } }
                    @if day.waiting_in_all > day.waiting.len() as i64 { p.more { a.button.quiet href="/conversations" { "All who wait" } } }
                }
            }
            div.stack {
                @if let Some(line) = day.quiet.first() { (meet(desk, line)) }
                section aria-labelledby="lately" {
                    h2 #lately { "Lately" }
                    ul.people { @for (line, moment) in &day.lately { li { (late(desk, line, moment)) } } }
                }
            }
        }
    }
}

fn late(desk: &Desk, line: &Line, moment: &Moment) -> Markup {
    let words = match moment.title.as_str() {
        "" => moments_name(&moment.kind),
        title => glimpse(title, 90),
    };
    let then =
        html! { span.tag { (icon(drawing(&moment.kind))) (when::ago(moment.at, desk.now, &desk.zone)) } };
    someone(line, &words, Some(then))
}

fn meet(desk: &Desk, line: &Line) -> Markup {
    let last = line.last_at.map(|at| when::ago(at, desk.now, &desk.zone));
    html! {
        section aria-labelledby="meet" {
            h2 #meet { "Somebody to meet again" }
            a.meet href={"/people/" (line.id)} {
                (face(&line.name, &line.id.to_string(), "l"))
                span {
                    b { (line.name) }
                    span.soft { (relationship(&line.kind, line.heard, line.moments)) }
                    @if let Some(last) = last { br; span.soft { "Last met " (last) } }
                }
            }
        }
    }
}

fn empty(desk: &Desk) -> Markup {
    html! {
        div #today {
            h1 { (greeting(desk)) }
            p.lead { "Nobody lives in this memory yet. Bring in an address book, a mail archive or your orders, and everything that ever happened with each person becomes one conversation." }
            @if desk.can(Permission::Import) { p { a.button href="/import" { "Bring them in" } } }
        }
    }
}
