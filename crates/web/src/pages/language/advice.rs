//! Advice on what somebody is writing: what could be said better, why, and a button for each better word. A script asks for it after a
//! pause and shows it beneath the field (`assets/advice.js`); nothing waits for it.

use ::house::Permission;
use axum::{Form, extract::State as With, http::StatusCode};
use conversations::speaking::{self, Left};
use language::{Finding, Kind, Language};
use maud::{Markup, html};
use model::PersonId;
use permission::InForce;
use serde::Deserialize;

use crate::{
    State,
    gate::Desk,
    layout,
    problem::{Answer, Problem},
};

/// Where fields ask.
pub(in crate::pages) const ADVICE: &str = "/language/advice";
/// Bytes that are looked at; a longer letter is a document.
const LONGEST: usize = 100_000;
/// Whoever has more to put right than this begins with these.
const MOST: usize = 50;
/// A text with fewer letters does not tell its language; then it is the one in which they want to hear from us.
const TELLS: usize = 80;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Written {
    text: String,
    /// To whom, where that is known.
    person: String,
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Form(written): Form<Written>) -> Answer {
    desk.may(Permission::WritePeople)?;
    if written.text.len() > LONGEST {
        let why = format!("Advice is given on up to {} kB of text.", LONGEST / 1000);
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "Too long", why));
    }
    let auditor = state.auditor().now(state.store()).await?;
    let (me, person) = (desk.viewer.staff(), written.person.parse::<PersonId>().ok());
    let (left, wished) = state
        .store()
        .read(move |db| {
            let wished = match person {
                Some(it) => InForce::of(&permission::of_person(db, it)?).wishes.language,
                None => None,
            };
            Ok::<_, Problem>((speaking::left_by(db, me)?, wished))
        })
        .await?;
    let text = written.text;
    let theirs = wished.map(|it| Language::of_code(&it)).filter(|it| it.is_covered());
    let advised = tokio::task::spawn_blocking(move || {
        let letters = text.chars().filter(|it| it.is_alphabetic()).count();
        let audit = match theirs.filter(|_| letters < TELLS) {
            Some(language) => auditor.in_language(&text, Kind::Plain, language),
            None => auditor.audit(&text, Kind::Plain),
        };
        list(&text, &wanted(&audit.findings, &left))
    });
    let advised = advised.await.map_err(|_| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(layout::part(advised))
}

fn wanted<'a>(all: &'a [Finding], left: &[Left]) -> Vec<&'a Finding> {
    let is_wanted = |it: &&Finding| !speaking::is_left(left, &it.rule.id, &it.found);
    all.iter().filter(is_wanted).take(MOST).collect()
}

fn list(text: &str, found: &[&Finding]) -> Markup {
    // What was just said of the word before need not be said again.
    let is_told = |n: usize| n > 0 && found[n - 1].rule.id == found[n].rule.id;
    html! { ul { @for (n, it) in found.iter().enumerate() { (one(text, it, is_told(n))) } } }
}

fn one(text: &str, it: &Finding, is_told: bool) -> Markup {
    let (from, to) = (units(text, it.range.start), units(text, it.range.end));
    html! {
        li data-rule=(it.rule.id) data-found=(it.found) data-from=(from) data-to=(to) {
            p { q { (it.found) } @if !is_told { " " span.soft { (it.rule.why) } } }
            p.row {
                @for (n, say) in it.say.iter().enumerate() { (better(text, it, n, say)) }
                button.plain type="button" data-leave { "Leave it" span.hush { ": " (it.found) } }
            }
        }
    }
}

/// Where grammar surely holds it, the first of them takes the words around along: "a user" becomes "a customer", "an user" too.
fn better(text: &str, it: &Finding, n: usize, say: &str) -> Markup {
    let fix = it.fix.as_ref().filter(|_| n == 0);
    let (range, words) = fix.map_or((&it.range, say), |fix| (&fix.range, fix.text.as_str()));
    let (from, to) = (units(text, range.start), units(text, range.end));
    html! {
        button.quiet type="button" data-say=(words) data-from=(from) data-to=(to) {
            @if words.trim().is_empty() { "Without it" } @else { (words) }
            span.hush { ", instead of " (it.found) }
        }
    }
}

/// A place in a text as a browser counts it.
fn units(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, |it| it.encode_utf16().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_browsers_count_them() {
        let text = "☕ 🎉 Gr\u{fc}\u{df}e. A user can ask us.";
        let audit = language::Auditor::shipped().audit(text, Kind::Plain);
        let page = list(text, &audit.findings.iter().collect::<Vec<_>>()).into_string();
        let units = text.encode_utf16().collect::<Vec<_>>();
        let found = "A user".encode_utf16().collect::<Vec<_>>();
        let at = units.windows(found.len()).position(|it| it == found).unwrap();
        let (from, to) = (at, at + found.len());
        assert!(page.contains(&format!("data-from=\"{from}\" data-to=\"{to}\"")), "{at}: {page}");
    }

    #[test]
    fn what_somebody_wrote_is_never_markup() {
        let text = "Each <b>user</b> \"may\" ask.";
        let audit = language::Auditor::shipped().audit(text, Kind::Plain);
        let page = list(text, &audit.findings.iter().collect::<Vec<_>>()).into_string();
        assert!(page.contains("data-found=\"user\"") && !page.contains("<b>"), "{page}");
    }
}
