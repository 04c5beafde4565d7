//! Today: people, not counts. Who waits for us, whom we met lately, and somebody worth meeting again.

use std::collections::BTreeSet;

use ::house::Permission;
use axum::extract::State as With;
use conversations::{
    attention::{self, News, What},
    daily::{self, Why},
    drafts,
    outbox::{self, Message, State as Far},
};
use delivery::mailboxes::{self, Mailbox, State as How};
use maud::{Markup, html};
use memory::{
    care::{self, Waiting},
    people::{self, Line},
    timeline,
};
use model::{Direction, Kind, Moment, Time};
use store::{Read, Write};

use super::parts::{Names, drawing, glimpse, moments_name, name_of, names, relationship, someone};
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
/// Calls by colleagues, and words of those whom one follows.
const NEWS: i64 = 12;
/// Messages that did not arrive; older ones are past mending.
const ASTRAY: i64 = 8;
const ASTRAY_DAYS: i64 = 14;
/// Letters that one of us left lying.
const BEGUN: i64 = 5;

struct Day {
    waiting: Vec<Waiting>,
    waiting_in_all: i64,
    promised: Vec<promises::To>,
    lately: Vec<(Line, Moment)>,
    meeting: Option<(Line, Why)>,
    anybody: bool,
    shut: Vec<Mailbox>,
    astray: Vec<(Line, Message)>,
    begun: Vec<(Line, Time)>,
    news: Vec<(Line, News, Option<Moment>)>,
}

pub(crate) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (now, me) = (desk.now, desk.viewer.staff());
    let mut day = state.store().read(move |db| look(db, now, me)).await?;
    let date = when::day(now, &desk.zone);
    day.meeting = state.store().write(move |tx| meeting(tx, me, date, now)).await?;
    let names = names(&state).await?;
    let main = if !day.anybody { empty(&desk) } else { shown(&desk, &day, &names) };
    if desk.fragment {
        return Ok(layout::part(main));
    }
    Ok(layout::page(&desk, Here::Today, "Today", main))
}

fn meeting(
    tx: &mut Write<'_>,
    me: model::StaffId,
    date: jiff::civil::Date,
    now: model::Time,
) -> Result<Option<(Line, Why)>, Problem> {
    let Some((person, why)) = daily::meeting(tx, me, date, now)? else { return Ok(None) };
    Ok(people::some(tx, &[person])?.pop().map(|line| (line, why)))
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
    Ok(Day {
        waiting: care::waiting(db, &wanted, WAITING)?,
        waiting_in_all: care::how_many(db, &wanted, 1000)?,
        promised: promises::soon(db, now, me, PROMISED)?,
        lately: with_lines(db, lately)?,
        meeting: None,
        anybody: people::is_anybody_here(db)?,
        begun: begun(db, me)?,
        news: news(db, me)?,
        astray: astray(db, now)?,
        shut: mailboxes::all(db)?.into_iter().filter(|it| it.state == How::Refused).collect(),
    })
}

/// What one of us has not looked at yet, with the note in which they were called.
fn news(db: &mut Read<'_>, me: model::StaffId) -> Result<Vec<(Line, News, Option<Moment>)>, Problem> {
    let mut found = Vec::new();
    for it in attention::news(db, me, NEWS)? {
        let note = match it.what {
            What::Mentioned { moment, .. } => timeline::moment_by_id(db, moment)?,
            What::Spoke => None,
        };
        found.extend(people::some(db, &[it.person])?.pop().map(|line| (line, it, note)));
    }
    Ok(found)
}

/// To whom something did not come through, and what.
fn astray(db: &mut Read<'_>, now: Time) -> Result<Vec<(Line, Message)>, Problem> {
    let mut found = Vec::new();
    for message in outbox::in_trouble(db, now.plus_days(-ASTRAY_DAYS), ASTRAY)? {
        found.extend(people::some(db, &[message.person])?.pop().map(|line| (line, message)));
    }
    Ok(found)
}

