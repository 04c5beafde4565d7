//! SMS by Twilio (twilio.com/docs/messaging, twilio.com/docs/usage/security): forms, signed over their address and fields.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use model::{Handle, Time};
use serde_json::json;
use sha1::Sha1;

use super::{Account, Brought, Deaf, News, Request, Said};

/// Files of one message (twilio.com/docs/messaging/guides/webhook-request says ten).
const MOST_FILES: usize = 10;
const SOURCE: &str = "sms";

pub(super) fn hear(account: &Account, request: &Request<'_>, now: Time) -> Result<Vec<News>, Deaf> {
    let fields: BTreeMap<String, String> =
        reqwest::Url::parse(&format!("http://form/?{}", String::from_utf8_lossy(request.body)))
            .map_err(|why| Deaf::Unreadable(why.to_string()))?
            .query_pairs()
            .into_owned()
            .collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(account.token.as_bytes()).map_err(|_| Deaf::Forged)?;
    mac.update(request.url.as_bytes());
    for (name, value) in &fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    let shown = BASE64_STANDARD.decode(request.header("x-twilio-signature")).map_err(|_| Deaf::Forged)?;
    mac.verify_slice(&shown).map_err(|_| Deaf::Forged)?;
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    if account.token.is_empty() {
        return Err(Deaf::Forged);
    }
    // A report about a message of ours carries our mark in its address.
    if let Some(mark) = mark_of(request.url) {
        let status = field("MessageStatus");
        let failed = matches!(status, "failed" | "undelivered");
        let code = fields.get("ErrorCode").map(|it| format!(" ({it})")).unwrap_or_default();
        return Ok(vec![News::Fate { mark, failed, said: format!("{status}{code}") }]);
    }
    let from = Handle::phone(field("From"), None).map_err(|why| Deaf::Unreadable(format!("From: {why}")))?;
    if field("MessageSid").is_empty() {
        return Err(Deaf::Unreadable("MessageSid: is missing".into()));
    }
    let pictures: usize = field("NumMedia").parse().unwrap_or(0);
    let sent = (pictures > 0).then(|| format!("[{pictures} pictures or files]"));
    let file = |n: usize| {
        let kind = field(&format!("MediaContentType{n}"));
        let ending = kind.rsplit('/').next().filter(|it| it.chars().all(|c| c.is_ascii_alphanumeric()));
        let name = format!("file {}.{}", n + 1, ending.filter(|it| !it.is_empty()).unwrap_or("bin"));
        let reference = fields.get(&format!("MediaUrl{n}"))?.clone();
        Some(Brought { reference, name })
    };
    let files = (0..pictures.min(MOST_FILES)).filter_map(file).collect();
    let words = Some(field("Body").to_owned()).filter(|it| !it.is_empty());
    let said = Said {
        source: SOURCE.into(),
        channel: SOURCE,
        id: field("MessageSid").to_owned(),
        chat: from.value.clone(),
        at: now,
        text: [sent, words].into_iter().flatten().collect::<Vec<_>>().join(" "),
        name: None,
        // Anybody can write a sender into an SMS, but the service takes it from the network.
        handles: vec![from],
        files,
        more: json!({"to": field("To")}),
    };
    Ok(vec![News::Words(Box::new(said.fragment(now)))])
}

fn mark_of(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    url.query_pairs().find(|it| it.0 == "mark").map(|it| it.1.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the service's handbook; its own library for Python signs it so.
    #[test]
    fn we_read_signatures_as_the_services_own_library_writes_them() {
        let account = Account { token: "12345".into(), ..Account::default() };
        let headers = |signature: &str| [("x-twilio-signature".to_owned(), signature.to_owned())].into();
        let body = b"CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309";
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let fine = Request { url, headers: headers("RSOYDt4T1cUTdK1PDd93/VVr8B8="), body };
        assert_eq!(
            hear(&account, &fine, Time::from_seconds(0)),
            Err(Deaf::Unreadable("MessageSid: is missing".into())),
            "signed, and no message"
        );
        let other = Request { url: "https://mycompany.com/myapp.php?foo=1&bar=3", ..fine };
        assert_eq!(hear(&account, &other, Time::from_seconds(0)), Err(Deaf::Forged));
    }
}
