//! How the house speaks: its word for the people it deals with, what it never says, names as they are spelled, and what it does not want
//! pointed out.

use std::collections::BTreeMap;

use ::house::{Act, Permission};
use axum::{
    extract::{RawForm, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use conversations::speaking::{self, Amiss, Kept};
use language::{Auditor, Never, Voice};
use maud::{Markup, html};

use super::head;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{name_of, names},
    problem::{Answer, Problem},
    when,
};

/// Whoever keeps it sees what they take away.
const CHANGED: &str = "were changed by somebody else meanwhile. Look at theirs in another window; keep it again, and yours stand";
/// Empty lines at the end of what is never said.
const BLANK: usize = 2;

/// What each pack of rules is about.
const PACKS: &[(&str, &str)] = &[
    ("people", "\u{201c}User\u{201d} where a person is meant"),
    ("robotic", "Phrases that no one would say to somebody\u{2019}s face"),
    ("jargon", "Words of the trade, and words that say little"),
    ("deceptive", "Haste, hidden costs, and other tricks"),
    ("passive", "Sentences that hide who did it"),
    ("blame", "Blame"),
    ("inclusive", "Words that leave somebody out"),
    ("consistent", "Two ways to say one thing"),
    ("de", "German"),
    ("fr", "French"),
    ("es", "Spanish"),
];

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let kept = state.store().read(speaking::kept).await?;
    page(&state, &desk, &kept.voice, None).await
}

async fn page(state: &State, desk: &Desk, voice: &Voice, amiss: Option<&Amiss>) -> Answer {
    let kept = state.store().read(speaking::kept).await?;
    let changed = kept.changed;
    let names = names(state).await?;
    let main = html! {
        (head(desk, "/house/voice"))
        div.stack {
            h2 { "Our own words" }
            p.lead { "Whoever writes here is told, quietly, what could be said better. These are the words of this house." }
            @if let Some((at, by)) = changed { p.small.soft { "Last changed " (when::ago(at, desk.now, &desk.zone)) " by " (name_of(&names, Some(by))) "." } }
            (form(voice, &mark(&kept), amiss))
        }
    };
    let page = layout::page(desk, Here::House, "Our own words", main);
    Ok(match amiss {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        None => page,
    })
}

/// What is wrong with one field, if anything.
#[derive(Clone, Copy)]
struct Wrong<'a>(Option<&'a Amiss>);

impl Wrong<'_> {
    fn is(self, field: &str, at: Option<usize>) -> bool {
        self.0.is_some_and(|it| it.field == field && (it.at == at || at.is_none()))
    }
    fn invalid(self, field: &str, at: Option<usize>) -> Option<&'static str> {
        self.is(field, at).then_some("true")
    }
}

