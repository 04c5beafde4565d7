//! The one conversation: every moment in order, the newest first, page by page in both directions. Filter by kind, jump
//! to a day.

use maud::{Markup, html};
use memory::timeline::{From, Page, Place};
use model::{Kind, Moment, Time};
use serde::Deserialize;

use super::{fate::Fates, moment};
use crate::{
    gate::Desk,
    pages::parts::{Names, at_text, moments_name},
    problem::Problem,
    when,
};

/// Kinds offered as filters; the others come with "everything".
const FILTERS: &[Kind] = &[
    Kind::Email,
    Kind::Chat,
    Kind::Message,
    Kind::Call,
    Kind::Visit,
    Kind::Meeting,
    Kind::Note,
    Kind::Purchase,
    Kind::Subscription,
    Kind::Survey,
];

/// Which part of a timeline is asked for.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(in crate::pages) struct Asked {
    /// Kinds, with commas between.
    kinds: String,
    /// Older than this place.
    before: String,
    /// Newer than this place.
    after: String,
    /// From the beginning of this day.
    on: String,
    /// From shortly before this time: where a search led.
    around: String,
    /// They are on the telephone.
    pub(in crate::pages) call: Option<String>,
}

impl Asked {
    pub(in crate::pages) fn from(&self, desk: &Desk) -> Result<From, Problem> {
        let wrong = |field| Problem::unfit(field, "This is not a place in the timeline.");
        if !self.before.is_empty() {
            return place(&self.before).map(From::Before).ok_or_else(|| wrong("before"));
        }
        if !self.after.is_empty() {
            return place(&self.after).map(From::After).ok_or_else(|| wrong("after"));
        }
        if !self.on.is_empty() {
            let day = when::day_begins(&self.on, &desk.zone);
            return day.map(From::Since).ok_or_else(|| wrong("on"));
        }
        if !self.around.is_empty() {
            let at = self.around.parse().map(Time::from_micros).map_err(|_| wrong("around"))?;
            return Ok(From::Since(at.plus_days(-1)));
        }
        Ok(From::End)
    }

    pub(in crate::pages) fn kinds(&self) -> Vec<String> {
        self.kinds.split(',').filter(|kind| !kind.is_empty()).map(str::to_owned).collect()
    }

    /// Whether more of what is shown already is asked for, rather than the page.
    pub(in crate::pages) fn is_part(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty()
    }

    /// The address with one kind more or less.
    fn toggled(&self, base: &str, kind: &Kind) -> String {
        let mut kinds = self.kinds();
        match kinds.iter().position(|k| k == kind.as_str()) {
            Some(at) => drop(kinds.remove(at)),
            None => kinds.push(kind.as_str().to_owned()),
        }
        format!("{base}?kinds={}#moments", kinds.join(","))
    }
}

/// A place as text: microseconds and id.
fn written(moment: &Moment) -> String {
    format!("{}.{}", at_text(moment.at), moment.id)
}

fn place(text: &str) -> Option<Place> {
    let (at, id) = text.split_once('.')?;
    Some(Place { at: Time::from_micros(at.parse().ok()?), id: id.parse().ok()? })
}

/// The timeline with its tools.
pub(in crate::pages) fn whole(
    desk: &Desk,
    base: &str,
    asked: &Asked,
    page: &Page,
    names: &Names,
    fates: &Fates,
) -> Markup {
    html! {
        section aria-label="The conversation" {
            (tools(base, asked))
            (later(base, asked, page))
            @if page.moments.is_empty() { div.empty { p { "Nothing here yet." } } }
            ol #moments { (moments(desk, page, names, fates)) }
            (earlier(base, asked, page))
        }
    }
}

/// More of it, for our own script: what is older goes below, what is newer above.
pub(in crate::pages) fn part(
    desk: &Desk,
    base: &str,
    asked: &Asked,
    page: &Page,
    names: &Names,
    fates: &Fates,
) -> Markup {
    let below = !asked.before.is_empty();
    html! {
        ol data-into="moments" data-op=(if below { "append" } else { "prepend" }) { (moments(desk, page, names, fates)) }
        @if below { (earlier(base, asked, page)) }
        @else if page.moments.is_empty() { (later_from(base, asked, &asked.after, false)) }
        @else { (later(base, asked, page)) }
    }
}

/// Moments with their days, the newest first. A day's line has an id, so that a page added later does not repeat it.
pub(super) fn moments(desk: &Desk, page: &Page, names: &Names, fates: &Fates) -> Markup {
    let today = when::day(desk.now, &desk.zone);
    let mut shown = None;
    html! {
        @for moment in page.moments.iter().rev() {
            @let day = when::day(moment.at, &desk.zone);
            @if shown.replace(day) != Some(day) {
                li.day id={"day-" (day)} { h3 { (when::day_words(day, today)) } }
            }
            (moment::show(desk, moment, names, fates))
        }
    }
}

fn tools(base: &str, asked: &Asked) -> Markup {
    let chosen = asked.kinds();
    html! {
        div.tools {
            nav.pills aria-label="Show only" {
                a.pill href={(base) "#moments"} aria-current=[chosen.is_empty().then_some("true")] { "Everything" }
                @for kind in FILTERS {
                    @let on = chosen.iter().any(|k| k == kind.as_str());
                    a.pill href=(asked.toggled(base, kind)) aria-current=[on.then_some("true")] { (moments_name(kind)) }
                }
            }
            form.jump method="get" action=(base) {
                @if !asked.kinds.is_empty() { input type="hidden" name="kinds" value=(asked.kinds); }
                label for="on" { "From day" }
                input #on type="date" name="on" value=(asked.on);
                button.quiet { "Go" }
            }
        }
    }
}

fn earlier(base: &str, asked: &Asked, page: &Page) -> Markup {
    html! {
        p.more #earlier {
            @if let (true, Some(first)) = (page.older, page.moments.first()) {
                a.button.quiet href={(base) "?kinds=" (asked.kinds) "&before=" (written(first))} data-more="auto" { "Earlier" }
            } @else if !page.moments.is_empty() {
                span.soft.small { "This is where it began." }
            }
        }
    }
}

fn later(base: &str, asked: &Asked, page: &Page) -> Markup {
    let last = page.moments.last().map(written).unwrap_or_default();
    later_from(base, asked, &last, page.newer)
}

/// Where newer moments come in: by a press if there are some, by themselves when they happen.
fn later_from(base: &str, asked: &Asked, last: &str, more: bool) -> Markup {
    let href = format!("{base}?kinds={}&after={last}", asked.kinds);
    let id = base.rsplit('/').next().unwrap_or_default();
    html! {
        @if more {
            p.more #later { a.button.quiet href=(href) data-more="press" { "Later" } }
        } @else {
            p #later data-live={"topic=person&id=" (id)} data-src=(href) {}
        }
    }
}
