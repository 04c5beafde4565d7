//! What was brought in before.

use delivery::importing::Import;
use maud::{Markup, html};

use super::state_words;
use crate::{
    gate::Desk,
    pages::parts::{Names, name_of},
    when,
};

pub(super) fn list(desk: &Desk, imports: &[Import], names: &Names) -> Markup {
    html! {
        @if !imports.is_empty() {
            section {
                h2 { "Brought in before" }
                ul.lines { @for import in imports { li { (line(desk, import, names)) } } }
            }
        }
    }
}

fn line(desk: &Desk, import: &Import, names: &Names) -> Markup {
    let who = import.by.map_or("The program", |by| name_of(names, Some(by)));
    html! {
        div {
            a href={"/import/" (import.id)} { b { (import.name) } }
            p.small.soft { (who) ", " (when::ago(import.started_at, desk.now, &desk.zone)) ": " (outcome(import)) }
        }
        span.tag.tag-bad[import.state == "stopped"].tag-good[import.state == "done"] { (state_words(import)) }
    }
}

fn outcome(import: &Import) -> String {
    let counts = &import.counts;
    let read = format!("{} new people, {} new moments", counts.new_people, counts.moments);
    match counts.refused {
        0 => read,
        1 => format!("{read}, 1 record could not be read"),
        many => format!("{read}, {many} records could not be read"),
    }
}