fn form(voice: &Voice, seen: &str, amiss: Option<&Amiss>) -> Markup {
    let wrong = Wrong(amiss);
    html! {
        form.fields.voice method="post" action="/house/voice" {
            input type="hidden" name="seen" value=(seen);
            @if let Some(amiss) = amiss { p.said role="alert" { (told(voice, amiss)) } }
            fieldset {
                legend { "The people you deal with" }
                p.small { "Where somebody writes \u{201c}user\u{201d}, this is offered: customer, guest, member, patient, reader, student. Left empty, it is read from the words around." }
                div.side-by-side {
                    div.field { label for="people" { "One of them" } input #people name="people" value=[&voice.people] maxlength="100" placeholder="guest" autocomplete="off" autofocus[wrong.is("people", None)] aria-invalid=[wrong.invalid("people", None)]; }
                    div.field { label for="several" { "Several, if not as usual" } input #several name="several" value=[&voice.several] maxlength="100" placeholder="guests" autocomplete="off" autofocus[wrong.is("several", None)] aria-invalid=[wrong.invalid("several", None)]; }
                }
            }
            (never(voice, wrong))
            fieldset {
                legend { "Names" }
                div.field {
                    label for="names" { "As they are spelled, one on each line" }
                    textarea #names name="names" placeholder="GitHub" aria-describedby="names-help" autofocus[wrong.is("names", None)] aria-invalid=[wrong.invalid("names", None)] { (voice.names.join("\n")) }
                    p.small #names-help { "Whoever spells one otherwise is told." }
                }
            }
            (off(voice))
            p.row { button { "Keep it so" } }
        }
    }
}

fn told(voice: &Voice, amiss: &Amiss) -> String {
    let never = amiss.at.and_then(|at| voice.never.get(at));
    let words = match amiss.field {
        "people" => "The word for one of them".to_owned(),
        "several" => "The word for several of them".to_owned(),
        "names" => amiss
            .at
            .and_then(|at| voice.names.get(at))
            .map_or("A name".to_owned(), |it| format!("The name \u{201c}{it}\u{201d}")),
        "voice" => "The words of this house".to_owned(),
        _ => never.map_or("What you never say".to_owned(), |it| format!("\u{201c}{}\u{201d}", it.say)),
    };
    format!("{words} {}.", amiss.why)
}

fn never(voice: &Voice, wrong: Wrong<'_>) -> Markup {
    let blank = Never { say: String::new(), instead: Vec::new(), why: None };
    let lines = voice.never.iter().chain(std::iter::repeat_n(&blank, BLANK));
    html! {
        fieldset {
            legend { "What you never say" }
            p.small { "And what you say instead: several with commas between, or nothing. An empty line is left out." }
            ol.never { @for (n, it) in lines.enumerate() {
                li {
                    div.field { label for={"say-" (n)} { "Never" } input id={"say-" (n)} name="say" value=(it.say) maxlength="100" placeholder=[(n == 0).then_some("cheap")] autocomplete="off" autofocus[wrong.is("say", Some(n))] aria-invalid=[wrong.invalid("say", Some(n))]; }
                    div.field { label for={"instead-" (n)} { "Instead" } input id={"instead-" (n)} name="instead" value=(it.instead.join(", ")) maxlength="400" placeholder=[(n == 0).then_some("good value")] autocomplete="off" autofocus[wrong.is("instead", Some(n))] aria-invalid=[wrong.invalid("instead", Some(n))]; }
                    div.field { label for={"why-" (n)} { "Why" } input id={"why-" (n)} name="why" value=[&it.why] maxlength="300" placeholder=[(n == 0).then_some("It speaks of the price as if that were all.")] autocomplete="off" autofocus[wrong.is("why", Some(n))] aria-invalid=[wrong.invalid("why", Some(n))]; }
                }
            } }
        }
    }
}

fn off(voice: &Voice) -> Markup {
    let rules = Auditor::shipped().rules();
    let mut packs: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for rule in rules.iter().filter_map(|it| Some((it.id.split_once('/')?, it))) {
        packs.entry(rule.0.0).or_default().push((rule.0.1, rule.1));
    }
    let is_off = |id: &str| voice.off.iter().any(|it| it == id);
    let known = PACKS.iter().filter_map(|(pack, about)| Some((about, packs.get(pack)?)));
    html! {
        fieldset {
            legend { "What shall not be pointed out" }
            p.small { "Tick what is not for you. Nobody here is told of it any more." }
            @for (about, rules) in known {
                @let count = rules.iter().filter(|it| is_off(&it.1.id)).count();
                details.pack open[count > 0] {
                    summary { (about) @if count > 0 { span.small.soft { " \u{b7} " (count) " off" } } }
                    @for (name, rule) in rules {
                        label.choice {
                            input type="checkbox" name="off" value=(rule.id) checked[is_off(&rule.id)];
                            span { b { (name.replace('-', " ")) } @if let Some(it) = rule.yes.first() { ": " q { (it) } } br; span.small { (rule.why) } }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a rule has a box to tick.
fn has_box(rule: &str) -> bool {
    let is_shown = rule.split_once('/').is_some_and(|(pack, _)| PACKS.iter().any(|it| it.0 == pack));
    is_shown && Auditor::shipped().rules().iter().any(|it| it.id == rule)
}

/// What tells one state of it from another.
fn mark(kept: &Kept) -> String {
    kept.changed.map_or_else(String::new, |(at, _)| at.micros().to_string())
}

fn given(form: &[u8], name: &str) -> String {
    let given: Vec<(String, String)> = serde_urlencoded::from_bytes(form).unwrap_or_default();
    given.into_iter().find(|it| it.0 == name).map(|it| it.1).unwrap_or_default()
}

/// What was entered, as far as it says anything.
fn entered(form: &[u8]) -> Voice {
    let given: Vec<(String, String)> = serde_urlencoded::from_bytes(form).unwrap_or_default();
    let all = |name: &str| {
        given.iter().filter(|it| it.0 == name).map(|it| it.1.trim().to_owned()).collect::<Vec<_>>()
    };
    let one = |name: &str| all(name).into_iter().next().filter(|it| !it.is_empty());
    let (say, instead, why) = (all("say"), all("instead"), all("why"));
    let parts = |text: Option<&String>| {
        let parts = text.into_iter().flat_map(|it| it.split(',')).map(str::trim);
        parts.filter(|it| !it.is_empty()).map(str::to_owned).collect()
    };
    let never = say.iter().enumerate().filter(|it| !it.1.is_empty()).map(|(n, say)| Never {
        say: say.clone(),
        instead: parts(instead.get(n)),
        why: why.get(n).filter(|it| !it.is_empty()).cloned(),
    });
    let names =
        all("names").into_iter().flat_map(|it| it.lines().map(|it| it.trim().to_owned()).collect::<Vec<_>>());
    Voice {
        people: one("people"),
        several: one("several"),
        never: never.collect(),
        names: names.filter(|it| !it.is_empty()).collect(),
        off: all("off"),
        ..Voice::default()
    }
}

pub(super) async fn keep(With(state): With<State>, desk: Desk, RawForm(form): RawForm) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (voice, seen) = (entered(&form), given(&form, "seen"));
    let (world, viewer, new) = (state.world().clone(), desk.viewer.clone(), voice.clone());
    let kept = state
        .store()
        .write(move |tx| {
            let old = speaking::kept(tx)?;
            if mark(&old) != seen {
                return Ok(Err(Amiss { field: "voice", at: None, why: CHANGED.to_owned() }));
            }
            // What this page has no fields for stays as it is.
            let mut new = Voice { always: old.voice.always, ..new.clone() };
            new.off.extend(old.voice.off.into_iter().filter(|it| !has_box(it)));
            let kept = speaking::keep(tx, &new, viewer.staff(), world.now())?;
            if kept.is_ok() {
                ::house::note(tx, &world, &Act::by(&viewer, "voice.changed", ""))?;
            }
            Ok::<_, Problem>(kept)
        })
        .await?;
    match kept {
        Ok(()) => Ok(Redirect::to("/house/voice").into_response()),
        Err(amiss) => page(&state, &desk, &voice, Some(&amiss)).await,
    }
}
