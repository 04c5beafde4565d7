//! Telegram's bots (core.telegram.org/bots/api): each update is one message; we are known to each other by a secret of ours in a header.

use model::{Handle, Time};
use serde::Deserialize;
use serde_json::json;

use super::{Account, Brought, Deaf, News, Request, Said, json_of};

/// Which updates we ask for.
pub(crate) const WANTED: [&str; 2] = ["message", "edited_message"];
const SOURCE: &str = "telegram";

#[derive(Deserialize)]
struct Update {
    message: Option<Message>,
    edited_message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    message_id: i64,
    from: Option<User>,
    chat: Chat,
    date: i64,
    edit_date: Option<i64>,
    text: Option<String>,
    caption: Option<String>,
    contact: Option<Contact>,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    is_bot: bool,
    first_name: String,
    last_name: Option<String>,
    username: Option<String>,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Contact {
    phone_number: String,
    user_id: Option<i64>,
}

/// What may come instead of words, as people call it, and as its file is called if it says nothing else.
const THINGS: &[(&str, &str, &str)] = &[
    ("photo", "a photo", "photo.jpg"),
    ("voice", "a voice message", "voice.ogg"),
    ("audio", "a sound", "sound"),
    ("video", "a video", "video.mp4"),
    ("video_note", "a video", "video.mp4"),
    ("document", "a file", "file"),
    ("sticker", "a sticker", "sticker.webp"),
    ("location", "a place", ""),
    ("contact", "a contact", ""),
];

/// The file of what was sent; a photo comes in several sizes, the largest last.
fn file(sent: &serde_json::Value, usual: &str) -> Option<Brought> {
    let it = sent.as_array().map_or(Some(sent), |sizes| sizes.last())?;
    let reference = it.get("file_id")?.as_str()?.to_owned();
    let name = it.get("file_name").and_then(|it| it.as_str()).unwrap_or(usual).to_owned();
    Some(Brought { reference, name })
}

pub(super) fn hear(account: &Account, request: &Request<'_>, now: Time) -> Result<Vec<News>, Deaf> {
    let shown = request.header("x-telegram-bot-api-secret-token");
    if account.secret.is_empty() || !same(shown, &account.secret) {
        return Err(Deaf::Forged);
    }
    let update: Update = json_of(request.body)?;
    let Some(message) = update.message.or(update.edited_message) else { return Ok(Vec::new()) };
    // Groups are nobody, and bots are no people.
    let Some(from) = message.from.as_ref().filter(|it| !it.is_bot && message.chat.kind == "private") else {
        return Ok(Vec::new());
    };
    let name = [Some(from.first_name.as_str()), from.last_name.as_deref()];
    let name = name.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let mut handles: Vec<Handle> = Handle::social("telegram", &from.id.to_string()).into_iter().collect();
    // Only a number that they shared as their own is theirs.
    if let Some(contact) = message.contact.as_ref().filter(|it| it.user_id == Some(from.id)) {
        let number = format!("+{}", contact.phone_number.trim_start_matches('+'));
        handles.extend(Handle::phone(&number, None).map(Handle::proven));
    }
    let thing = THINGS.iter().find(|(name, ..)| {
        message.rest.contains_key(*name) || *name == "contact" && message.contact.is_some()
    });
    let sent = thing.map(|(_, words, _)| format!("[{words}]"));
    let files =
        thing.and_then(|(name, _, usual)| file(message.rest.get(*name)?, usual)).into_iter().collect();
    let text = [sent, message.text.or(message.caption)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let edited = message.edit_date.map(|at| format!(" {at}")).unwrap_or_default();
    let said = Said {
        source: SOURCE.into(),
        channel: SOURCE,
        id: format!("{}{edited}", message.message_id),
        chat: message.chat.id.to_string(),
        at: Time::from_seconds(message.edit_date.unwrap_or(message.date)),
        text,
        name: Some(name),
        handles,
        files,
        // What we cannot show is kept as it came.
        more: json!({"username": from.username, "edited": message.edit_date.is_some(), "service": message.rest}),
    };
    Ok(vec![News::Words(Box::new(said.fragment(now)))])
}

/// Compared without telling by time how much of it fits.
fn same(shown: &str, secret: &str) -> bool {
    use hmac::{Hmac, KeyInit, Mac};
    let digest = |text: &str| {
        Hmac::<sha2::Sha256>::new_from_slice(b"compare").map(|mut mac| {
            mac.update(text.as_bytes());
            mac.finalize()
        })
    };
    matches!((digest(shown), digest(secret)), (Ok(one), Ok(other)) if one == other)
}

/// What the service is asked to send.
pub(crate) fn asked(chat: &str, text: &str) -> serde_json::Value {
    json!({"chat_id": chat, "text": text})
}