/// To whom one of us has begun to write.
fn begun(db: &mut Read<'_>, me: model::StaffId) -> Result<Vec<(Line, Time)>, Problem> {
    let mut found = Vec::new();
    for (person, at) in drafts::begun(db, me, BEGUN)? {
        found.extend(people::some(db, &[person])?.pop().map(|line| (line, at)));
    }
    Ok(found)
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
        div.today #today data-live="topic=person,mailbox,promises,attention" data-src="/" {
            header.wide {
                (shut(desk, &day.shut))
                h1 { (greeting(desk)) }
                p.lead { (when::day(desk.now, &desk.zone).strftime("%A, %-d %B")) }
            }
            div.stack {
                @if !day.news.is_empty() {
                    section aria-labelledby="for-you" {
                        h2 #for-you { "For you" }
                        ul.people { @for it in &day.news { li { (told(desk, it, names)) } } }
                    }
                }
                @if !day.astray.is_empty() {
                    section aria-labelledby="astray" {
                        h2 #astray { "Did not arrive" }
                        ul.people { @for (line, message) in &day.astray { li { (lost(desk, line, message)) } } }
                    }
                }
                @if !day.promised.is_empty() {
                    section aria-labelledby="promised" {
                        h2 #promised { "Promised, and due" }
                        ul.people { @for (promise, line) in &day.promised { li { (promises::line_of(desk, promise, line, names)) } } }
                    }
                }
                @if !day.begun.is_empty() {
                    section aria-labelledby="begun" {
                        h2 #begun { "You began to write" }
                        ul.people { @for (line, at) in &day.begun { li { (someone(line, "Not sent yet", Some(html! { span.tag { (when::ago(*at, desk.now, &desk.zone)) } }))) } } }
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
                @if let Some((line, why)) = &day.meeting { (meet(desk, line, why)) }
                section aria-labelledby="lately" {
                    h2 #lately { "Lately" }
                    ul.people { @for (line, moment) in &day.lately { li { (late(desk, line, moment)) } } }
                }
            }
        }
    }
}

fn lost(desk: &Desk, line: &Line, message: &Message) -> Markup {
    let what = match message.letter.subject.as_str() {
        "" => glimpse(&message.letter.text, 60),
        subject => glimpse(subject, 60),
    };
    let words = match message.state {
        Far::Unknown => format!("Nobody knows whether this left: {what}"),
        Far::Bounced => format!("It came back: {what}"),
        _ => format!("Not delivered: {what}"),
    };
    let then = html! { span.tag { (when::ago(message.state_at, desk.now, &desk.zone)) } };
    someone(line, &words, Some(then))
}

fn told(desk: &Desk, (line, news, note): &(Line, News, Option<Moment>), names: &Names) -> Markup {
    let words = match (news.what, note) {
        (What::Mentioned { by, .. }, Some(note)) => {
            format!("{}: {}", name_of(names, Some(by)), glimpse(&note.body, 120))
        }
        (What::Mentioned { by, .. }, None) => format!("{} called you", name_of(names, Some(by))),
        (What::Spoke, _) => "They spoke to us".to_owned(),
    };
    let then = html! { span.tag { (when::ago(news.at, desk.now, &desk.zone)) } };
    someone(line, &words, Some(then))
}

/// What everybody should know before wondering why nobody writes.
fn shut(desk: &Desk, mailboxes: &[Mailbox]) -> Markup {
    html! {
        @for it in mailboxes {
            p.said role="status" {
                "Mail to " b { (it.address) } " has not been read since " (when::clock(it.since, &desk.zone)) ". "
                @if desk.can(Permission::ManageSettings) { a href="/house/mailboxes" { "See what it needs" } }
                @else { "Somebody who looks after the house has to let it in again." }
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

fn meet(desk: &Desk, line: &Line, why: &Why) -> Markup {
    html! {
        section aria-labelledby="meet" {
            h2 #meet { "Somebody to meet today" }
            a.meet href={"/people/" (line.id)} {
                (face(&line.name, &line.id.to_string(), "l"))
                span {
                    b { (line.name) }
                    span.soft { (relationship(&line.kind, line.heard, line.moments)) }
                    span { (delivery::morning::in_words(why, desk.now)) }
                }
            }
        }
    }
}

fn empty(desk: &Desk) -> Markup {
    html! {
        div #today data-live="topic=person" data-src="/" {
            h1 { (greeting(desk)) }
            p.lead { "Nobody lives in this memory yet. Bring in an address book, a mail archive or your orders, and everything that ever happened with each person becomes one conversation." }
            @if desk.can(Permission::Import) { p { a.button href="/import" { "Bring them in" } } }
        }
    }
}
