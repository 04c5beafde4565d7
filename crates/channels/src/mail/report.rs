//! Reports about mail we sent: bounces (RFC 3464), complaints (RFC 5965), read receipts (RFC 8098).

use mail_parser::{Message, MimeHeaders, PartType};
use serde_json::{Map, Value, json};

use super::{ids, repair};

/// What a report says, as data for the moment; nothing if the message is none.
pub(super) fn of(raw: &[u8], message: &Message<'_>) -> Option<Value> {
    let kind = message.content_type()?;
    let report = kind.c_subtype.as_deref().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"));
    if !report {
        return None;
    }
    let mut found = Map::new();
    found.insert("type".into(), json!(kind.attribute("report-type").unwrap_or("unknown").to_lowercase()));
    for part in &message.parts {
        let Some(kind) = part.content_type() else { continue };
        let subtype = kind.c_subtype.as_deref().unwrap_or_default().to_lowercase();
        match subtype.as_str() {
            "delivery-status" | "global-delivery-status" => {
                found.insert("recipients".into(), recipients(&repair::bytes(raw, part)));
            }
            "disposition-notification" | "feedback-report" => {
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
    Some(Value::Object(found))
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
        fields.insert(name.clone(), json!(value));
        last = Some(name);
    }
    Value::Object(fields)
}

fn header_id(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.to_lowercase().starts_with("message-id:"))?;
    ids::all(line.split_once(':')?.1).into_iter().next()
}
