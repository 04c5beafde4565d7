//! What programs tell the memory: fragments with their moments, and what became of them.

pub(crate) mod handles;

use std::collections::BTreeMap;

use handles::NewHandle;
use memory::{Fate, Taken};
use model::{Direction, Fragment, Handle, NewMoment, RoleClaim, StaffId, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::shapes::{Key, When};
use crate::problem::Problem;

/// The source that the team's own notes bear; a program must not pass for a colleague.
const DESK: &str = "desk";
/// Names of sources and keys of records are short; a pasted document must not become one.
const LONGEST_KEY: usize = 500;
/// A line that says what a moment was, or a word for its kind.
const LONGEST_TITLE: usize = 1000;
/// Stored words such as `email` or `in_person`.
const LONGEST_WORD: usize = 60;

/// What one source says about somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    /// Where it comes from: the name of your program or system, as `shop`.
    #[schema(example = "shop")]
    pub(crate) source: String,
    /// What marks it there. The same source and key always lead to the same person.
    #[schema(example = "customer-17")]
    key: String,
    /// When the source said so; now, if nothing is said.
    seen_at: Option<When>,
    /// What it says, by field: `name`, `company`, `birthday`, or your own.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// How to reach or recognise them.
    #[serde(default)]
    handles: Vec<NewHandle>,
    /// What they are to which organisation or household.
    #[serde(default)]
    roles: Vec<NewRole>,
    /// What happened.
    #[serde(default)]
    moments: Vec<ToldMoment>,
}

/// A role that somebody is said to play.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    /// The organisation or household, by name; made if it is not known.
    account: String,
    /// `organisation` (if nothing is said) or `household`.
    account_kind: Option<String>,
    /// `uses`, `buys`, `decides`, or another word.
    role: String,
    since: Option<When>,
    until: Option<When>,
}

/// Something that happened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldMoment {
    /// What marks it within its source: told twice, it is kept once.
    key: String,
    /// When it happened.
    at: When,
    /// `email`, `chat`, `message`, `call`, `visit`, `meeting`, `note`, `purchase`, `refund`, … or another word.
    kind: String,
    /// `email`, `chat`, `sms`, `social`, `phone`, `in_person`, `shop`, `product`, `post`, `form`, … or another word.
    channel: String,
    /// Who spoke or acted: `heard` (they), `said` (we), `together`, `noted` (the team, about them).
    #[schema(value_type = String)]
    direction: Direction,
    /// The organisation or household it was for, by name.
    account: Option<String>,
    /// Which of us, as `stf_…`.
    #[schema(value_type = Option<String>)]
    by: Option<StaffId>,
    /// What it belongs together with: a mail thread, an order.
    thread: Option<String>,
    /// A line that says what it was.
    title: String,
    /// What was said, to the letter.
    #[serde(default)]
    body: String,
    /// What only this kind has; a purchase has `total`, `order` and `items`.
    #[serde(default)]
    data: Value,
}

/// What became of what was told.
#[derive(Serialize, ToSchema)]
pub(crate) struct Told {
    /// Whose it is; null if they asked to be forgotten, in which case nothing was kept.
    person: Option<Key>,
    /// `new_person`, `new_profile` (something new about somebody known), `known`, `forgotten`.
    pub(crate) fate: String,
    /// Moments that were new.
    moments: usize,
    /// Moments that were known.
    known_moments: usize,
    /// The new moments.
    ids: Vec<Key>,
}

impl From<Taken> for Told {
    fn from(taken: Taken) -> Self {
        let fate = match taken.fate {
            Fate::NewPerson => "new_person",
            Fate::NewProfile => "new_profile",
            Fate::Known => "known",
            Fate::Forgotten => "forgotten",
        };
        Self {
            person: taken.person.map(Into::into),
            fate: fate.to_owned(),
            moments: taken.moments,
            known_moments: taken.known_moments,
            ids: taken.ids.into_iter().map(Into::into).collect(),
        }
    }
}

impl NewPerson {
    /// As the memory takes it in; `at` is the path that leads here.
    pub(crate) fn fragment(self, at: &str, now: Time) -> Result<Fragment, Problem> {
        let handles = self.handles.iter().enumerate();
        let handles = handles.map(|(n, handle)| handle.read(&format!("{at}handles[{n}].")));
        let handles: Vec<Handle> = handles.collect::<Result<_, _>>()?;
        let roles = self.roles.into_iter().enumerate();
        let roles = roles.map(|(n, role)| role.claim(&format!("{at}roles[{n}].")));
        let moments = self.moments.into_iter().enumerate();
        let moments = moments.map(|(n, moment)| moment.read(&format!("{at}moments[{n}].")));
        Ok(Fragment {
            source: source(self.source, at)?,
            key: short(self.key, &format!("{at}key"), LONGEST_KEY)?,
            seen_at: self.seen_at.map_or(now, |at| at.0),
            fields: self.fields,
            handles,
            roles: roles.collect::<Result<_, _>>()?,
            moments: moments.collect::<Result<_, _>>()?,
        })
    }
}

impl NewRole {
    fn claim(self, at: &str) -> Result<RoleClaim, Problem> {
        let account_kind = self.account_kind.unwrap_or_else(|| "organisation".into());
        if !matches!(account_kind.as_str(), "organisation" | "household") {
            let field = format!("{at}account_kind");
            return Err(Problem::unfit(&field, format!("{field} is neither organisation nor household.")));
        }
        Ok(RoleClaim {
            account: short(self.account, &format!("{at}account"), LONGEST_KEY)?,
            account_kind,
            role: short(self.role, &format!("{at}role"), LONGEST_WORD)?,
            since: self.since.map(|at| at.0),
            until: self.until.map(|at| at.0),
        })
    }
}

impl ToldMoment {
    /// As the memory takes it in; `at` is the path that leads here.
    pub(crate) fn read(self, at: &str) -> Result<NewMoment, Problem> {
        let field = |name: &str| format!("{at}{name}");
        Ok(NewMoment {
            key: short(self.key, &field("key"), LONGEST_KEY)?,
            at: self.at.0,
            kind: short(self.kind, &field("kind"), LONGEST_WORD)?.into(),
            channel: short(self.channel, &field("channel"), LONGEST_WORD)?.into(),
            direction: self.direction,
            account: self.account,
            by: self.by,
            thread: self.thread,
            title: short(self.title, &field("title"), LONGEST_TITLE)?,
            body: self.body,
            data: self.data,
            originals: Vec::new(),
        })
    }
}

/// The name of a source.
pub(crate) fn source(name: String, at: &str) -> Result<String, Problem> {
    let field = format!("{at}source");
    match name.as_str() {
        DESK => Err(Problem::unfit(&field, format!("{field}: “desk” is the team's own; name your program."))),
        _ => short(name, &field, LONGEST_KEY),
    }
}

fn short(text: String, field: &str, longest: usize) -> Result<String, Problem> {
    match text.chars().count() {
        0 => Err(Problem::unfit(field, format!("{field} is empty."))),
        length if length > longest => {
            Err(Problem::unfit(field, format!("{field} is longer than {longest} characters.")))
        }
        _ => Ok(text),
    }
}
