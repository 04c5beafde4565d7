//! Handing a message over to a service, and what it says to that.

use base64::{Engine, prelude::BASE64_STANDARD};
use gate::Cleared;
use model::Time;
use reqwest::{Response, StatusCode};
use serde_json::{Value as Json, json};

use super::{Account, Service, generic, telegram, whatsapp};
use crate::{
    http,
    mail::{LineError, smtp::Handed},
};

/// A message for a service.
#[derive(Debug, Clone)]
pub struct Sent<'a> {
    /// Our mark, by which what becomes of it is told us.
    pub mark: &'a str,
    /// To where.
    pub chat: &'a Cleared,
    /// What is said.
    pub text: &'a str,
    /// Where the service may tell us what became of it.
    pub told_at: &'a str,
}

/// What is asked of a service.
pub(super) struct Asked {
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Nothing where something is only looked up.
    pub(super) body: Option<String>,
}

/// Hands it over. An error means that it was not taken for want of something on our side: nobody was asked, or we were not known.
pub async fn send(
    service: Service,
    account: &Account,
    sent: &Sent<'_>,
    now: Time,
) -> Result<Handed, LineError> {
    let asked = asked(service, account, sent, now).map_err(|why| refused(service, why))?;
    let answer = match ask(service, asked).await? {
        Ok(answer) => answer,
        Err(error) if error.is_connect() || service.knows_again() => {
            return Ok(Handed::Later(http::in_words(&error)));
        }
        Err(error) => return Ok(Handed::Unknown(http::in_words(&error))),
    };
    let (status, told) = read(answer).await;
    let said = in_words(&told).unwrap_or_else(|| format!("it answers {status}"));
    Ok(match status.as_u16() {
        200..=299 => Handed::Over(said),
        401 => return Err(refused(service, said)),
        408 | 425 | 429 | 503 => Handed::Later(said),
        _ if must_wait(&told) => Handed::Later(said),
        400..=499 => Handed::Refused(said),
        _ if service.knows_again() => Handed::Later(said),
        // It broke while it had our message.
        _ => Handed::Unknown(said),
    })
}

/// Meets the service before anything is sent: it knows us, and learns where we are, if it can be told. Gives what our side is called
/// there.
pub async fn greet(service: Service, account: &Account, told_at: &str) -> Result<String, LineError> {
    let base = account.address.trim_end_matches('/');
    match service {
        Service::Generic => {
            http::safe(&account.address).map_err(|why| refused(service, why))?;
            Ok(account.name.clone())
        }
        Service::Telegram => {
            let me = tell(service, posted(format!("{base}/bot{}/getMe", account.token), &json!({}))).await?;
            let name = me.pointer("/result/username").and_then(Json::as_str).unwrap_or("bot").to_owned();
            let where_we_are = json!({
                "url": told_at,
                "secret_token": account.secret,
                "allowed_updates": telegram::WANTED,
            });
            tell(service, posted(format!("{base}/bot{}/setWebhook", account.token), &where_we_are)).await?;
            Ok(format!("@{name}"))
        }
        Service::Whatsapp => {
            let url = format!("{base}/{}?fields=display_phone_number,verified_name", account.name);
            let headers = vec![("authorization", format!("Bearer {}", account.token))];
            let number = tell(service, Asked { url, headers, body: None }).await?;
            let part = |name: &str| number[name].as_str().unwrap_or_default().to_owned();
            Ok(format!("{} {}", part("verified_name"), part("display_phone_number")).trim().to_owned())
        }
        Service::Twilio => {
            let url = format!("{base}/2010-04-01/Accounts/{}.json", account.name);
            tell(service, Asked { url, headers: vec![proof(account)], body: None }).await?;
            Ok(account.sender.clone())
        }
    }
}

pub(super) fn refused(service: Service, why: String) -> LineError {
    LineError::Refused(format!("{}: {why}", service.label()))
}

