//! Messengers: services through which people write to us and get answers, each by the words that its provider publishes; and a
//! generic one (Standard Webhooks) for whatever else somebody connects. Bytes in, what was said out; words in, a request out.

mod fetching;
mod generic;
mod sending;
mod telegram;
mod twilio;
mod whatsapp;

use std::collections::BTreeMap;

pub use fetching::fetch;
use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, Time};
pub use sending::{Sent, greet, send};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
pub use whatsapp::challenge;

/// Which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// A program of somebody's own, by Standard Webhooks.
    Generic,
    /// Telegram's bots.
    Telegram,
    /// WhatsApp's Cloud API.
    Whatsapp,
    /// SMS by Twilio.
    Twilio,
}

/// What we know of our side of a service. Secrets among it are kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Where the service is asked, such as `https://api.telegram.org`; where it gets what we say, for a program of one's own.
    pub address: String,
    /// Who we are there: the account (Twilio), the id of our number (WhatsApp); the program's name.
    pub name: String,
    /// From which number we write (Twilio).
    pub sender: String,
    /// What we show to the service. Twilio signs with the same.
    pub token: String,
    /// What the others sign with, or show to us.
    pub secret: String,
    /// What WhatsApp says when it asks whether this address is ours. It travels in an address, so it is worth nothing else.
    pub word: String,
}

/// A request as it came from a service.
#[derive(Debug, Clone, Default)]
pub struct Request<'a> {
    /// The address that was asked, as the service knows it.
    pub url: &'a str,
    /// Its headers, by their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: &'a [u8],
}

impl Request<'_> {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What was heard from a service.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Somebody's words.
    Words(Box<Fragment>),
    /// What became of a message of ours, by the mark that we gave along.
    Fate {
        /// Our mark.
        mark: String,
        /// Whether it failed for good.
        failed: bool,
        /// In the service's words.
        said: String,
    },
}

/// Why a request is not heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Deaf {
    /// It is not signed as the service signs.
    #[error("this is not signed by the service")]
    Forged,
    /// It says nothing that can be read.
    #[error("{0}")]
    Unreadable(String),
}

impl Service {
    /// Reads a request of the service that shall come from there.
    ///
    /// # Errors
    /// [`Deaf::Forged`] if its signature does not hold; [`Deaf::Unreadable`] names what cannot be read.
    pub fn hear(self, account: &Account, request: &Request<'_>, now: Time) -> Result<Vec<News>, Deaf> {
        match self {
            Self::Generic => generic::hear(account, request, now),
            Self::Telegram => telegram::hear(account, request, now),
            Self::Whatsapp => whatsapp::hear(account, request, now),
            Self::Twilio => twilio::hear(account, request, now),
        }
    }

    /// Characters that one message may have, as the services say in their handbooks.
    pub fn longest(self) -> usize {
        match self {
            Self::Generic | Self::Telegram | Self::Whatsapp => 4096,
            Self::Twilio => 1600,
        }
    }

    /// Where it is asked, unless somebody runs one of their own.
    pub fn usual_address(self) -> &'static str {
        match self {
            Self::Generic => "",
            Self::Telegram => "https://api.telegram.org",
            Self::Whatsapp => "https://graph.facebook.com/v21.0",
            Self::Twilio => "https://api.twilio.com",
        }
    }

    /// Whether the same message handed over twice is known to it as the same.
    fn knows_again(self) -> bool {
        self == Self::Generic
    }

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Telegram => "telegram",
            Self::Whatsapp => "whatsapp",
            Self::Twilio => "twilio",
        }
    }

    /// What the policy calls the way.
    pub fn way(self) -> &'static str {
        match self {
            Self::Generic => "messenger",
            Self::Telegram => "telegram",
            Self::Whatsapp => "whatsapp",
            Self::Twilio => "sms",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Generic => "A program of your own",
            Self::Telegram => "Telegram",
            Self::Whatsapp => "WhatsApp",
            Self::Twilio => "SMS (Twilio)",
        }
    }
}

impl std::str::FromStr for Service {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(json!(text)).map_err(|_| format!("\u{201c}{text}\u{201d} is no messenger"))
    }
}

/// A file that came with somebody's words and is still with the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// What the service calls it.
    pub reference: String,
    /// What people call it.
    pub name: String,
}

/// One message of somebody, whatever it came by.
pub(crate) struct Said<'a> {
    pub(crate) source: String,
    pub(crate) channel: &'a str,
    /// What the service calls the message.
    pub(crate) id: String,
    /// Where an answer goes.
    pub(crate) chat: String,
    pub(crate) at: Time,
    pub(crate) text: String,
    pub(crate) name: Option<String>,
    pub(crate) handles: Vec<Handle>,
    /// Files that are to be fetched.
    pub(crate) files: Vec<Brought>,
    pub(crate) more: Json,
}

/// Services tell whole seconds: what was said just now counts from when we heard it, so that it does not stand before what it answers.
const JUST_NOW_SECONDS: i64 = 60;

impl Said<'_> {
    pub(crate) fn fragment(self, now: Time) -> Fragment {
        let Self { source, channel, id, chat, at, text, name, handles, files, more } = self;
        let at = if now.seconds_since(at) < JUST_NOW_SECONDS { now } else { at };
        let mut data = json!({"message_id": id, "chat": chat});
        if let (Some(data), Json::Object(more)) = (data.as_object_mut(), more) {
            data.extend(more);
            if !files.is_empty() {
                data.insert("files".into(), json!(files));
            }
        }
        let moment = NewMoment {
            key: format!("{chat} {id}"),
            at,
            kind: Kind::Message,
            channel: Channel::from(channel.to_owned()),
            direction: Direction::Heard,
            account: None,
            by: None,
            thread: Some(format!("{source} {chat}")),
            title: String::new(),
            body: text,
            data,
            originals: Vec::new(),
        };
        let fields: Fields = name.into_iter().map(|it| ("name".to_owned(), it)).collect();
        Fragment {
            source,
            key: chat,
            seen_at: now,
            fields,
            handles,
            roles: Vec::new(),
            moments: vec![moment],
        }
    }
}

/// The body as JSON.
pub(crate) fn json_of<T: for<'d> Deserialize<'d>>(body: &[u8]) -> Result<T, Deaf> {
    let mut read = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut read).map_err(|error| Deaf::Unreadable(error.to_string()))
}
