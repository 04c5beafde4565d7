//! One message, read.

use mail_parser::{Message, MessageParser};
use model::Time;
use serde_json::{Map, Value, json};

use super::{
    Desk, Envelope, Mailbox, address, automatic,
    body::{self, Body},
    fragments, headers, ids,
    letter::Letter,
    parts, repair, report, verdict, when,
};
use crate::{File, Heard, Place};

/// Characters of a subject shown as a title.
const TITLE: usize = 500;

/// Reads a message into what it tells, or says why it cannot.
pub(super) fn hear(raw: Vec<u8>, place: Place, envelope: &Envelope, desk: &Desk) -> (Heard, Option<Time>) {
    let (read, at) = {
        let mended = repair::whole(&raw);
        let message = MessageParser::default().parse(&*mended);
        let at = message.as_ref().and_then(|message| dated(message, envelope, desk));
        (read(&mended, message.as_ref(), envelope, desk), at)
    };
    match read {
        Err(reason) => (Heard::refused(place, &raw, reason), at),
        Ok(letter) => {
            let file = File::new(raw);
            match fragments::of(letter, &file, &desk.ours) {
                Ok(fragments) => {
                    (Heard::Told { place, fragments, files: vec![file], warnings: Vec::new() }, at)
                }
                Err(reason) => (Heard::refused(place, &file.bytes, reason), at),
            }
        }
    }
}

/// When a message that is passed over was written: those after it without a date take it from here.
pub(super) fn date_only(raw: &[u8], envelope: &Envelope, desk: &Desk) -> Option<Time> {
    let mended = repair::whole(raw);
    let message = MessageParser::default().parse(&*mended)?;
    dated(&message, envelope, desk)
}

/// When it was written, where anything bears witness.
fn dated(message: &Message<'_>, envelope: &Envelope, desk: &Desk) -> Option<Time> {
    let when = when::of(message, envelope, &desk.context);
    (when.by != Some(when::READING)).then_some(when.at)
}

fn read(
    raw: &[u8],
    message: Option<&Message<'_>>,
    envelope: &Envelope,
    desk: &Desk,
) -> Result<Letter, String> {
    let message = message.ok_or("it is no mail: it has no headers")?;
    let known = ["From", "Sender", "To", "Subject", "Date", "Message-ID", "Received", "Return-Path"];
    if !known.iter().any(|name| message.header_raw(*name).is_some()) {
        return Err("it is no mail: it has none of the headers a mail has".into());
    }
    let author = author(message, envelope)
        .ok_or("nobody is said to have sent it: it has no From and no envelope sender")?;
    let when = when::of(message, envelope, &desk.context);
    let body = body::of(raw, message);
    let identity = Identity::of(raw, message);
    let to = address::all(message.to());
    let title = title(message, &body.text);
    let mut data = data(raw, message, &author, &to, &identity, &body, when.by);
    if let (true, Some(data), Some(verdict)) = (desk.live, data.as_object_mut(), verdict::of(message)) {
        data.insert("verified".into(), verdict);
    }
    let (key, thread) = (identity.key, identity.thread);
    let heard = desk.live && !desk.ours.has(&author.address);
    let at = when::received(message).filter(|_| heard).unwrap_or(when.at);
    Ok(Letter { author, to, at, key, thread, title, body: body.text, data })
}

fn author(message: &Message<'_>, envelope: &Envelope) -> Option<Mailbox> {
    let bare =
        |address: &str| address::mailbox(None, address).filter(|mailbox| mailbox.address.contains('@'));
    let from_path = || bare(&headers::get(message, "Return-Path")?);
    let from_line = || bare(&envelope.sender.as_deref()?.replace(" at ", "@"));
    let named = address::author(message).or_else(from_path).or_else(from_line);
    named.or_else(|| address::nameless(message))
}

/// Which message it is, and which it belongs to.
struct Identity {
    id: String,
    key: String,
    thread: String,
    in_reply_to: Vec<String>,
    references: Vec<String>,
}

impl Identity {
    fn of(raw: &[u8], message: &Message<'_>) -> Self {
        let names = ["Date", "From", "To", "Subject"];
        let essence = ids::essence(raw, &names.map(|name| headers::get(message, name)));
        let list = |name| headers::get(message, name).map(|value| ids::all(&value)).unwrap_or_default();
        let (in_reply_to, references) = (list("In-Reply-To"), list("References"));
        let (id, key) = match list("Message-ID").into_iter().next() {
            // Broken programs give many messages one id; what they say then tells them apart.
            Some(id) => (id.clone(), format!("{id} {}", &essence[..16])),
            None => (format!("<{essence}@regard.invalid>"), format!("<{essence}@regard.invalid>")),
        };
        let thread = references.first().or(in_reply_to.first()).unwrap_or(&id).clone();
        Self { id, key, thread, in_reply_to, references }
    }
}

fn title(message: &Message<'_>, body: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let clean = |text: &str| {
        let spaced = text.chars().map(|c| if c.is_ascii_whitespace() { ' ' } else { c });
        spaced.nfc().filter(|c| !c.is_control()).take(TITLE).collect::<String>()
    };
    let subject = message.subject().map(|subject| clean(subject.trim())).unwrap_or_default();
    match subject.is_empty() {
        false => subject,
        true => body
            .lines()
            .find(|line| !line.trim().is_empty())
            .map(|line| clean(line.trim()))
            .unwrap_or_default(),
    }
}

fn data(
    raw: &[u8],
    message: &Message<'_>,
    author: &Mailbox,
    to: &[Mailbox],
    identity: &Identity,
    body: &Body,
    date_from: Option<&str>,
) -> Value {
    let verdict = automatic::judge(message, &author.address);
    let mut data = Map::new();
    let mut put = |name: &str, value: Value| {
        if !(value.is_null() || value.as_array().is_some_and(Vec::is_empty)) {
            data.insert(name.to_owned(), value);
        }
    };
    put("message_id", json!(identity.id));
    put("in_reply_to", json!(identity.in_reply_to));
    put("references", json!(identity.references));
    put("from", json!(author));
    put("to", json!(to));
    put("cc", json!(address::all(message.cc())));
    put("reply_to", json!(address::all(message.reply_to())));
    put("automatic", json!(verdict.automatic));
    put("leave_unanswered", json!(verdict.leave_unanswered));
    put("list", if verdict.list { json!(true) } else { Value::Null });
    put("report", report::of(raw, message, author, &body.text).unwrap_or_default());
    put("quote_from", json!(body.quote_from));
    put("attachments", json!(parts::list(raw, message)));
    put("html", if body.html { json!(true) } else { Value::Null });
    put("date_missing", if date_from.is_some() { json!(true) } else { Value::Null });
    put("date_from", json!(date_from));
    crate::text::without_nul(Value::Object(data))
}
