//! The words that come most often, with a few real sentences. They are read where they stand, each time: what was forgotten is gone here.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::StatusCode;
use conversations::speaking::Spoken;
use language::{Auditor, Kind, Rule};
use maud::{Markup, html};
use memory::timeline;
use model::Moment;

use crate::{
    State,
    charts::Format,
    pages::parts::{at_text, glimpse},
    problem::Problem,
};

/// Rules that are shown, and sentences of each.
const RULES: usize = 8;
const SENTENCES: usize = 3;
/// Letters of a sentence.
const LONGEST: usize = 240;

/// A rule with what it found.
pub(super) struct Told {
    rule: Arc<Rule>,
    count: u64,
    sentences: Vec<Sentence>,
}

struct Sentence {
    moment: Moment,
    words: String,
    found: String,
}

/// The rules that found most, with sentences that still stand there.
pub(super) async fn told(state: &State, spoken: &Spoken) -> Result<Vec<Told>, Problem> {
    let auditor = state.auditor().now(state.store()).await?;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for it in &spoken.found {
        *counts.entry(&it.rule).or_default() += it.count;
    }
    let mut most: Vec<_> = counts.into_iter().collect();
    most.sort_by_key(|it| std::cmp::Reverse(it.1));
    let rules = auditor.rules();
    let mut all = Vec::new();
    for (id, count) in most {
        // What is off by now is spoken of no more.
        let Some(rule) = rules.iter().find(|it| it.id == id) else { continue };
        let ids = spoken.examples.iter().find(|it| it.rule == id).map(|it| it.moments.clone());
        let ids = ids.unwrap_or_default();
        let moments = state
            .store()
            .read(move |db| {
                let moments = ids.iter().map(|it| timeline::moment_by_id(db, *it));
                moments.collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let (with, id) = (auditor.clone(), id.to_owned());
        let sentences = tokio::task::spawn_blocking(move || {
            let sentences = moments.into_iter().flatten().filter_map(|it| sentence(&with, &id, it));
            sentences.take(SENTENCES).collect::<Vec<_>>()
        });
        let sentences = sentences.await.map_err(|_| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR))?;
        all.push(Told { rule: rule.clone(), count, sentences });
        if all.len() == RULES {
            break;
        }
    }
    Ok(all)
}

fn sentence(auditor: &Auditor, rule: &str, moment: Moment) -> Option<Sentence> {
    let audit = auditor.audit(moment.parted().0, Kind::Plain);
    let found = audit.findings.into_iter().find(|it| it.rule.id == rule)?;
    Some(Sentence { moment, words: glimpse(&found.sentence, LONGEST), found: found.found })
}

/// As they are shown.
pub(super) fn list(told: &[Told]) -> Markup {
    html! { @if !told.is_empty() {
        section aria-labelledby="words-title" {
            h2 #words-title { "What comes most often" }
            ol.heard { @for it in told {
                li {
                    p.spread { b { (words(it)) } span.small.soft { (times(it.count)) } }
                    p.soft { (it.rule.why) }
                    ul.sentences { @for it in &it.sentences { li {
                        a href={"/people/" (it.moment.person) "?around=" (at_text(it.moment.at)) "#" (it.moment.id)} { q { (it.words) } }
                    } } }
                }
            } }
        }
    } }
}

/// The words as they stood in the newest sentence; else what the rule is called.
fn words(it: &Told) -> String {
    match it.sentences.first() {
        Some(newest) => format!("\u{201c}{}\u{201d}", glimpse(&newest.found, 60)),
        None => it.rule.id.split('/').next_back().unwrap_or_default().replace('-', " "),
    }
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{} times", Format::Count.full(count as f64)),
    }
}
