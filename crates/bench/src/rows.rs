//! The rows that the memory writes for a moment, worked out beforehand: what bare loops and the quick loader write.
//! A run compares them with what the memory really wrote.

use std::collections::BTreeSet;

use model::{Direction, MomentId, NewMoment, PersonId, ProfileId, Time, Turn, search_words};
use serde_json::Value as Json;
use uuid::Uuid;

/// All that is written for one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whose.
    pub person: Uuid,
    /// Of which fragment.
    pub profile: Uuid,
    /// Its id.
    pub id: Uuid,
    /// Its place in the word index.
    pub doc: i64,
    /// When it was written.
    pub recorded_at: i64,
    /// As it was told.
    pub moment: NewMoment,
    /// What only this kind has, as kept.
    pub data: String,
    /// The words under which it is found.
    pub words: String,
    /// When they last spoke and we did, and since when they wait, after it.
    pub turns: [Option<i64>; 3],
}

/// Who spoke when: what the memory works out from a person's moments in whatever order they come.
#[derive(Debug, Default)]
pub struct Turns {
    asked: Vec<i64>,
    said: Option<i64>,
}

impl Turns {
    /// When they last spoke and we did, and since when they wait, after one more moment.
    pub fn after(&mut self, moment: &NewMoment) -> [Option<i64>; 3] {
        match Turn::after(&moment.kind, moment.direction, &moment.data) {
            Turn::Ours => self.asked.push(moment.at.micros()),
            Turn::Theirs => self.said = self.said.max(Some(moment.at.micros())),
            Turn::Same => {}
        }
        let unanswered = self.asked.iter().copied().filter(|at| self.said.is_none_or(|said| *at > said));
        [self.asked.iter().copied().max(), self.said, unanswered.min()]
    }
}

impl Row {
    /// Works out a moment's row. Nobody of the benchmark has two moments in one place of the word index.
    pub fn of(source: &str, moment: NewMoment, person: PersonId, profile: ProfileId, now: Time) -> Self {
        let id = MomentId::derived(&[source.as_bytes(), moment.key.as_bytes()]);
        Self {
            person: person.uuid(),
            profile: profile.uuid(),
            id: id.uuid(),
            doc: place(moment.at, id),
            recorded_at: now.micros(),
            data: moment.data.to_string(),
            words: words(&moment),
            turns: [None; 3],
            moment,
        }
    }

    /// One if they came to us, else none.
    pub fn heard(&self) -> i64 {
        i64::from(matches!(self.moment.direction, Direction::Heard | Direction::Together))
    }
}

/// A moment's place in the word index; the places rise with time.
pub fn place(at: Time, id: MomentId) -> i64 {
    (at.micros().div_euclid(16_000)) << 22 | (id.uuid().as_u128() & 0x3f_ffff) as i64
}

/// The words of a moment, each once.
pub fn words(moment: &NewMoment) -> String {
    let mut text = format!("{}\n{}", moment.title, moment.body);
    let items = moment.data.get("items").and_then(Json::as_array);
    for name in items.into_iter().flatten().filter_map(|item| item.get("name").and_then(Json::as_str)) {
        text.push('\n');
        text.push_str(name);
    }
    search_words(&text).into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}
