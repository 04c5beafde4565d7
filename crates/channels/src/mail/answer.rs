//! What an answer takes over from the mail it answers: its recipients, its subject, the ids that hold a thread together.

use std::collections::BTreeSet;

use model::Moment;

use super::{Mailbox, Ours};

/// Bytes of References: some relays refuse longer headers.
const REFERENCES: usize = 1500;
/// Ways in which programs mark an answer or a forwarded mail, in several languages; each before a colon.
const PREFIXES: &[&str] = &[
    "re", "aw", "antw", "antwort", "sv", "vs", "res", "rv", "odp", "ynt", "atb", "rif", "r", "回复", "回覆",
    "答复", "fw", "fwd", "wg", "tr", "i", "enc", "vb", "doorst", "转发", "轉寄",
];

/// What of a mail is needed to answer it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answered {
    /// Who wrote it.
    pub from: Option<Mailbox>,
    /// Where they want answers; empty if they do not say.
    pub reply_to: Vec<Mailbox>,
    /// To whom it went.
    pub to: Vec<Mailbox>,
    /// Who got a copy.
    pub cc: Vec<Mailbox>,
    /// Its subject.
    pub subject: String,
    /// Its own id, in angle brackets.
    pub id: String,
    /// The ids that it refers to, the oldest first.
    pub references: Vec<String>,
}

/// To whom an answer goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipients {
    /// Those who are answered.
    pub to: Vec<Mailbox>,
    /// Those who shall know of it.
    pub cc: Vec<Mailbox>,
}

impl Answered {
    /// From what is kept of a mail.
    pub fn of(moment: &Moment) -> Self {
        let read = |name: &str| moment.data.get(name).cloned().unwrap_or_default();
        let many = |name: &str| serde_json::from_value(read(name)).unwrap_or_default();
        let ids = |name: &str| serde_json::from_value::<Vec<String>>(read(name)).unwrap_or_default();
        let references = match ids("references") {
            none if none.is_empty() => ids("in_reply_to"),
            some => some,
        };
        Self {
            from: serde_json::from_value(read("from")).ok(),
            reply_to: many("reply_to"),
            to: many("to"),
            cc: many("cc"),
            subject: moment.title.clone(),
            id: read("message_id").as_str().unwrap_or_default().to_owned(),
            references,
        }
    }

    /// Everybody whom this very mail concerned, and nobody else: nobody who was part of an earlier one, and none of us.
    /// A mail of our own is gone on with towards those it went to.
    pub fn everybody(&self, ours: &Ours) -> Recipients {
        let by_us = self.from.as_ref().is_some_and(|from| ours.has(&from.address));
        let writers = if self.reply_to.is_empty() { self.from.as_slice() } else { &self.reply_to };
        let mut met = BTreeSet::new();
        let mut new = |all: &[Mailbox]| -> Vec<Mailbox> {
            let others = all.iter().filter(|it| !ours.has(&it.address));
            others.filter(|it| met.insert(it.address.to_lowercase())).cloned().collect()
        };
        if by_us {
            return Recipients { to: new(&self.to), cc: new(&self.cc) };
        }
        let to = new(writers);
        let cc = [new(&self.to), new(&self.cc)].concat();
        Recipients { to, cc }
    }

    /// Only who wrote it.
    pub fn writer(&self, ours: &Ours) -> Recipients {
        Recipients { to: self.everybody(ours).to, cc: Vec::new() }
    }

    /// The address that answers go to is not the one it was written from: a mailing list's, a colleague's - or a
    /// swindler's, so whoever answers should see it.
    pub fn answers_go_elsewhere(&self) -> bool {
        let from = self.from.as_ref().map(|from| from.address.to_lowercase());
        self.reply_to.iter().any(|it| Some(it.address.to_lowercase()) != from)
    }

    /// `Re: ` before the bare subject.
    pub fn subject(&self) -> String {
        format!("Re: {}", bare_subject(&self.subject))
    }

    /// The References of an answer: the first, which holds the thread together, and as many of the last as fit.
    pub fn thread(&self) -> Vec<String> {
        let mut all: Vec<&String> = Vec::new();
        for id in self.references.iter().chain([&self.id]) {
            all.retain(|known| *known != id);
            all.push(id);
        }
        let Some((first, rest)) = all.split_first() else { return Vec::new() };
        let mut length = first.len();
        let fits = |id: &&&String| {
            length += id.len() + 1;
            length <= REFERENCES
        };
        let mut last: Vec<String> = rest.iter().rev().take_while(fits).map(|id| (*id).clone()).collect();
        last.push((*first).clone());
        last.reverse();
        last
    }
}