/// Asks, and reads what is answered, if it is a yes.
pub(super) async fn tell(service: Service, asked: Asked) -> Result<Json, LineError> {
    let away =
        |error: reqwest::Error| LineError::Away(format!("{}: {}", service.label(), http::in_words(&error)));
    let (status, told) = read(ask(service, asked).await?.map_err(away)?).await;
    match status.is_success() {
        true => Ok(told),
        false => Err(refused(service, in_words(&told).unwrap_or_else(|| format!("it answers {status}")))),
    }
}

/// The outer error: nobody could be asked; the inner: the line broke.
pub(super) async fn ask(
    service: Service,
    asked: Asked,
) -> Result<Result<Response, reqwest::Error>, LineError> {
    let url = http::safe(&asked.url)
        .map_err(|_| refused(service, "its address must begin with https://".into()))?;
    let trust = http::trust(None).map_err(|why| refused(service, why))?;
    let client = http::client(trust).map_err(|why| refused(service, why.to_string()))?;
    let mut request = match asked.body {
        Some(body) => client.post(url).body(body),
        None => client.get(url),
    };
    for (name, value) in asked.headers {
        request = request.header(name, value);
    }
    Ok(request.send().await)
}

async fn read(answer: Response) -> (StatusCode, Json) {
    let status = answer.status();
    let body = http::bytes(answer).await.unwrap_or_default();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

pub(super) fn posted(url: String, body: &Json) -> Asked {
    Asked {
        url,
        headers: vec![("content-type", "application/json".to_owned())],
        body: Some(body.to_string()),
    }
}

pub(super) fn proof(account: &Account) -> (&'static str, String) {
    let proof = BASE64_STANDARD.encode(format!("{}:{}", account.name, account.token));
    ("authorization", format!("Basic {proof}"))
}

fn asked(service: Service, account: &Account, sent: &Sent<'_>, now: Time) -> Result<Asked, String> {
    let Sent { mark, text, told_at, .. } = sent;
    let chat = &sent.chat.address();
    let base = account.address.trim_end_matches('/');
    Ok(match service {
        Service::Generic => {
            let body = generic::asked(mark, chat, text, now);
            let signed = generic::headers(&account.secret, mark, now, &body.to_string())
                .map_err(|it| it.to_string())?;
            with(posted(account.address.clone(), &body), signed)
        }
        Service::Telegram => {
            let url = format!("{base}/bot{}/sendMessage", account.token);
            posted(url, &telegram::asked(chat, text))
        }
        Service::Whatsapp => {
            let url = format!("{base}/{}/messages", account.name);
            let proof = ("authorization", format!("Bearer {}", account.token));
            with(posted(url, &whatsapp::asked(mark, chat, text)), [proof])
        }
        Service::Twilio => {
            let mut form = reqwest::Url::parse("http://form/").map_err(|why| why.to_string())?;
            form.query_pairs_mut().extend_pairs([
                ("To", *chat),
                ("From", account.sender.as_str()),
                ("Body", *text),
                ("StatusCallback", &format!("{told_at}?mark={mark}")),
            ]);
            let headers =
                vec![("content-type", "application/x-www-form-urlencoded".to_owned()), proof(account)];
            let url = format!("{base}/2010-04-01/Accounts/{}/Messages.json", account.name);
            Asked { url, headers, body: Some(form.query().unwrap_or_default().to_owned()) }
        }
    })
}

fn with<const N: usize>(mut asked: Asked, headers: [(&'static str, String); N]) -> Asked {
    asked.headers.extend(headers);
    asked
}

/// The service's own words: Telegram's description, WhatsApp's error, Twilio's message or the message's id.
fn in_words(told: &Json) -> Option<String> {
    let places =
        ["/description", "/error/error_data/details", "/error/message", "/message", "/messages/0/id", "/sid"];
    places.iter().find_map(|it| told.pointer(it)?.as_str().map(str::to_owned))
}

/// WhatsApp says with 400 that too much was sent at once (developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes).
fn must_wait(told: &Json) -> bool {
    const RATES: &[i64] = &[4, 80007, 130429, 131048, 131056, 133016];
    told.pointer("/error/code").and_then(Json::as_i64).is_some_and(|code| RATES.contains(&code))
}
