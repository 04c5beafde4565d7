//! Reports about mail we sent: bounces (RFC 3464), complaints (RFC 5965), read receipts (RFC 8098).

use mail_parser::{Message, MimeHeaders, PartType};
use serde_json::{Map, Value, json};

use super::{Mailbox, bounce, ids, repair};

/// What a report says, as data for the moment; nothing if the message is none. Many servers send the parts of a report
/// without calling it one, or say in prose alone what did not arrive: those count where a mail server wrote them.
pub(super) fn of(raw: &[u8], message: &Message<'_>, sender: &Mailbox, said: &str) -> Option<Value> {
    let declared = message.content_type().filter(|kind| {
        kind.c_type.eq_ignore_ascii_case("multipart") && kind.c_subtype.as_deref().is_some_and(is_report)
    });
    let is_server = bounce::is_server(message, sender);
    let (kind, mut found) = match parts(raw, message) {
        (None, none) => within(message).filter(|_| is_server).unwrap_or((None, none)),
        told => told,
    };
    let told = kind.is_some() && is_server;
    if declared.is_none() && !told && !bounce::is_one(message, sender, said) {
        return None;
    }
    let named = declared.and_then(|kind| kind.attribute("report-type")).map(str::to_lowercase);
    let mut kind = kind.map(str::to_owned).or(named).unwrap_or_else(|| "delivery-status".into());
    // Some servers refuse mail in the form of a read receipt (RFC 5429, 2.1.2).
    let unread = found.get("fields").and_then(|it| it["disposition"].as_str()).is_some_and(is_unread);
    if kind == "disposition-notification" && unread && bounce::is_one(message, sender, said) {
        kind = "delivery-status".into();
    }
    if kind == "delivery-status" {
        let known = found.remove("recipients").and_then(|it| it.as_array().cloned()).unwrap_or_default();
        let known = match known.iter().any(has_address) {
            true => known,
            false => with_addresses(known, bounce::recipients(message, said)),
        };
        found.insert("recipients".into(), Value::Array(known));
    }
    if !found.contains_key("about") {
        found.extend(header_id(said).map(|id| ("about".to_owned(), json!(id))));
    }
    found.insert("type".into(), json!(kind));
    Some(Value::Object(found))
}

fn has_address(recipient: &Value) -> bool {
    let told = ["final_recipient", "original_recipient"].map(|name| recipient[name].as_str());
    told.into_iter().flatten().any(|told| told.contains('@'))
}

/// Recipients that are told in another notation (X.400) by the addresses that the prose has for them.
fn with_addresses(mut known: Vec<Value>, told: Vec<Value>) -> Vec<Value> {
    if known.len() != told.len() {
        return if known.is_empty() { told } else { known };
    }
    for (one, told) in known.iter_mut().zip(told) {
        one["original_recipient"] = told["final_recipient"].clone();
    }
    known
}

fn is_unread(disposition: &str) -> bool {
    !disposition.to_lowercase().contains("displayed")
}

fn is_report(subtype: &str) -> bool {
    subtype.eq_ignore_ascii_case("report")
}

/// The report in a message that a server passes on whole.
fn within(message: &Message<'_>) -> Option<(Option<&'static str>, Map<String, Value>)> {
    let mut inner = message.parts.iter().filter_map(|part| match &part.body {
        PartType::Message(inner) => Some(parts(&inner.raw_message, inner)),
        _ => None,
    });
    inner.find(|(kind, _)| kind.is_some())
}

/// What the parts of a report say that machines can read, and what kind of report that makes it.
fn parts(raw: &[u8], message: &Message<'_>) -> (Option<&'static str>, Map<String, Value>) {
    let (mut of, mut found) = (None, Map::new());
    for part in &message.parts {
        let Some(kind) = part.content_type() else { continue };
        let subtype = kind.c_subtype.as_deref().unwrap_or_default().to_lowercase();
        match subtype.as_str() {
            "delivery-status" | "global-delivery-status" => {
                of = Some("delivery-status");
                found.insert("recipients".into(), recipients(&repair::bytes(raw, part)));
            }
            "disposition-notification" | "global-disposition-notification" => {
                of = of.or(Some("disposition-notification"));
                found.insert("fields".into(), block(&text(&repair::bytes(raw, part))));
            }
            "feedback-report" => {
                of = of.or(Some("feedback-report"));
                found.insert("fields".into(), block(&text(&repair::bytes(raw, part))));
            }
            "rfc822" | "rfc822-headers" | "global-headers" | "global" => {
                let original = match &part.body {
                    PartType::Message(inner) => inner.message_id().map(|id| format!("<{id}>")),
                    _ => header_id(&text(&repair::bytes(raw, part))),
                };
                found.extend(original.map(|id| ("about".to_owned(), json!(id))));
            }
            _ => {}
        }
    }
    let about = found.get("fields").and_then(|it| it["original_message_id"].as_str()).map(str::to_owned);
    if let (Some(id), false) = (about, found.contains_key("about")) {
        found.extend(ids::all(&id).into_iter().next().map(|id| ("about".to_owned(), json!(id))));
    }
    (of, found)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace(['\r', '\0'], "")
}

/// The blocks after the first are about one recipient each.
fn recipients(bytes: &[u8]) -> Value {
    let text = text(bytes);
    let blocks = text.split("\n\n").filter(|block| block.to_lowercase().contains("recipient"));
    Value::Array(blocks.map(block).collect())
}

/// Fields of a block, names in lower case, types such as `rfc822;` taken off.
fn block(text: &str) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    let mut last = None;
    for line in text.lines() {
        if let (true, Some(name)) = (line.starts_with([' ', '\t']), &last) {
            if let Some(Value::String(value)) = fields.get_mut(name) {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.trim().to_lowercase().replace('-', "_");
        let typed =
            ["final_recipient", "original_recipient", "diagnostic_code", "remote_mta", "reporting_mta"];
        let value = match value.split_once(';') {
            Some((_, bare)) if typed.contains(&&*name) => bare.trim(),
            _ => value.trim(),
        };
        let value = match &*name {
            "final_recipient" | "original_recipient" => value.trim_matches(['<', '>', '"', ' ']).to_owned(),
            // Some servers explain themselves in a comment behind the word.
            "action" => first_word(value).to_lowercase(),
            "status" => bounce::status(value).unwrap_or(value).to_owned(),
            _ => value.to_owned(),
        };
        fields.insert(name.clone(), json!(value));
        last = Some(name);
    }
    Value::Object(fields)
}

fn first_word(text: &str) -> &str {
    text.split([' ', '\t', ';', '(']).next().unwrap_or_default()
}

fn header_id(text: &str) -> Option<String> {
    let line =
        text.lines().map(str::trim_start).find(|line| line.to_lowercase().starts_with("message-id:"))?;
    ids::all(line.split_once(':')?.1).into_iter().next()
}
