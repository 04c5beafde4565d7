//! A digest as its readers find it: who they are, how many chose what, and what the copy of one of them is made of.

use std::collections::BTreeMap;

use model::{DigestId, PersonId, PieceId, Time};
use permission::{Point, Stance, choosing, known_many, policies, suppressed, topics};
use store::{Read, params};

use super::{
    Digest, PIECES, contact,
    planning::{STEP, after_whom, candidates, granted_at},
    sql,
    taking::{Looked, Post, look},
};
use crate::{Result, outbox::Issue, pieces};

/// How many people chose each topic.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// By the keys of topics.
    pub by_topic: BTreeMap<String, i64>,
    /// Whether there are more people than were counted.
    pub is_part: bool,
}

/// Counts who chose what, among so many people at most.
pub fn chosen(db: &mut Read<'_>, now: Time, most: i64) -> Result<Chosen> {
    let topical = choosing::choices(db)?.into_iter().filter_map(|it| Some((it.topic.clone()?, it)));
    let (topical, policy) = (topical.collect::<Vec<_>>(), policies::current(db)?.policy);
    let (mut chosen, mut after, mut looked) = (Chosen::default(), None, 0);
    loop {
        let people = after_whom(db, after, STEP.min(most - looked + 1))?;
        let Some(last) = people.last() else { return Ok(chosen) };
        after = Some(*last);
        looked += people.len() as i64;
        if looked > most {
            chosen.is_part = true;
            return Ok(chosen);
        }
        let all = known_many(db, &people)?;
        let points: Vec<Option<Point>> = all.iter().map(granted_at).collect();
        let known: Vec<&Point> = points.iter().flatten().collect();
        let suppressed = suppressed::of_points(db, &known)?;
        for (known, point) in all.iter().zip(&points).filter_map(|(it, point)| Some((it, point.as_ref()?))) {
            let id = point.id();
            let here: Vec<_> = suppressed.iter().filter(|it| it.contact_point == id).cloned().collect();
            for (topic, choice) in &topical {
                if let Stance::Yes { .. } = choosing::stance(known, point, &here, &policy, choice, now) {
                    *chosen.by_topic.entry(topic.clone()).or_default() += 1;
                }
            }
        }
    }
}

/// Some of those who asked for a topic of a digest, each with their address.
pub fn readers(
    db: &mut Read<'_>,
    digest: &Digest,
    now: Time,
    most: usize,
) -> Result<Vec<(PersonId, String)>> {
    let people = after_whom(db, None, STEP)?;
    let all = candidates(db, digest, &people, now)?;
    Ok(all.into_iter().take(most).map(|it| (it.person, contact(&it.point))).collect())
}

/// What the copy of one reader is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copy {
    /// This.
    Of(Issue),
    /// They would not get it now; why.
    None(String),
}

/// What somebody would get, were it to leave now.
pub fn copy(db: &mut Read<'_>, digest: &Digest, person: PersonId, now: Time) -> Result<Copy> {
    let asked = candidates(db, digest, &[person], now)?.into_iter().next();
    let Some(asked) = asked else { return Ok(Copy::None("they have not asked for any of it".into())) };
    let name = memory::people::some(db, &[person])?.into_iter().find(|it| it.named).map(|it| it.name);
    let (ready, post) = (pieces::ready(db)?, Post { person, point: asked.point });
    let looked = look(db, digest, &ready, &[post], now)?.into_iter().next().unwrap_or(Looked::Nothing);
    Ok(match looked {
        Looked::Passes { pieces, topics, .. } => Copy::Of(Issue { digest: digest.id, pieces, topics, name }),
        other => Copy::None(other.in_words()),
    })
}

/// What of it is ours, as it went: others' words are others'.
pub(crate) fn our_words(db: &mut Read<'_>, id: DigestId) -> Result<Option<String>> {
    let Some(digest) = super::one(db, id)? else { return Ok(None) };
    let within = sample(db, &digest, "")?.pieces;
    let pieces = pieces::all(db)?.into_iter().filter(|it| within.contains(&it.id));
    let told = pieces.flat_map(|it| match it.kind {
        pieces::Kind::Own => vec![it.title, it.words, it.why],
        pieces::Kind::Other | pieces::Kind::Story => vec![it.why],
    });
    let all = [digest.subject, digest.intro, digest.question].into_iter().chain(told);
    Ok(Some(all.filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n\n")))
}

/// What somebody would get who chose all of its topics and has seen nothing yet; once it has gone, all that was in it.
pub fn sample(db: &mut Read<'_>, digest: &Digest, name: &str) -> Result<Issue> {
    let told: Vec<PieceId> = db.rows(sql::TOLD, params![digest.id], |row| row.get(0))?;
    let is_new = told.is_empty();
    let all = if is_new { pieces::ready(db)? } else { pieces::all(db)? };
    let about =
        all.into_iter().filter(|it| if is_new { digest.is_about(&it.topic) } else { told.contains(&it.id) });
    let (pieces, mut topics): (Vec<PieceId>, Vec<String>) =
        about.take(PIECES).map(|it| (it.id, it.topic)).unzip();
    if topics.is_empty() {
        let open = topics::open(db)?.into_iter().filter(|it| digest.is_about(&it.key));
        topics = open.map(|it| it.key).collect();
    }
    topics.sort_unstable();
    topics.dedup();
    Ok(Issue { digest: digest.id, pieces, topics, name: Some(name.to_owned()) })
}
