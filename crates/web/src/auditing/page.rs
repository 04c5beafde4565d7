//! The page: what somebody brought, what could be said better in it, how it reads, and what it would be with everything safe put right.

use std::ops::Range;

use language::{Audit, Ease, Finding, Level};
use maud::{Markup, html};

use super::{ADDRESS, KINDS, LARGEST, Text, auditor, brought::Brought};
use crate::{layout, problem::Problem};

/// Findings of one text that are shown; whoever has more begins with these.
const MOST: usize = 200;
/// From here on most people read it at once, as the formula has it.
const EASY: f64 = 60.0;
/// Below this only those who studied the matter do.
const HARD: f64 = 30.0;

/// A text that was looked at.
pub(super) struct Looked {
    name: Option<String>,
    audit: Audit,
    /// With everything safe put right, if there is anything.
    fixed: Option<String>,
}

impl Looked {
    pub(super) fn at(text: &Text) -> Self {
        let audit = auditor().measured(&text.words, text.kind);
        let has_fix = audit.findings.iter().any(|it| it.fix.is_some());
        let fixed = has_fix.then(|| auditor().fix(&text.words, text.kind));
        Self { name: text.name.clone(), audit, fixed }
    }
}

pub(super) fn whole(
    us: &str,
    brought: &Brought,
    trouble: Option<&Problem>,
    looked: &[Looked],
) -> axum::response::Response {
    let is_done = !looked.is_empty();
    let main = html! {
        h1 { "Speak like people" }
        p.lead { "Words shape how people are then treated. Paste a letter, a page or your templates, and see what could be said better, and why." }
        @if is_done { (results(looked)) }
        (form(brought, trouble, is_done))
        p.small.soft { "English is covered in depth; German, French and Spanish with a core. What you bring is looked at once, and kept nowhere." }
    };
    layout::own("Speak like people", us, main)
}

fn form(brought: &Brought, trouble: Option<&Problem>, is_done: bool) -> Markup {
    let chosen = if brought.kind.is_empty() { "plain" } else { &brought.kind };
    let wrong = |field: &str| trouble.and_then(|it| it.field.as_deref()).is_some_and(|it| it == field);
    html! {
        section aria-labelledby="bring" {
            h2 #bring { @if is_done { "Look again" } @else { "A text" } }
            form.fields.trying method="post" action=(ADDRESS) enctype="multipart/form-data" {
                @if let Some(trouble) = trouble { p.said role="alert" { (trouble.detail) } }
                div.field {
                    label for="text" { "What you want to say" }
                    textarea #text.tall name="text" autofocus[wrong("text")] aria-invalid=[wrong("text").then_some("true")] { (brought.text) }
                }
                fieldset.field {
                    legend { "What it is" }
                    div.row { @for (name, words, _) in KINDS {
                        label.choice { input type="radio" name="kind" value=(name) checked[*name == chosen]; (words) }
                    } }
                }
                div.field {
                    label for="file" { "Or files" }
                    input #file type="file" name="file" multiple accept=".md,.markdown,.html,.htm,.txt,.eml,.po,.pot,.json,.yaml,.yml,.ftl,.mjml,.hbs,.liquid,.j2,.twig" aria-describedby="file-help" aria-invalid=[wrong("file").then_some("true")];
                    p.small #file-help { "Templates as .md, .html, .txt, .eml, .po, .json and the like, " (LARGEST / 1000) " kB together." }
                }
                p { button { "Look at it" } }
            }
        }
    }
}

fn results(looked: &[Looked]) -> Markup {
    let count: usize = looked.iter().map(|it| it.audit.findings.len()).sum();
    html! {
        section #found aria-labelledby="what" {
            h2 #what { (heading(count)) }
            @for (n, it) in looked.iter().enumerate() { (result(n, it, looked.len() > 1)) }
        }
    }
}

fn heading(count: usize) -> String {
    match count {
        0 => "Nothing to say better".to_owned(),
        1 => "One thing to say better".to_owned(),
        count => format!("{count} things to say better"),
    }
}

fn result(n: usize, it: &Looked, is_one_of_many: bool) -> Markup {
    let Looked { name, audit, fixed } = it;
    html! {
        @if let Some(name) = name.as_ref().filter(|_| is_one_of_many) { h3 { (name) span.small.soft { " \u{b7} " (audit.findings.len()) } } }
        p.soft { (read_as(audit)) }
        @if !audit.findings.is_empty() {
            ol.heard { @for it in audit.findings.iter().take(MOST) { (finding(it)) } }
            @if audit.findings.len() > MOST { p.small.soft { "These are the first " (MOST) "." } }
        }
        @if let Some(fixed) = fixed {
            details.how {
                summary { "With everything put right that is safe" }
                div.field {
                    label for={"fixed-" (n)} { "To copy" @if let Some(name) = name { ": " (name) } }
                    textarea.tall id={"fixed-" (n)} readonly { (fixed) }
                }
            }
        }
    }
}

fn read_as(audit: &Audit) -> String {
    if !audit.language.is_covered() {
        return "It is in a language that is not covered, so nothing is found in it.".to_owned();
    }
    let words = audit.reading.map_or(0, |it| it.words);
    let begun = match words {
        1 => format!("One word in {}.", audit.language.name()),
        words => format!("{words} words in {}.", audit.language.name()),
    };
    match audit.reading.and_then(|it| it.ease) {
        Some(ease) => format!("{begun} {}", reads(&ease)),
        None => format!("{begun} With a hundred of them it would be said how easily they read."),
    }
}

fn reads(ease: &Ease) -> String {
    let words = match ease.score {
        score if score >= EASY => "Most people read it at once",
        score if score >= HARD => "It asks for some patience",
        _ => "Only those who studied the matter read it easily",
    };
    format!("{words}: {:.0} of 100 by {}.", ease.score.clamp(0.0, 100.0), ease.formula)
}

fn finding(it: &Finding) -> Markup {
    html! {
        li.grave-word[it.rule.level == Level::Error] {
            p.sentence { (marked(&it.sentence, &it.found)) }
            p.soft { (it.rule.why) }
            @if !it.say.is_empty() {
                p { span.soft { "Say " } @for (n, say) in it.say.iter().enumerate() { @if n > 0 { " or " } q { (say) } } }
            }
            p.small.soft { "Line " (it.line) " \u{b7} " (it.rule.id) }
        }
    }
}

/// A sentence with the words that were found.
fn marked(sentence: &str, found: &str) -> Markup {
    let flat = found.split_whitespace().collect::<Vec<_>>().join(" ");
    let at: Option<Range<usize>> = sentence.find(&flat).map(|at| at..at + flat.len());
    html! { @match at {
        Some(at) => { (&sentence[..at.start]) mark { (&sentence[at.clone()]) } (&sentence[at.end..]) },
        None => (sentence),
    } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_were_found_stand_out_and_nothing_else_is_markup() {
        let page = marked("<img onerror=x> for our users", "users").into_string();
        assert_eq!(page, "&lt;img onerror=x&gt; for our <mark>users</mark>");
        assert_eq!(marked("no such words", "users").into_string(), "no such words");
    }
}
