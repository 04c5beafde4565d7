//! What was wrong with a form, said above it and at its field, with everything that was entered still there.

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::problem::Problem;

/// Fields of a form, and how a sentence about each begins.
pub(super) type Fields = &'static [(&'static str, &'static str)];

/// What was wrong, if anything was.
pub(super) struct Trouble<'a> {
    pub(super) problem: Option<&'a Problem>,
    pub(super) fields: Fields,
}

impl Trouble<'_> {
    fn field(&self) -> Option<&str> {
        self.problem?.field.as_deref()
    }

    /// Whether it is this field.
    pub(super) fn is_at(&self, field: &str) -> bool {
        self.field() == Some(field)
    }

    /// What a field says of itself.
    pub(super) fn invalid(&self, field: &str) -> Option<&'static str> {
        self.is_at(field).then_some("true")
    }

    /// Above the form.
    pub(super) fn above(&self) -> Markup {
        html! {
            @if let Some(problem) = self.problem {
                p.said role="alert" {
                    @match self.field().and_then(|field| self.fields.iter().find(|(it, _)| *it == field)) {
                        Some((field, begins)) => { a href={"#" (field)} { (begins) } " " (rest(problem, field)) },
                        None => (problem.detail),
                    }
                }
            }
        }
    }

    /// The page with its status.
    pub(super) fn answer(&self, page: Response) -> Response {
        match self.problem {
            Some(problem) => (problem.status, page).into_response(),
            None => page,
        }
    }
}

/// Rooms name the field before what is wrong with it; here its label stands there.
fn rest<'a>(problem: &'a Problem, field: &str) -> &'a str {
    let head = problem.detail.get(..field.len()).is_some_and(|it| it.eq_ignore_ascii_case(field));
    let rest = problem.detail.get(field.len()..).and_then(|it| it.strip_prefix(": "));
    rest.filter(|_| head).unwrap_or(&problem.detail)
}
