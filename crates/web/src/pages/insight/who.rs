//! People whom pages of this part name. What was reckoned keeps only who they are: names and faces are looked up, and who is gone is left out.

use std::collections::HashMap;

use maud::{Markup, html};
use memory::people::{self, Line};
use model::PersonId;

use crate::{State, face::face, pages::parts::someone, problem::Problem};

/// Those who are still here.
pub(super) struct Who(HashMap<PersonId, Line>);

/// Somebody to be named, with a few words and what stands at the end of their line.
pub(super) type Named = (PersonId, String, Option<Markup>);

impl Who {
    pub(super) async fn of(state: &State, ids: Vec<PersonId>) -> Result<Self, Problem> {
        let lines = state.store().read(move |db| people::some(db, &ids)).await?;
        Ok(Self(lines.into_iter().map(|it| (it.id, it)).collect()))
    }
    pub(super) fn line(&self, person: PersonId) -> Option<&Line> {
        self.0.get(&person)
    }
    /// One below the other, each with a face.
    pub(super) fn list(&self, all: impl IntoIterator<Item = Named>) -> Markup {
        let here = all.into_iter().filter_map(|(id, words, then)| Some((self.line(id)?, words, then)));
        let here: Vec<_> = here.collect();
        html! { @if !here.is_empty() { ul.people {
            @for (line, words, then) in here { li { (someone(line, &words, then)) } }
        } } }
    }
    /// Side by side: face and name.
    pub(super) fn faces(&self, all: &[PersonId], most: usize) -> Markup {
        let here: Vec<&Line> = all.iter().filter_map(|it| self.line(*it)).take(most).collect();
        html! { @if !here.is_empty() { ul.faces {
            @for line in here { li { a href={"/people/" (line.id)} { (face(&line.name, &line.id.to_string(), "s")) (line.name) } } }
        } } }
    }
    /// Within a sentence.
    pub(super) fn names(&self, all: &[PersonId], most: usize) -> Markup {
        let here: Vec<&Line> = all.iter().filter_map(|it| self.line(*it)).collect();
        let more = here.len().saturating_sub(most);
        html! {
            @for (at, line) in here.iter().take(most).enumerate() { @if at > 0 { ", " } a href={"/people/" (line.id)} { (line.name) } }
            @if more > 0 { " and " (more) " more" }
        }
    }
}
