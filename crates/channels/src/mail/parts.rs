//! Attachments and HTML, made ready to be looked at.

use std::{borrow::Cow, collections::HashMap};

use ammonia::Builder;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use serde::Serialize;

use super::{
    body, charset, elsewhere, repair,
    tnef::{self, Enclosed, Envelope},
    winmail,
};

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

/// Attachments by number, as they are listed in a moment's data. What is in an Outlook envelope is listed in its place.
pub(super) fn list(raw: &[u8], message: &Message<'_>) -> Vec<Listed> {
    let html = body::htmls(raw, message).concat();
    let (letter, envelopes) = (body::strays(message), winmail::opened(raw, message));
    let mut listed = Vec::new();
    for id in message.attachments.iter().filter(|id| !letter.contains(id)) {
        let Some(part) = message.parts.get(*id as usize) else { continue };
        match envelopes.iter().find(|(of, _)| of == id) {
            Some((_, envelope)) => listed.extend(enclosed(*id, envelope)),
            None => listed.push(listing(raw, part, *id, &html)),
        }
    }
    listed
}

fn listing(raw: &[u8], part: &MessagePart<'_>, id: u32, html: &str) -> Listed {
    let cid = part.content_id().map(bare_id);
    let shows = |cid: &str| html.contains(&format!("cid:{cid}"));
    let shown =
        cid.as_deref().is_some_and(|it| !it.is_empty() && (shows(it) || shows(&it.replace('@', "%40"))));
    let size = repair::content(raw, part).len();
    Listed { part: id, name: name(raw, part, id), media_type: media_type(part), size, cid, shown }
}

fn enclosed(id: u32, envelope: &Envelope) -> impl Iterator<Item = Listed> {
    envelope.files.iter().zip(1u32..).map(move |(file, at)| {
        let Part { name, media_type, bytes } = unwrapped(file, at);
        Listed {
            part: id | (at << winmail::BITS),
            name,
            media_type,
            size: bytes.len(),
            cid: None,
            shown: false,
        }
    })
}

fn unwrapped(file: &Enclosed, at: u32) -> Part {
    let name = bare_name(&file.name);
    let media_type = file.media_type.as_deref().map(str::to_lowercase);
    let fits = |told: &String| told.chars().all(|c| c.is_ascii_graphic()) && told.contains('/');
    Part {
        name: if name.is_empty() { format!("part {at}") } else { name },
        media_type: media_type.filter(fits).unwrap_or_else(|| "application/octet-stream".into()),
        bytes: file.bytes.clone(),
    }
}

/// One attachment of a raw message, by the number under which it is listed.
pub fn attachment(raw: &[u8], part: u32) -> Option<Part> {
    let raw = repair::whole(raw);
    let message = MessageParser::default().parse(&*raw)?;
    let (part, within) = (part & ((1 << winmail::BITS) - 1), part >> winmail::BITS);
    let found = message.parts.get(part as usize)?;
    if matches!(found.body, PartType::Multipart(_)) {
        return None;
    }
    if within > 0 {
        let envelope = tnef::open(&repair::content(&raw, found))?;
        return Some(unwrapped(envelope.files.get(within as usize - 1)?, within));
    }
    Some(Part {
        name: name(&raw, found, part),
        media_type: media_type(found),
        bytes: repair::content(&raw, found).into_owned(),
    })
}

/// A mail as it looks, made harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    /// Without scripts, styles or forms, and without links into the house itself.
    pub html: String,
    /// How many pictures are on other machines and could be fetched.
    pub elsewhere: usize,
}

/// The HTML of a raw message made harmless. Pictures that came along are to be had at `parts` with their number behind it. Those on other
/// machines are left out, since fetching them would tell their owner that the mail was looked at; if somebody wants them all the
/// same they are to be had at `pictures` with their number behind it. Nothing if the message has no HTML.
pub fn html(raw: &[u8], parts: &str, pictures: Option<&str>) -> Option<Looks> {
    let (html, addresses) = elsewhere::placed(&sifted(raw, parts)?, pictures);
    Some(Looks { html, elsewhere: addresses.len() })
}

/// The addresses of a raw message's pictures on other machines, by number.
pub fn pictures(raw: &[u8]) -> Vec<String> {
    sifted(raw, "").map(|it| elsewhere::placed(&it, None).1).unwrap_or_default()
}

/// All that may stay, and where pictures on other machines are.
fn sifted(raw: &[u8], parts: &str) -> Option<String> {
    let raw = repair::whole(raw);
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
    let parts = parts.to_owned();
    let mut clean = Builder::default();
    clean.add_url_schemes(["cid"]).add_tag_attributes("img", ["style"]);
    clean.attribute_filter(move |element, attribute, value| match attribute {
        "src" if element == "img" && elsewhere::leads_elsewhere(value) => Some(Cow::Borrowed(value)),
        "src" => {
            let cid = value.strip_prefix("cid:")?;
            // In an address an @ may stand as its number (RFC 2392, 2).
            let picture = enclosed.get(cid).or_else(|| enclosed.get(&cid.replace("%40", "@")));
            picture.map(|id| Cow::Owned(format!("{parts}{id}")))
        }
        "href" => {
            let value = value.trim();
            let scheme = value.split(':').next().filter(|it| it.len() < value.len()).unwrap_or_default();
            let leads_out = ["http", "https", "mailto", "tel"].contains(&scheme.to_lowercase().as_str());
            leads_out.then(|| Cow::Owned(value.to_owned()))
        }
        "cite" | "longdesc" | "background" => None,
        _ => Some(Cow::Borrowed(value)),
    });
    Some(clean.clean(&html.join("\n")).to_string())
}

fn bare_id(cid: &str) -> String {
    cid.chars().filter(|c| !c.is_control()).collect::<String>().trim_matches(['<', '>']).to_owned()
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
    let told = full_name(part).or(part.attachment_name()).map(str::to_owned);
    let told =
        told.map(|name| if name.contains('\u{fffd}') { raw_name(raw, part).unwrap_or(name) } else { name });
    let subject = || match &part.body {
        PartType::Message(inner) => inner.subject().map(|subject| format!("{subject}.eml")),
        _ => None,
    };
    let name = bare_name(&told.or_else(subject).unwrap_or_default());
    match (name.is_empty(), media_type(part).as_str()) {
        (false, _) => name,
        (true, "text/calendar") => "invitation.ics".into(),
        (true, _) => format!("part {id}"),
    }
}

/// The name with all its letters, where it comes a second time without them for older programs (RFC 6266, 4.3).
fn full_name<'a>(part: &'a MessagePart<'_>) -> Option<&'a str> {
    let told = part.content_disposition()?.attributes()?;
    let mut names = told.iter().filter(|it| it.name == "filename").map(|it| &*it.value);
    names.find(|name| !name.is_ascii())
}

fn bare_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let bare: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    bare.trim().to_owned()
}

/// A file name whose raw bytes no charset was declared for.
fn raw_name(raw: &[u8], part: &MessagePart<'_>) -> Option<String> {
    let head = raw.get(part.offset_header as usize..part.offset_body as usize)?;
    let text = charset::guess(head);
    let low = text.to_ascii_lowercase();
    let at = low.find("filename=\"").map(|at| at + 10).or_else(|| low.find("name=\"").map(|at| at + 6))?;
    text.get(at..)?.split('"').next().map(str::to_owned)
}
