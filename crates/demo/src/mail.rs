//! Mails as they are really written: signed, and with the other's words below.

use model::Time;
use serde_json::{Value, json};

use crate::{actor::Actor, place::DOMAIN, staff::StaffMember};

/// Lines of the other's words that are carried along.
const QUOTED_LINES: usize = 8;

/// One mail of a thread.
pub struct Letter {
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    author: String,
    from: String,
    to: String,
    text: String,
    sign: String,
    at: Time,
    ours: bool,
}

/// A mail with all that goes with it.
pub struct Written {
    /// What was written, what stands under it and what is quoted.
    pub body: String,
    /// Message-ID, from, to, and where the quoted tail begins (in bytes).
    pub data: Value,
}

impl Letter {
    /// A mail that one of us writes.
    pub fn from_us(sender: &StaffMember, to: &Actor, text: &str, at: Time) -> Self {
        Self {
            message_id: String::new(),
            author: sender.name.clone(),
            from: sender.email.clone(),
            to: to.address.clone().unwrap_or_default(),
            text: text.to_owned(),
            sign: sender.signature(),
            at,
            ours: true,
        }
    }

    /// A mail that somebody writes to one of us.
    pub fn to_us(from: &Actor, to: &StaffMember, text: &str, at: Time) -> Self {
        let own_mailbox = to.key == from.staff && from.account.is_some();
        Self {
            message_id: String::new(),
            author: from.name.clone(),
            from: from.address.clone().unwrap_or_default(),
            to: if own_mailbox { to.email.clone() } else { crate::actor::desk_address() },
            text: text.to_owned(),
            sign: from.sign.clone(),
            at,
            ours: false,
        }
    }

    /// The mail with a Message-ID of its own.
    pub fn numbered(self, slug: &str, number: usize) -> Self {
        let host = self.from.rsplit_once('@').map_or(DOMAIN, |(_, host)| host).to_owned();
        let message_id = format!("{slug}.{number}.{:x}@{host}", self.at.micros() / 1_000_000);
        Self { message_id, ..self }
    }
}

/// A mail as it goes out, below it what it replies to.
pub fn written(letter: &Letter, replies_to: Option<&Letter>, language: &str) -> Written {
    let mut body = letter.text.clone();
    let sign = unsaid(&body, &letter.sign);
    if !sign.is_empty() {
        body = format!("{body}\n\n{sign}");
    }
    let mut data = json!({"message_id": letter.message_id, "from": letter.from, "to": letter.to});
    if let Some(before) = replies_to {
        data["in_reply_to"] = json!(before.message_id);
        if letter.ours || before.ours {
            body.push_str("\n\n");
            data["quote_from"] = json!(body.len());
            body.push_str(&quoted(before, if letter.ours { "en" } else { language }));
        }
    }
    Written { body, data }
}

/// What of a signature the mail has not already ended with: nobody signs twice.
fn unsaid<'a>(body: &str, sign: &'a str) -> &'a str {
    let (name, rest) = sign.split_once('\n').unwrap_or((sign, ""));
    if body.trim_end().ends_with(name) { rest.trim_start() } else { sign }
}

fn quoted(before: &Letter, language: &str) -> String {
    let (day, name) = (before.at.date().strftime("%-d.%-m.%Y").to_string(), &before.author);
    let opening = match language {
        "de" => format!("Am {day} schrieb {name}:"),
        "fr" => format!("Le {}, {name} a écrit :", day.replace('.', "/")),
        "es" => format!("El {}, {name} escribió:", day.replace('.', "/")),
        "ja" => format!("{} {name}:", before.at.date().strftime("%Y/%m/%d")),
        _ => format!("On {}, {name} wrote:", before.at.date().strftime("%a %-d %b %Y")),
    };
    let mut lines: Vec<String> = before.text.lines().take(QUOTED_LINES).map(quote_line).collect();
    if before.text.lines().count() > QUOTED_LINES {
        lines.push("> [\u{2026}]".into());
    }
    format!("{opening}\n{}", lines.join("\n"))
}

fn quote_line(line: &str) -> String {
    format!("> {line}").trim_end().to_owned()
}
