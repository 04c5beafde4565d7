//! WhatsApp's Cloud API (developers.facebook.com/docs/whatsapp/cloud-api): messages and what became of ours, signed with the app's secret.

use hmac::{Hmac, KeyInit, Mac};
use model::{Handle, Time};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;

use super::{Account, Brought, Deaf, News, Request, Said, json_of};

const SOURCE: &str = "whatsapp";

#[derive(Deserialize)]
struct Hook {
    entry: Vec<Entry>,
}
#[derive(Deserialize)]
struct Entry {
    changes: Vec<Change>,
}
#[derive(Deserialize)]
struct Change {
    value: Value,
}
#[derive(Deserialize, Default)]
#[serde(default)]
struct Value {
    metadata: Metadata,
    contacts: Vec<Contact>,
    messages: Vec<Message>,
    statuses: Vec<Status>,
}
#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    phone_number_id: String,
}
#[derive(Deserialize)]
struct Contact {
    wa_id: String,
    profile: Option<Profile>,
}
#[derive(Deserialize)]
struct Profile {
    name: Option<String>,
}
#[derive(Deserialize)]
struct Message {
    from: String,
    id: String,
    timestamp: String,
    #[serde(rename = "type")]
    kind: String,
    text: Option<Text>,
    button: Option<Button>,
    reaction: Option<Reaction>,
    image: Option<Media>,
    video: Option<Media>,
    document: Option<Media>,
    audio: Option<Media>,
    sticker: Option<Media>,
    context: Option<Context>,
}
#[derive(Deserialize)]
struct Text {
    body: String,
}
#[derive(Deserialize)]
struct Button {
    text: String,
}
#[derive(Deserialize)]
struct Reaction {
    emoji: Option<String>,
}
#[derive(Deserialize)]
struct Media {
    id: Option<String>,
    caption: Option<String>,
    filename: Option<String>,
}
#[derive(Deserialize)]
struct Context {
    id: Option<String>,
}
#[derive(Deserialize)]
struct Status {
    status: String,
    biz_opaque_callback_data: Option<String>,
    #[serde(default)]
    errors: Vec<Trouble>,
}
#[derive(Deserialize)]
struct Trouble {
    code: i64,
    title: Option<String>,
    error_data: Option<Details>,
}
#[derive(Deserialize)]
struct Details {
    details: Option<String>,
}

/// What is answered when the service asks whether this address is ours; nothing if it does not know our word.
pub fn challenge(account: &Account, query: &[(String, String)]) -> Option<String> {
    let value = |name: &str| query.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let ours =
        value("hub.mode") == Some("subscribe") && value("hub.verify_token") == Some(account.word.as_str());
    value("hub.challenge").filter(|_| ours && !account.word.is_empty()).map(str::to_owned)
}

pub(super) fn hear(account: &Account, request: &Request<'_>, now: Time) -> Result<Vec<News>, Deaf> {
    let shown = request.header("x-hub-signature-256").strip_prefix("sha256=").unwrap_or_default();
    let shown = bytes_of(shown).ok_or(Deaf::Forged)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(account.secret.as_bytes()).map_err(|_| Deaf::Forged)?;
    mac.update(request.body);
    mac.verify_slice(&shown).map_err(|_| Deaf::Forged)?;
    let hook: Hook = json_of(request.body)?;
    let mut news = Vec::new();
    let values = hook.entry.into_iter().flat_map(|it| it.changes).map(|it| it.value);
    // One app may speak for several numbers, and tells all of them here.
    for value in values.filter(|it| it.metadata.phone_number_id == account.name) {
        for message in &value.messages {
            news.push(News::Words(Box::new(said(message, &value.contacts, now)?.fragment(now))));
        }
        news.extend(value.statuses.into_iter().filter_map(fate));
    }
    Ok(news)
}

fn said(message: &Message, contacts: &[Contact], now: Time) -> Result<Said<'static>, Deaf> {
    let second = message.timestamp.parse::<i64>();
    let at = Time::from_seconds(second.map_err(|why| Deaf::Unreadable(format!("timestamp: {why}")))?);
    let contact = contacts.iter().find(|it| it.wa_id == message.from);
    let number = Handle::phone(&format!("+{}", message.from), None);
    let number = number.map_err(|why| Deaf::Unreadable(format!("from: {why}")))?;
    let Message { image, video, document, audio, sticker, .. } = message;
    let media = [image, video, document, audio, sticker].into_iter().flatten().next();
    let usual = match message.kind.as_str() {
        "image" => "photo.jpg",
        "video" => "video.mp4",
        "audio" => "voice.ogg",
        "sticker" => "sticker.webp",
        _ => "file",
    };
    let file = media.and_then(|it| {
        let name = it.filename.clone().unwrap_or_else(|| usual.to_owned());
        Some(Brought { reference: it.id.clone()?, name })
    });
    let words = message.text.as_ref().map(|it| it.body.clone());
    let words = words.or_else(|| message.button.as_ref().map(|it| it.text.clone()));
    let words = words.or_else(|| message.reaction.as_ref().and_then(|it| it.emoji.clone()));
    let thing = words.is_none().then(|| {
        let name = media.and_then(|it| it.filename.clone()).map(|it| format!(": {it}")).unwrap_or_default();
        format!("[{}{name}]", message.kind)
    });
    let caption = media.and_then(|it| it.caption.clone());
    let text = [thing, words, caption].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Ok(Said {
        source: SOURCE.into(),
        channel: SOURCE,
        id: message.id.clone(),
        chat: message.from.clone(),
        at: at.min(now),
        text,
        name: contact.and_then(|it| it.profile.as_ref()).and_then(|it| it.name.clone()),
        // The service lets nobody write under a number that is not theirs.
        handles: vec![number.proven()],
        files: file.into_iter().collect(),
        more: json!({"answers_id": message.context.as_ref().and_then(|it| it.id.clone())}),
    })
}

fn fate(status: Status) -> Option<News> {
    let mark = status.biz_opaque_callback_data?;
    let trouble = status.errors.first().map(|it| {
        let details = it.error_data.as_ref().and_then(|it| it.details.as_deref()).or(it.title.as_deref());
        format!("{} ({})", details.unwrap_or("it failed"), it.code)
    });
    let said = trouble.unwrap_or_else(|| status.status.clone());
    Some(News::Fate { mark, failed: status.status == "failed", said })
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    (hex.len().is_multiple_of(2) && !hex.is_empty()).then_some(())?;
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// What the service is asked to send.
pub(crate) fn asked(mark: &str, chat: &str, text: &str) -> serde_json::Value {
    json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": chat,
        "type": "text",
        "text": {"preview_url": false, "body": text},
        "biz_opaque_callback_data": mark,
    })
}
