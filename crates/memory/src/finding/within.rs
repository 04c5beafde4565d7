//! Find what was said with one person. Their own texts are read, the newest first: the index knows what was said with
//! everybody, and of a common word it would give millions before one of theirs.

use std::collections::BTreeSet;

use model::{Moment, MomentId, PersonId};
use store::{Read, params};

use super::sql;
use crate::{
    Result,
    taking::{end_of_slot, search_text},
    timeline::{self, From, Place},
};

/// Moments read at a time.
const PAGE: usize = 200;

/// The same answer as from the index, each moment with its place there: whole words first, and with `begun` what begins
/// with the last if that is too little.
pub(super) fn within(
    db: &mut Read<'_>,
    person: PersonId,
    words: &[String],
    begun: bool,
    after: Option<i64>,
    most: usize,
) -> Result<Vec<(Moment, i64)>> {
    let mut from = after.map_or(From::End, |after| {
        // Whatever begins where the slot ends comes after it, and is left out by its place.
        From::Before(Place { at: end_of_slot(after), id: MomentId::derived(&[]) })
    });
    let mut found: Vec<(bool, Moment, i64)> = Vec::new();
    loop {
        let page = timeline::of_person(db, person, from, &[], PAGE)?;
        let oldest = page.moments.first().map(|moment| Place { at: moment.at, id: moment.id });
        for moment in page.moments.into_iter().rev() {
            let Some(whole) = fits(&moment, words, begun) else { continue };
            let place = db.number(sql::PLACE_OF, params![moment.id])?;
            if after.is_none_or(|after| place < after) && (whole || found.len() < most) {
                found.push((whole, moment, place));
            }
        }
        let enough = found.iter().filter(|(whole, ..)| *whole).count() >= most;
        match oldest.filter(|_| page.older && !enough) {
            Some(place) => from = From::Before(place),
            None => {
                let wanted = found.into_iter().filter(|(whole, ..)| *whole || !enough);
                return Ok(wanted.map(|(_, moment, place)| (moment, place)).take(most).collect());
            }
        }
    }
}

/// Whether every word is there, and whether the last one is there as it stands.
fn fits(moment: &Moment, words: &[String], begun: bool) -> Option<bool> {
    let text = search_text(&moment.title, &moment.body, &moment.originals, &moment.data);
    let said: BTreeSet<String> = model::search_words(&text).into_iter().collect();
    let (last, before) = words.split_last()?;
    if !before.iter().all(|word| said.contains(word)) {
        return None;
    }
    let begins = || said.range(last.clone()..).next().is_some_and(|word| word.starts_with(last.as_str()));
    if said.contains(last) { Some(true) } else { (begun && begins()).then_some(false) }
}
