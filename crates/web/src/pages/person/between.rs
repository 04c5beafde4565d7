//! How it goes between somebody and us, in sentences; and a word to ourselves when we are the ones who keep calling.

use maud::{Markup, html};
use model::Time;
use permission::Reciprocity;

use crate::{gate::Desk, when};

/// What stands in the margin.
pub(super) fn show(told: &Reciprocity) -> Markup {
    let all = told.they_began + told.we_began;
    html! {
        @if all > 0 {
            section.aside {
                h2 { "Between us" }
                ul {
                    li { (began(told)) }
                    @if let Some(seconds) = told.our_wait { li { "We answer within " (about(seconds)) "." } }
                    @if let Some(seconds) = told.their_wait { li { "They answer within " (about(seconds)) "." } }
                    @if told.in_vain > 0 && !told.are_we_clingy() {
                        li { "Since they spoke last, we did on " (days(told.in_vain)) " unasked." }
                    }
                }
            }
        }
    }
}

/// What whoever is about to write once more should know before.
pub(super) fn warning(desk: &Desk, told: &Reciprocity) -> Markup {
    html! {
        @if told.are_we_clingy() {
            p.said.clingy role="note" {
                b { "We are the ones who keep calling." } " We spoke on " (days(told.in_vain)) " and heard nothing"
                @if let Some(at) = told.heard_at { " since " (when::date(at, &desk.zone)) }
                ". "
                @match told.rest(desk.now) {
                    Some(until) => { "Unless they ask, better say nothing until " (when::date(until, &desk.zone)) "." },
                    None => "One more word is fine, if it is worth their while.",
                }
            }
        }
    }
}

fn began(told: &Reciprocity) -> String {
    match (told.they_began, told.we_began) {
        (they, 0) => format!("They began {}.", each(they)),
        (0, we) => format!("We began {}.", each(we)),
        (they, we) => format!("They began {they} of {} conversations, we the others.", they + we),
    }
}

fn each(count: usize) -> String {
    match count {
        1 => "the one conversation there was".to_owned(),
        2 => "both conversations".to_owned(),
        many => format!("all {many} conversations"),
    }
}

fn days(count: usize) -> String {
    if count == 1 { "one day".to_owned() } else { format!("{count} days") }
}

fn about(seconds: i64) -> String {
    when::lasting(Time::from_seconds(0), Time::from_seconds(seconds.max(60)))
}