/// A subject without the marks that answering and forwarding put before it.
pub fn bare_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once([':', '：']) {
        // `Re[2]:`, `Re(3):`, `RE^2:`, `AW 2:`
        let word = mark.trim().trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^* ".contains(c));
        if !PREFIXES.contains(&word.to_lowercase().as_str()) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(list: &[&str]) -> Vec<Mailbox> {
        list.iter().map(|address| Mailbox { name: None, address: (*address).to_owned() }).collect()
    }

    fn ours() -> Ours {
        Ours::new(["hello@acme.example", "billing@acme.example"])
    }

    fn addresses(all: &[Mailbox]) -> Vec<&str> {
        all.iter().map(|it| it.address.as_str()).collect()
    }

    #[test]
    fn everybody_of_this_mail_is_answered_and_nobody_else() {
        let mail = Answered {
            from: people(&["ann@example.com"]).pop(),
            to: people(&["hello@acme.example", "ben@example.com"]),
            cc: people(&["Billing@Acme.example", "ANN@example.com", "carl@example.org", "ben@example.com"]),
            ..Answered::default()
        };
        let all = mail.everybody(&ours());
        assert_eq!(addresses(&all.to), ["ann@example.com"]);
        assert_eq!(addresses(&all.cc), ["ben@example.com", "carl@example.org"]);
        assert_eq!(mail.writer(&ours()), Recipients { to: people(&["ann@example.com"]), cc: vec![] });
        assert!(!mail.answers_go_elsewhere());
    }

    #[test]
    fn answers_go_where_the_writer_wants_them_and_that_is_seen() {
        let mail = Answered {
            from: people(&["ann@example.com"]).pop(),
            reply_to: people(&["office@example.com"]),
            to: people(&["hello@acme.example"]),
            ..Answered::default()
        };
        assert_eq!(addresses(&mail.everybody(&ours()).to), ["office@example.com"]);
        assert!(mail.answers_go_elsewhere());
    }

    #[test]
    fn a_mail_of_our_own_is_gone_on_with_towards_those_it_went_to() {
        let mail = Answered {
            from: people(&["hello@acme.example"]).pop(),
            to: people(&["ann@example.com"]),
            cc: people(&["ben@example.com", "billing@acme.example"]),
            ..Answered::default()
        };
        let all = mail.everybody(&ours());
        assert_eq!(
            (addresses(&all.to), addresses(&all.cc)),
            (vec!["ann@example.com"], vec!["ben@example.com"])
        );
    }

    #[test]
    fn marks_of_answering_go_from_a_subject_and_nothing_else_does() {
        for subject in [
            "The grinder",
            "Re: The grinder",
            "AW: RE: Fwd: The grinder",
            "Re[2]: SV: The grinder",
            "回复：The grinder",
        ] {
            assert_eq!(bare_subject(subject), "The grinder", "{subject}");
        }
        for subject in ["Order 4711: where is it?", "Recall: notice", "12: the number", ""] {
            assert_eq!(bare_subject(subject), subject);
        }
        let mail = Answered { subject: "WG: Re: Beans".into(), ..Answered::default() };
        assert_eq!(mail.subject(), "Re: Beans");
    }

    #[test]
    fn a_long_thread_keeps_its_first_id_and_the_latest() {
        let references: Vec<String> =
            (0..200).map(|n| format!("<{n}@a-rather-long-domain.example>")).collect();
        let mail = Answered { references: references.clone(), id: "<last@x>".into(), ..Answered::default() };
        let thread = mail.thread();
        assert_eq!(thread.first(), references.first());
        assert_eq!(thread[thread.len() - 2..], [references[199].clone(), "<last@x>".to_owned()]);
        assert!(thread.join(" ").len() <= 1500 && thread.len() > 30, "{}", thread.len());
        let one = Answered { id: "<a@x>".into(), references: vec!["<a@x>".into()], ..Answered::default() };
        assert_eq!(one.thread(), ["<a@x>"]);
    }
}
