//! A brief: who somebody is and how things stand with them, in at most ten lines, each leading to the moment it speaks of, so that
//! whoever takes over need not ask again.

use memory::{
    people::{self, Person},
    timeline::{self, From},
};
use model::{Direction, Kind, Moment, MomentId, PersonId, Purchase, StaffId, Time, Turn};
use serde::Serialize;
use store::Read;

use crate::{
    Result,
    promises::{self, State},
};

/// Lines of a brief: more is a report.
const LINES: usize = 10;
/// Moments looked through for each line.
const LOOK: usize = 30;
/// Characters of a line.
const LONG: usize = 160;

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Who they are.
    Who,
    /// What they try to get done.
    Wants,
    /// What they asked that has no answer yet.
    Asked,
    /// What we said last.
    Said,
    /// What we promised.
    Promised,
    /// What they bought.
    Bought,
    /// What was tried or noted.
    Noted,
    /// How they feel.
    Feels,
}

/// A line of a brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is about.
    pub about: About,
    /// What it says.
    pub text: String,
    /// The moment it speaks of, and when that was.
    pub moment: Option<(MomentId, Time)>,
    /// Who of us it speaks of.
    pub by: Option<StaffId>,
}

/// How things stand with somebody.
pub fn brief(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Line>> {
    let person = people::person(db, id)?;
    let mut lines = who(&person);
    let mut latest = |kinds: &[Kind]| -> Result<Vec<Moment>> {
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        let page = timeline::of_person(db, id, From::End, &kinds, LOOK)?;
        Ok(page.moments.into_iter().rev().collect())
    };
    let spoken = latest(&[Kind::Email, Kind::Chat, Kind::Message, Kind::Call, Kind::Visit, Kind::Meeting])?;
    let turn = |it: &Moment| Turn::after(&it.kind, it.direction, &it.data);
    let asked = spoken.iter().take_while(|it| turn(it) != Turn::Theirs).filter(|it| turn(it) == Turn::Ours);
    // The first of what waits says what it is about; what came after it is on the page.
    lines.extend(asked.last().filter(|_| person.waits_since.is_some()).map(|it| line(About::Asked, it)));
    lines.extend(spoken.iter().find(|it| turn(it) == Turn::Theirs).map(|it| line(About::Said, it)));
    let bought = latest(&[Kind::Purchase, Kind::Subscription, Kind::Refund])?;
    let noted = latest(&[Kind::Note])?;
    let felt = latest(&[Kind::Survey])?;
    for promise in promises::of_person(db, id, LINES as i64)?.into_iter().filter(|it| it.state == State::Open)
    {
        let moment = promise.moment.map(|moment| (moment, promise.made_at));
        lines.push(Line { about: About::Promised, text: promise.what, moment, by: Some(promise.keeper) });
    }
    lines.extend(bought.first().map(purchase));
    let own = |it: &&Moment| it.direction == Direction::Noted && it.data.get("promise").is_none();
    lines.extend(noted.iter().filter(own).take(2).map(|it| line(About::Noted, it)));
    lines.extend(felt.iter().find(|it| it.direction != Direction::Said).map(feeling));
    lines.truncate(LINES);
    Ok(lines)
}

fn who(person: &Person) -> Vec<Line> {
    let known = |field: &str| person.known.get(field).map(|it| it.value.as_str()).filter(|it| !it.is_empty());
    let place = [known("title"), known("company")].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let story = known("story").map(|it| it.split_inclusive(". ").next().unwrap_or(it).trim());
    let words: Vec<&str> =
        [Some(place.as_str()), story].into_iter().flatten().filter(|it| !it.is_empty()).collect();
    let line = |about, text: String| Line { about, text: short(&text), moment: None, by: None };
    let mut lines = Vec::new();
    if !words.is_empty() {
        lines.push(line(About::Who, words.join(". ")));
    }
    lines.extend(known("goal").map(|goal| line(About::Wants, goal.to_owned())));
    lines
}

fn line(about: About, moment: &Moment) -> Line {
    let own = flat(moment.parted().0);
    let text = match (moment.title.trim(), own.as_str()) {
        (title, "") => title.to_owned(),
        ("", body) => body.to_owned(),
        (title, body) if body.starts_with(title.trim_end_matches('\u{2026}')) => body.to_owned(),
        (title, body) => format!("{title}: {body}"),
    };
    Line { about, text: short(&text), moment: Some((moment.id, moment.at)), by: moment.by }
}

fn purchase(moment: &Moment) -> Line {
    let bought: Option<Purchase> = serde_json::from_value(moment.data.clone()).ok();
    let text = bought.map(|it| {
        let items = it.items.iter().map(|item| match item.quantity {
            1 => item.name.clone(),
            many => format!("{many} \u{00d7} {}", item.name),
        });
        let items = items.collect::<Vec<_>>().join(", ");
        if items.is_empty() {
            format!("{} {}", moment.title, it.total)
        } else {
            format!("{items}, {}", it.total)
        }
    });
    Line { text: short(&text.unwrap_or_else(|| moment.title.clone())), ..line(About::Bought, moment) }
}

fn feeling(moment: &Moment) -> Line {
    let score = moment.data.get("score").and_then(serde_json::Value::as_i64);
    let most = moment.data.get("of").and_then(serde_json::Value::as_i64).unwrap_or(10);
    let comment = moment.data.get("comment").and_then(serde_json::Value::as_str).unwrap_or(&moment.body);
    let score = score.map(|score| format!("{score} of {most}. ")).unwrap_or_default();
    Line { text: short(&format!("{score}{comment}")), ..line(About::Feels, moment) }
}

/// Words in one line.
pub(crate) fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn short(text: &str) -> String {
    let flat = flat(text);
    match flat.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}\u{2026}", flat[..end].trim_end()),
        None => flat,
    }
}
