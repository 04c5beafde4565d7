//! The brief, as whoever takes over reads it: ten lines, each leading to where it stands in the conversation.

use conversations::{About, BriefLine};
use maud::{Markup, html};
use model::PersonId;

use crate::{
    gate::Desk,
    icon::{Icon, icon},
    pages::parts::{Names, at_text, name_of},
    when,
};

pub(super) fn show(desk: &Desk, person: PersonId, lines: &[BriefLine], names: &Names) -> Markup {
    html! {
        @if lines.len() > 1 {
            details.notes.brief data-key="b" {
                summary { "In brief " kbd { "b" } }
                ol { @for line in lines { li {
                    (icon(drawing(line.about)))
                    p {
                        b { (words(line, names)) } " "
                        @if let Some((moment, at)) = line.moment {
                            a href={"/people/" (person) "?around=" (at_text(at)) "#" (moment)} { (line.text) } " "
                            span.soft.small { (when::ago(at, desk.now, &desk.zone)) }
                        } @else { (line.text) }
                    }
                } } }
            }
        }
    }
}

fn words(line: &BriefLine, names: &Names) -> String {
    let us = || name_of(names, line.by).to_owned();
    match line.about {
        About::Who => "Who they are:".to_owned(),
        About::Wants => "What they want:".to_owned(),
        About::Asked => "They ask:".to_owned(),
        About::Said => format!("{} said:", us()),
        About::Promised => format!("{} promised:", us()),
        About::Bought => "They bought:".to_owned(),
        About::Noted => format!("{} noted:", us()),
        About::Feels => "How they feel:".to_owned(),
    }
}

fn drawing(about: About) -> Icon {
    match about {
        About::Who => Icon::People,
        About::Wants => Icon::Joined,
        About::Asked | About::Said => Icon::Mail,
        About::Promised => Icon::Check,
        About::Bought => Icon::Purchase,
        About::Noted => Icon::Note,
        About::Feels => Icon::Survey,
    }
}
