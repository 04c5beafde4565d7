//! The rows that a batch adds, gathered first and written together.

use std::collections::BTreeSet;

use model::{MomentId, NewMoment, PersonId, ProfileId, Time};
use store::{Change, Engine, ToValue, Value, Write};

use super::{prepare::PreparedMoment, sql};
use crate::{
    Result, counts,
    lists::each_in,
    naming::{self, NameWord},
};

/// Everything a batch writes, by table.
#[derive(Default)]
pub(crate) struct Rows<'a> {
    pub(crate) people: Vec<Vec<Value<'a>>>,
    pub(crate) profiles: Vec<Vec<Value<'a>>>,
    pub(crate) handles: Vec<Vec<Value<'a>>>,
    pub(crate) directory: BTreeSet<(&'a str, &'a str, PersonId)>,
    pub(crate) words: BTreeSet<(PersonId, &'a NameWord)>,
    /// Words and claims of people who were there before, of which some may be known.
    pub(crate) known_words: BTreeSet<(PersonId, &'a NameWord)>,
    pub(crate) known_directory: BTreeSet<(&'a str, &'a str, PersonId)>,
    pub(crate) roles: Vec<Vec<Value<'a>>>,
    /// Files that came with profiles; those of moments go by the moments.
    pub(crate) files: Vec<Vec<Value<'a>>>,
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

impl Rows<'_> {
    pub(crate) fn write(self, tx: &mut Write<'_>, now: Time) -> Result<()> {
        naming::vocabulary(tx, self.words.iter().chain(&self.known_words).map(|(_, it)| it.word.as_str()))?;
        let docs = docs(tx, &self.moments)?;
        let texts: Vec<(String, String)> =
            self.moments.iter().map(|t| (json(&t.moment.data), json(&t.moment.originals))).collect();
        let mut changes = vec![
            load(sql::PEOPLE, self.people),
            load(sql::PROFILES, self.profiles),
            load(sql::HANDLES, self.handles),
            load(sql::DIRECTORY, claims(&self.directory)),
            load(naming::sql::PERSON_WORDS, words(&self.words)),
            Change::Each { sql: sql::ADD_DIRECTORY, sets: claims(&self.known_directory) },
            Change::Each { sql: naming::sql::ADD_PERSON_WORD, sets: words(&self.known_words) },
            Change::Each { sql: crate::accounts::sql::ADD_ROLE, sets: self.roles },
            load(sql::MOMENTS, moments(&self.moments, &texts, &now)),
            load(sql::MOMENT_DIRECTORY, directory(&self.moments, &docs)),
            moment_words(tx.engine(), &self.moments, &docs),
            load(sql::FILES, self.files.into_iter().chain(files(&self.moments)).collect()),
        ];
        changes.extend(counts::met(tx.engine(), self.moments.iter().map(|t| (t.person, t.moment))));
        Ok(tx.all(&changes)?)
    }
}

fn load<'c>((table, columns): (&'c str, &'c [&'c str]), rows: Vec<Vec<Value<'c>>>) -> Change<'c> {
    Change::Load { table, columns, rows }
}

fn claims<'r>(all: &'r BTreeSet<(&str, &str, PersonId)>) -> Vec<Vec<Value<'r>>> {
    all.iter().map(|(kind, value, person)| vec![kind.value(), value.value(), person.value()]).collect()
}

fn words<'r>(all: &'r BTreeSet<(PersonId, &NameWord)>) -> Vec<Vec<Value<'r>>> {
    all.iter().map(|(person, it)| vec![person.value(), it.word.value(), it.beside.value()]).collect()
}

fn moments<'r>(
    tellings: &'r [Telling<'_>],
    texts: &'r [(String, String)],
    now: &'r Time,
) -> Vec<Vec<Value<'r>>> {
    let rows = tellings.iter().zip(texts);
    rows.map(|(telling, (data, originals))| moment_row(telling, data, originals, now)).collect()
}

fn directory<'r>(tellings: &'r [Telling<'_>], docs: &'r [i64]) -> Vec<Vec<Value<'r>>> {
    let rows = tellings.iter().zip(docs);
    rows.map(|(t, doc)| vec![t.prepared.id.value(), t.person.value(), t.moment.at.value(), doc.value()])
        .collect()
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

/// The time at which places above this one begin.
pub(crate) fn end_of_slot(doc: i64) -> Time {
    Time::from_micros(((doc >> 22) + 1).saturating_mul(16_000))
}

fn doc(at: Time, id: MomentId) -> i64 {
    let slot = (at.micros().div_euclid(16_000)) << 22;
    slot | (id.uuid().as_u128() & 0x3f_ffff) as i64
}

fn moment_words<'r>(engine: Engine, tellings: &'r [Telling<'_>], docs: &'r [i64]) -> Change<'r> {
    let mut rows: Vec<(&i64, &str)> =
        docs.iter().zip(tellings).map(|(doc, t)| (doc, t.prepared.words.as_str())).collect();
    // FTS5 begins a new segment whenever a document's number falls.
    rows.sort_unstable();
    let rows = rows.into_iter().map(|(doc, words)| vec![doc.value(), words.trim_end().value()]).collect();
    match engine {
        Engine::Sqlite => load(sql::SQLITE_WORDS, rows),
        Engine::Postgres => load(sql::POSTGRES_WORDS, rows),
    }
}

fn files<'r>(tellings: &'r [Telling<'_>]) -> impl Iterator<Item = Vec<Value<'r>>> {
    tellings.iter().flat_map(|t| {
        let digests: BTreeSet<&str> = t.moment.originals.iter().map(|o| o.digest.as_str()).collect();
        digests
            .into_iter()
            .map(|digest| vec![t.person.value(), t.prepared.id.value(), digest.value(), t.profile.value()])
    })
}
