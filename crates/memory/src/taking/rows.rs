//! The rows that a batch adds, gathered first and written together.

use std::collections::BTreeSet;

use model::{MomentId, NewMoment, PersonId, ProfileId, Time};
use store::{Engine, ToValue, Value, Write};

use super::{prepare::PreparedMoment, sql};
use crate::{Result, counts, lists::each_in, naming};

/// Everything a batch writes, by table.
#[derive(Default)]
pub(crate) struct Rows<'a> {
    pub(crate) people: Vec<Vec<Value<'a>>>,
    pub(crate) profiles: Vec<Vec<Value<'a>>>,
    pub(crate) handles: Vec<Vec<Value<'a>>>,
    pub(crate) directory: BTreeSet<(&'a str, &'a str, PersonId)>,
    pub(crate) words: BTreeSet<(PersonId, &'a str)>,
    /// Words and claims of people who were there before, of which some may be known.
    pub(crate) known_words: BTreeSet<(PersonId, &'a str)>,
    pub(crate) known_directory: BTreeSet<(&'a str, &'a str, PersonId)>,
    pub(crate) roles: Vec<Vec<Value<'a>>>,
    pub(crate) moments: Vec<Telling<'a>>,
}

/// A moment whose person is known.
pub(crate) struct Telling<'a> {
    pub(crate) person: PersonId,
    pub(crate) profile: ProfileId,
    pub(crate) account: Option<model::AccountId>,
    pub(crate) moment: &'a NewMoment,
    pub(crate) prepared: &'a PreparedMoment,
}

impl<'a> Rows<'a> {
    pub(crate) fn write(self, tx: &mut Write<'_>, now: Time) -> Result<()> {
        let load = |tx: &mut Write<'_>, (table, columns): (&str, &[&str]), rows: &[Vec<Value<'_>>]| {
            tx.load(table, columns, rows)
        };
        load(tx, sql::PEOPLE, &self.people)?;
        load(tx, sql::PROFILES, &self.profiles)?;
        load(tx, sql::HANDLES, &self.handles)?;
        let directory: Vec<_> =
            self.directory.iter().map(|(k, v, p)| vec![k.value(), v.value(), p.value()]).collect();
        load(tx, sql::DIRECTORY, &directory)?;
        let words: Vec<_> = self.words.iter().map(|(p, w)| vec![p.value(), w.value()]).collect();
        load(tx, naming::sql::PERSON_WORDS, &words)?;
        let known: Vec<_> =
            self.known_directory.iter().map(|(k, v, p)| vec![k.value(), v.value(), p.value()]).collect();
        tx.each(sql::ADD_DIRECTORY, &known)?;
        let known: Vec<_> = self.known_words.iter().map(|(p, w)| vec![p.value(), w.value()]).collect();
        tx.each(naming::sql::ADD_PERSON_WORD, &known)?;
        naming::vocabulary(tx, self.words.iter().chain(&self.known_words).map(|(_, word)| *word))?;
        tx.each(crate::accounts::sql::ADD_ROLE, &self.roles)?;
        moments(tx, &self.moments, now)
    }
}

fn moments(tx: &mut Write<'_>, tellings: &[Telling<'_>], now: Time) -> Result<()> {
    if tellings.is_empty() {
        return Ok(());
    }
    let docs = docs(tx, tellings)?;
    let texts: Vec<(String, String)> =
        tellings.iter().map(|t| (json(&t.moment.data), json(&t.moment.originals))).collect();
    let rows: Vec<Vec<Value<'_>>> = tellings
        .iter()
        .zip(&texts)
        .map(|(t, (data, originals))| moment_row(t, data, originals, &now))
        .collect();
    tx.load(sql::MOMENTS.0, sql::MOMENTS.1, &rows)?;
    let rows: Vec<Vec<Value<'_>>> = tellings
        .iter()
        .zip(&docs)
        .map(|(t, doc)| vec![t.prepared.id.value(), t.person.value(), t.moment.at.value(), doc.value()])
        .collect();
    tx.load(sql::MOMENT_DIRECTORY.0, sql::MOMENT_DIRECTORY.1, &rows)?;
    words(tx, tellings, &docs)?;
    files(tx, tellings)?;
    counts::met(tx, tellings.iter().map(|t| (t.person, t.moment)))
}

fn moment_row<'r>(t: &'r Telling<'_>, data: &'r str, originals: &'r str, now: &'r Time) -> Vec<Value<'r>> {
    let m = t.moment;
    vec![
        t.person.value(),
        m.at.value(),
        t.prepared.id.value(),
        t.profile.value(),
        now.value(),
        m.kind.as_str().value(),
        m.channel.as_str().value(),
        m.direction.as_str().value(),
        t.account.value(),
        m.by.value(),
        m.thread.value(),
        m.title.value(),
        m.body.value(),
        data.value(),
        originals.value(),
    ]
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

/// Places in the word index. They rise with time, so that the newest match is read first: 16 milliseconds each, with
/// room for four million moments in them.
fn docs(tx: &mut Write<'_>, tellings: &[Telling<'_>]) -> Result<Vec<i64>> {
    let mut docs: Vec<i64> = tellings.iter().map(|t| doc(t.moment.at, t.prepared.id)).collect();
    let mut seen: BTreeSet<i64> = BTreeSet::new();
    loop {
        let asked: Vec<Value<'_>> = docs.iter().filter(|d| !seen.contains(d)).map(ToValue::value).collect();
        let taken: BTreeSet<i64> =
            each_in(tx, sql::taken_docs, &[], &asked, |row| row.get(0))?.into_iter().collect();
        let mut moved = false;
        seen.clear();
        for doc in &mut docs {
            while taken.contains(doc) || !seen.insert(*doc) {
                *doc += 1;
                moved = true;
            }
        }
        if !moved {
            return Ok(docs);
        }
        seen.clear();
    }
}

fn doc(at: Time, id: MomentId) -> i64 {
    let slot = (at.micros().div_euclid(16_000)) << 22;
    slot | (id.uuid().as_u128() & 0x3f_ffff) as i64
}

fn words(tx: &mut Write<'_>, tellings: &[Telling<'_>], docs: &[i64]) -> Result<()> {
    let mut rows: Vec<(i64, &str)> =
        docs.iter().zip(tellings).map(|(d, t)| (*d, t.prepared.words.as_str())).collect();
    // FTS5 begins a new segment whenever a document's number falls.
    rows.sort_unstable();
    let rows: Vec<Vec<Value<'_>>> = rows.iter().map(|(d, w)| vec![d.value(), w.trim_end().value()]).collect();
    match tx.engine() {
        Engine::Sqlite => tx.load(sql::SQLITE_WORDS.0, sql::SQLITE_WORDS.1, &rows)?,
        Engine::Postgres => drop(tx.each(sql::POSTGRES_WORDS, &rows)?),
    }
    Ok(())
}

fn files(tx: &mut Write<'_>, tellings: &[Telling<'_>]) -> Result<()> {
    let rows: Vec<Vec<Value<'_>>> = tellings
        .iter()
        .flat_map(|t| {
            let digests: BTreeSet<&str> = t.moment.originals.iter().map(|o| o.digest.as_str()).collect();
            digests.into_iter().map(|d| {
                vec![
                    t.person.value(),
                    t.prepared.id.value(),
                    Value::Text(d.to_owned().into()),
                    t.profile.value(),
                ]
            })
        })
        .collect();
    Ok(tx.load(sql::FILES.0, sql::FILES.1, &rows)?)
}
