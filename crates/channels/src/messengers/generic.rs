//! Whatever else somebody connects, by Standard Webhooks (standardwebhooks.com, version 1): both sides sign `id.timestamp.body` with one
//! secret.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use model::{Handle, Time};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use sha2::Sha256;

use super::{Account, Deaf, News, Request, Said, json_of};

/// A request is as old as the clocks of both sides may differ, as the standard proposes.
const TOLERANCE_SECONDS: i64 = 300;
/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// What a program tells: that somebody said something, or what became of a message.
#[derive(Deserialize)]
#[serde(tag = "type", content = "data")]
enum Told {
    #[serde(rename = "message.received")]
    Received(Box<Received>),
    #[serde(rename = "message.failed")]
    Failed { id: String, reason: Option<String> },
    #[serde(rename = "message.delivered")]
    Delivered { id: String },
}

/// Somebody said something.
#[derive(Deserialize)]
struct Received {
    id: String,
    conversation: String,
    text: String,
    at: Option<String>,
    #[serde(default)]
    from: From,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct From {
    id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

/// The signature of a message, without its version.
fn signature(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let key = BASE64_STANDARD.decode(secret.strip_prefix(PREFIX).unwrap_or(secret)).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(mac)
}

/// The headers of a request that we sign.
pub(crate) fn headers(
    secret: &str,
    id: &str,
    now: Time,
    body: &str,
) -> Result<[(&'static str, String); 3], Deaf> {
    let timestamp = (now.micros() / 1_000_000).to_string();
    let mac = signature(secret, id, &timestamp, body.as_bytes()).ok_or(Deaf::Forged)?;
    let sign = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    Ok([("webhook-id", id.to_owned()), ("webhook-timestamp", timestamp), ("webhook-signature", sign)])
}

fn is_signed(secret: &str, request: &Request<'_>, now: Time) -> bool {
    let (id, timestamp) = (request.header("webhook-id"), request.header("webhook-timestamp"));
    let Ok(second) = timestamp.parse::<i64>() else { return false };
    if id.is_empty() || (second - now.micros() / 1_000_000).abs() > TOLERANCE_SECONDS {
        return false;
    }
    // Several, while a secret is changed.
    request.header("webhook-signature").split(' ').filter_map(|it| it.strip_prefix("v1,")).any(|shown| {
        let shown = BASE64_STANDARD.decode(shown).unwrap_or_default();
        signature(secret, id, timestamp, request.body).is_some_and(|mac| mac.verify_slice(&shown).is_ok())
    })
}

pub(super) fn hear(account: &Account, request: &Request<'_>, now: Time) -> Result<Vec<News>, Deaf> {
    if !is_signed(&account.secret, request, now) {
        return Err(Deaf::Forged);
    }
    let fate = |mark, failed, said| Ok(vec![News::Fate { mark, failed, said }]);
    match json_of(request.body)? {
        Told::Received(it) => Ok(vec![News::Words(Box::new(received(*it, account, now)?))]),
        Told::Failed { id, reason } => fate(id, true, reason.unwrap_or_else(|| "it failed".into())),
        Told::Delivered { id } => fate(id, false, "delivered".into()),
    }
}

fn received(it: Received, account: &Account, now: Time) -> Result<model::Fragment, Deaf> {
    let wrong = |field: &str, why: String| Deaf::Unreadable(format!("data.{field}: {why}"));
    let Received { id, conversation, text, at, from } = it;
    for (field, value) in [("id", &id), ("conversation", &conversation), ("text", &text)] {
        if value.trim().is_empty() {
            return Err(wrong(field, "is empty".into()));
        }
    }
    let at = at.map(|at| Time::parse(&at).map_err(|why| wrong("at", why.to_string())));
    let mut handles = Vec::new();
    if let Some(email) = &from.email {
        handles.push(Handle::email(email).map_err(|why| wrong("from.email", why.to_string()))?);
    }
    if let Some(phone) = &from.phone {
        handles.push(Handle::phone(phone, None).map_err(|why| wrong("from.phone", why.to_string()))?);
    }
    if let Some(own) = &from.id {
        handles.push(Handle::external(&account.name, own).map_err(|why| wrong("from.id", why.to_string()))?);
    }
    let at = at.transpose()?.unwrap_or(now);
    let (source, channel, name) = (format!("program {}", account.name), account.name.as_str(), from.name);
    Ok(Said {
        source,
        channel,
        id,
        chat: conversation,
        at,
        text,
        name,
        handles,
        files: Vec::new(),
        more: Json::Null,
    }
    .fragment(now))
}

/// What a program is asked to send.
pub(crate) fn asked(mark: &str, chat: &str, text: &str, now: Time) -> Json {
    json!({
        "type": "message.send",
        "timestamp": now.to_string(),
        "data": {"id": mark, "conversation": chat, "text": text},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with the standard's own library for Python, version 1.0.
    #[test]
    fn we_sign_as_the_standards_own_library_does() {
        let now = Time::from_seconds(1_614_265_330);
        let made = headers(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            now,
            r#"{"test": 2432232314}"#,
        );
        let signature = made.unwrap()[2].1.clone();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_is_old_or_changed_or_signed_by_another_is_not_heard() {
        let (now, body) =
            (Time::from_seconds(1_700_000_000), r#"{"type":"message.delivered","data":{"id":"m"}}"#);
        let account =
            Account { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(), ..Account::default() };
        let made = headers(&account.secret, "1", now, body).unwrap();
        let signed: std::collections::BTreeMap<String, String> =
            made.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let request = |headers, body: &'static str| Request { url: "", headers, body: body.as_bytes() };
        let heard = |request: &Request<'_>, at| hear(&account, request, at);
        assert_eq!(heard(&request(signed.clone(), body), now).unwrap().len(), 1);
        assert_eq!(heard(&request(signed.clone(), body), now.plus_seconds(301)), Err(Deaf::Forged));
        assert_eq!(heard(&request(signed.clone(), "{}"), now), Err(Deaf::Forged));
        // Two signatures, while the secret is changed.
        let mut both = signed.clone();
        both.entry("webhook-signature".into()).and_modify(|it| *it = format!("v1,AAAA {it}"));
        assert!(heard(&request(both, body), now).is_ok());
        let mut none = signed;
        none.insert("webhook-signature".into(), String::new());
        assert_eq!(heard(&request(none, body), now), Err(Deaf::Forged));
    }
}
