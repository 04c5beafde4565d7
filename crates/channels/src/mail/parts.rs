//! Attachments and HTML, made ready to be looked at.

use std::{borrow::Cow, collections::HashMap};

use ammonia::Builder;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use serde::Serialize;

use super::{body, repair};

/// What a message carries besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Listed {
    /// Its number within the message, to ask for it by.
    pub part: u32,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Bytes.
    pub size: usize,
    /// What the HTML calls it, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cid: Option<String>,
    /// Whether the HTML shows it, so that it need not be listed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shown: bool,
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is called.
    pub name: String,
    /// What it says it is.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Whether pictures from elsewhere are shown, which tells their owner that the mail was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Images {
    /// Only those that came with the mail.
    Enclosed,
    /// Those on other machines as well.
    Anywhere,
}

/// Attachments by number, as they are listed in a moment's data.
pub(super) fn list(raw: &[u8], message: &Message<'_>) -> Vec<Listed> {
    let html = body::htmls(raw, message).concat();
    let listed = message.attachments.iter().filter_map(|id| {
        let part = message.parts.get(*id as usize)?;
        let cid = part.content_id().map(bare_id);
        let shown = cid.as_deref().is_some_and(|cid| !cid.is_empty() && html.contains(&format!("cid:{cid}")));
        let size = content(raw, part).len();
        Some(Listed { part: *id, name: name(raw, part, *id), media_type: media_type(part), size, cid, shown })
    });
    listed.collect()
}

/// One attachment of a raw message, by the number under which it is listed.
pub fn attachment(raw: &[u8], part: u32) -> Option<Part> {
    let raw = repair::headers(raw);
    let message = MessageParser::default().parse(&*raw)?;
    let found = message.parts.get(part as usize)?;
    if matches!(found.body, PartType::Multipart(_)) {
        return None;
    }
    Some(Part {
        name: name(&raw, found, part),
        media_type: media_type(found),
        bytes: content(&raw, found).into_owned(),
    })
}

/// The HTML of a raw message made harmless: no scripts, styles or forms; pictures that came along as
/// `part:3`, by the number to ask for. Nothing if the message has no HTML.
pub fn html(raw: &[u8], images: Images) -> Option<String> {
    let raw = repair::headers(raw);
    let message = MessageParser::default().parse(&*raw)?;
    let html = body::htmls(&raw, &message);
    if html.is_empty() {
        return None;
    }
    let enclosed: HashMap<String, usize> = message
        .parts
        .iter()
        .enumerate()
        .filter_map(|(id, part)| part.content_id().map(|cid| (bare_id(cid), id)))
        .collect();
    let mut clean = Builder::default();
    clean.add_url_schemes(["cid", "part"]).attribute_filter(move |element, attribute, value| {
        if (element, attribute) != ("img", "src") {
            // `cid:` in a link leads nowhere, and links to parts are ours to make.
            let foreign = value.starts_with("cid:") || value.starts_with("part:");
            return if foreign { None } else { Some(Cow::Borrowed(value)) };
        }
        let picture = value.strip_prefix("cid:").and_then(|cid| enclosed.get(cid));
        match (picture, images) {
            (Some(id), _) => Some(Cow::Owned(format!("part:{id}"))),
            (None, Images::Anywhere) if value.starts_with("http") => Some(Cow::Borrowed(value)),
            _ => None,
        }
    });
    Some(clean.clean(&html.join("\n")).to_string())
}

fn bare_id(cid: &str) -> String {
    cid.chars().filter(|c| !c.is_control()).collect::<String>().trim_matches(['<', '>']).to_owned()
}

fn content<'a>(raw: &'a [u8], part: &'a MessagePart<'_>) -> Cow<'a, [u8]> {
    match &part.body {
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Cow::Borrowed(bytes),
        PartType::Multipart(_) => Cow::Borrowed(&[]),
        _ => Cow::Owned(repair::bytes(raw, part)),
    }
}

fn media_type(part: &MessagePart<'_>) -> String {
    let told = part.content_type().map(|kind| match &kind.c_subtype {
        Some(subtype) => format!("{}/{subtype}", kind.c_type).to_lowercase(),
        None => kind.c_type.to_lowercase(),
    });
    let plain =
        |text: &String| text.chars().all(|c| c.is_ascii_graphic()) && text.contains('/') && text.len() < 200;
    told.filter(plain).unwrap_or_else(|| match part.body {
        PartType::Text(_) => "text/plain".into(),
        PartType::Message(_) => "message/rfc822".into(),
        _ => "application/octet-stream".into(),
    })
}

/// The name it came with, without the folders some programs put before it.
fn name(raw: &[u8], part: &MessagePart<'_>, id: u32) -> String {
    let told = part.attachment_name().map(str::to_owned);
    let told =
        told.map(|name| if name.contains('\u{fffd}') { raw_name(raw, part).unwrap_or(name) } else { name });
    let subject = || match &part.body {
        PartType::Message(inner) => inner.subject().map(|subject| format!("{subject}.eml")),
        _ => None,
    };
    let name = told.or_else(subject).unwrap_or_default();
    let bare: String = name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    if bare.trim().is_empty() { format!("part {id}") } else { bare.trim().to_owned() }
}

/// A file name whose raw bytes no charset was declared for.
fn raw_name(raw: &[u8], part: &MessagePart<'_>) -> Option<String> {
    let head = raw.get(part.offset_header as usize..part.offset_body as usize)?;
    let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(head).0;
    let low = text.to_ascii_lowercase();
    let at = low.find("filename=\"").map(|at| at + 10).or_else(|| low.find("name=\"").map(|at| at + 6))?;
    text.get(at..)?.split('"').next().map(str::to_owned)
}
