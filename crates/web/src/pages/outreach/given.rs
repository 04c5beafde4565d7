//! What the form of a digest says, and the digest that it makes.

use conversations::digests::{self, Digest, State as Far};
use model::DigestId;

use crate::{State, gate::Desk, problem::Problem, when};

/// How long a digest is of use, unless somebody says otherwise.
const USEFUL_DAYS: i64 = 3;
/// Messages a minute, unless somebody says otherwise: no mail server minds.
const PACE: i64 = 60;

/// What a form says, pair by pair: a topic may come several times.
pub(super) struct Given(pub(super) Vec<(String, String)>);

impl Given {
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn has(&self, name: &str, wanted: &str) -> bool {
        self.0.iter().any(|(key, value)| key == name && value == wanted)
    }

    pub(super) fn of(it: &Digest, desk: &Desk) -> Self {
        let field = |name: &str, value: String| (name.to_owned(), value);
        let mut all = vec![
            field("subject", it.subject.clone()),
            field("intro", it.intro.clone()),
            field("question", it.question.clone()),
            field("mailbox", it.mailbox.to_string()),
            field("by", it.by.to_string()),
            field("starts_at", when::for_field(it.starts_at, &desk.zone)),
            field("expires_at", when::for_field(it.expires_at, &desk.zone)),
            field("per_minute", it.per_minute.to_string()),
        ];
        all.extend(it.topics.iter().map(|topic| field("topics", topic.clone())));
        Self(all)
    }

    /// As a digest.
    pub(super) fn digest(&self, desk: &Desk, id: DigestId) -> Result<Digest, Problem> {
        let topics = self.0.iter().filter(|(key, _)| key == "topics").map(|(_, value)| value.clone());
        let time = |field: &str| {
            when::entered(self.one(field), &desk.zone).ok_or_else(|| {
                Problem::unfit(field, format!("{field}: is not a time like 2026-03-20T09:00."))
            })
        };
        let number = self.one("per_minute").trim().parse();
        Ok(Digest {
            id,
            subject: self.one("subject").to_owned(),
            intro: self.one("intro").trim().replace("\r\n", "\n"),
            question: self.one("question").trim().replace("\r\n", "\n"),
            topics: topics.collect(),
            mailbox: self
                .one("mailbox")
                .parse()
                .map_err(|_| Problem::unfit("mailbox", "mailbox: is missing."))?,
            by: self.one("by").parse().map_err(|_| Problem::unfit("by", "by: is missing."))?,
            state: Far::Draft,
            starts_at: time("starts_at")?,
            expires_at: time("expires_at")?,
            per_minute: number.map_err(|_| Problem::unfit("per_minute", "per_minute: is not a number."))?,
        })
    }

    /// As much of it as can be looked at already.
    pub(super) fn so_far(&self, desk: &Desk, id: DigestId) -> Digest {
        let blank = blank(desk, id);
        let topics = self.0.iter().filter(|(key, _)| key == "topics").map(|(_, value)| value.clone());
        Digest {
            subject: self.one("subject").to_owned(),
            intro: self.one("intro").trim().replace("\r\n", "\n"),
            question: self.one("question").trim().replace("\r\n", "\n"),
            topics: topics.collect(),
            by: self.one("by").parse().unwrap_or(blank.by),
            ..blank
        }
    }
}

/// A digest of which nothing is written yet.
pub(super) fn blank(desk: &Desk, id: DigestId) -> Digest {
    // From the next full hour on.
    let starts_at = model::Time::from_seconds((desk.now.micros() / 3_600_000_000 + 1) * 3600);
    Digest {
        id,
        subject: String::new(),
        intro: String::new(),
        question: String::new(),
        topics: Vec::new(),
        mailbox: model::MailboxId::from_uuid(Default::default()),
        by: desk.viewer.staff(),
        state: Far::Draft,
        starts_at,
        expires_at: starts_at.plus_days(USEFUL_DAYS),
        per_minute: PACE,
    }
}

/// One that is there.
pub(super) async fn found(state: &State, id: &str) -> Result<Digest, Problem> {
    let id: DigestId = id.parse()?;
    let found = state.store().read(move |db| digests::one(db, id)).await?;
    found.ok_or_else(|| Problem::missing("This digest"))
}
