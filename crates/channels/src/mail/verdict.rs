//! What our own mail server found out about a sender (RFC 8601), and nobody else's word on it: whoever writes a mail can write such a
//! header into it, and where our server adds none, a made-up one may stand for it: so this is a reason to doubt, never one to trust.

use mail_parser::{Message, MessageParser};
use serde_json::{Map, Value};

use super::repair;

/// What SPF, DKIM and DMARC said, by name; nothing if our own server said nothing.
pub(super) fn of(message: &Message<'_>) -> Option<Value> {
    let flat = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = |wanted: &str| {
        let mut all = message.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        all.next().map(|(_, value)| flat(value))
    };
    let (results, received) = (first("Authentication-Results")?, first("Received")?);
    let server = received.split_once(" by ").map(|(_, rest)| rest).or(received.strip_prefix("by "))?;
    let server = server.split([' ', ';']).next()?.to_lowercase();
    let (who, rest) = results.split_once(';')?;
    let who = who.split_whitespace().next()?.to_lowercase();
    // The last server on the way is ours; it is known by its name or its organisation's.
    if house(&server) != house(&who) {
        return None;
    }
    let mut said: Map<String, Value> = Map::new();
    for part in rest.split(';') {
        let Some((method, result)) = part.trim().split_once('=') else { continue };
        let (method, result) =
            (method.trim().to_lowercase(), result.split_whitespace().next().unwrap_or_default());
        let known = said.get(&method).and_then(Value::as_str);
        // One good signature is enough.
        if ["spf", "dkim", "dmarc"].contains(&method.as_str()) && known != Some("pass") {
            said.insert(method, Value::String(result.to_lowercase()));
        }
    }
    (!said.is_empty()).then_some(Value::Object(said))
}

/// The Message-ID of a raw message, and what our own mail server found out about it, if it says so.
#[must_use]
pub fn verdict(raw: &[u8]) -> Option<(String, Option<Value>)> {
    let raw = repair::whole(raw);
    let message = MessageParser::default().parse(&*raw)?;
    Some((message.message_id()?.to_owned(), of(&message)))
}

/// The organisation's part of a server's name.
fn house(host: &str) -> String {
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    // `example.co.uk`: two short labels at the end name no organisation.
    let short = labels.len() > 2 && labels[labels.len() - 2].len() <= 3;
    labels[labels.len().saturating_sub(if short { 3 } else { 2 })..].join(".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(headers: &str) -> Option<Value> {
        let mail = format!("{headers}From: ann@example.com\r\nSubject: Hi\r\n\r\nHi\r\n");
        of(&MessageParser::default().parse(mail.as_bytes()).unwrap())
    }

    #[test]
    fn our_own_servers_word_counts_and_no_other() {
        let ours = "Authentication-Results: mx.lantern.example;\r\n dkim=fail header.d=x.example;\r\n dkim=pass header.d=example.com;\r\n \
                    spf=softfail smtp.mailfrom=example.com; dmarc=pass header.from=example.com\r\n";
        let hop = "Received: from out.example.com by mail.lantern.example with ESMTP; Mon, 2 Mar 2026 10:00:00 +0000\r\n";
        assert_eq!(
            found(&format!("{ours}{hop}")),
            Some(json!({"dkim": "pass", "spf": "softfail", "dmarc": "pass"}))
        );
        let theirs = "Authentication-Results: mx.evil.example; dmarc=pass\r\n";
        assert_eq!(found(&format!("{hop}{theirs}")), None, "somebody else's word");
        let below = format!("{}{hop}{}", ours.replace("dmarc=pass", "dmarc=fail"), ours);
        assert_eq!(
            found(&below).unwrap()["dmarc"],
            "fail",
            "what the sender wrote below ours does not count"
        );
        assert_eq!(found(ours), None, "nobody received it");
        assert_eq!(found(hop), None);
        assert_eq!(house("mx.shop.co.uk"), "shop.co.uk");
        assert_ne!(house("a.co.uk"), house("b.co.uk"));
    }
}
