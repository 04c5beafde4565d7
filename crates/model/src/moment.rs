//! Moments: what happened with a person, in any channel.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AccountId, MomentId, Money, PersonId, ProfileId, StaffId, Time};

/// Declares an enum that is stored by name: names never change, and unknown ones survive.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// One that this version does not know.
            Other(String),
        }
        impl $name {
            /// Every one this version knows.
            pub const KNOWN: &[Self] = &[$(Self::$variant),*];
            /// The stored name.
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $text,)* Self::Other(name) => name }
            }
        }
        impl From<String> for $name {
            fn from(name: String) -> Self {
                match name.as_str() { $($text => Self::$variant,)* _ => Self::Other(name) }
            }
        }
        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.as_str().to_owned()
            }
        }
        impl FromStr for $name {
            type Err = Infallible;
            fn from_str(name: &str) -> Result<Self, Infallible> {
                Ok(name.to_owned().into())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named! {
    /// What sort of thing happened.
    Kind {
        /// A mail, either way.
        Email = "email",
        /// A line in a web chat.
        Chat = "chat",
        /// A text message or direct message.
        Message = "message",
        /// A telephone call.
        Call = "call",
        /// They came to us, or we to them.
        Visit = "visit",
        /// A meeting.
        Meeting = "meeting",
        /// Something the team wrote down about them.
        Note = "note",
        /// They bought something.
        Purchase = "purchase",
        /// Money went back to them.
        Refund = "refund",
        /// A subscription began, paused, went on or ended.
        Subscription = "subscription",
        /// They used the product.
        Use = "use",
        /// They answered a survey.
        Survey = "survey",
        /// We wrote to them unasked.
        Outreach = "outreach",
        /// They recommended us, or were recommended.
        Referral = "referral",
        /// They came to know us: signed up, left a card, filled in a form.
        Joined = "joined",
        /// What they allow us, or want no more: said by them, or for them.
        Permission = "permission",
    }
}

named! {
    /// Through what it came.
    Channel {
        /// Mail.
        Email = "email",
        /// The chat on a site.
        Chat = "chat",
        /// Text messages.
        Sms = "sms",
        /// Social networks and messengers.
        Social = "social",
        /// Telephone.
        Phone = "phone",
        /// Face to face.
        InPerson = "in_person",
        /// The shop or till.
        Shop = "shop",
        /// The product itself.
        Product = "product",
        /// Paper.
        Post = "post",
        /// A form or survey.
        Form = "form",
        /// Within the team.
        Desk = "desk",
    }
}

/// Who spoke or acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// They did: heard from them.
    Heard,
    /// We did: said to them.
    Said,
    /// Both at once: a call, a visit, a meeting.
    Together,
    /// The team among itself, about them.
    Noted,
}

impl Direction {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Heard => "heard",
            Self::Said => "said",
            Self::Together => "together",
            Self::Noted => "noted",
        }
    }
}

/// Why a text is not a direction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} is none of heard, said, together, noted")]
pub struct DirectionError(String);

impl FromStr for Direction {
    type Err = DirectionError;
    fn from_str(text: &str) -> Result<Self, DirectionError> {
        match text {
            "heard" => Ok(Self::Heard),
            "said" => Ok(Self::Said),
            "together" => Ok(Self::Together),
            "noted" => Ok(Self::Noted),
            _ => Err(DirectionError(text.chars().take(40).collect())),
        }
    }
}

/// A file as it came, kept beside the database under its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// SHA-256 of its bytes, in hexadecimal.
    pub digest: String,
    /// The name it came with.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
}

/// One thing that happened with a person. Never changed once written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// Its id.
    pub id: MomentId,
    /// With whom.
    pub person: PersonId,
    /// Which source fragment of the person it belongs to, for ever.
    pub profile: ProfileId,
    /// When it happened.
    pub at: Time,
    /// When we came to know of it.
    pub recorded_at: Time,
    /// What sort of thing.
    pub kind: Kind,
    /// Through what.
    pub channel: Channel,
    /// Who spoke or acted.
    pub direction: Direction,
    /// For which organisation or household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Which of us spoke, acted or wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
    /// What it belongs together with: a mail thread, a chat, an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// A line that says what it was: subject, product, first words.
    pub title: String,
    /// What was said, to the letter.
    pub body: String,
    /// What only this kind has; [`Purchase`] for purchases.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// The files it came with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<Original>,
}

impl Moment {
    /// What whoever speaks wrote themselves, and what they only quote behind it. Whoever read the original said where that
    /// begins (`quote_from`, a place in the body counted in bytes); where nobody said, or nothing would be left, nothing is quoted.
    pub fn parted(&self) -> (&str, &str) {
        let at = self.data.get("quote_from").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| self.body.split_at_checked(at)) {
            Some((own, quoted)) if !own.trim().is_empty() => (own.trim_end(), quoted.trim()),
            _ => (self.body.trim_end(), ""),
        }
    }
}

/// Whose turn it is to speak after something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// They spoke to us: they wait for a word.
    Ours,
    /// We spoke to them, or decided that nothing is left to say: nobody waits for us.
    Theirs,
    /// As before.
    Same,
}

impl Turn {
    /// After this moment. What they bought, or what a machine or a list sent, asks for no answer; what a machine of ours or a
    /// newsletter said is none.
    pub fn after(kind: &Kind, direction: Direction, data: &Value) -> Self {
        let has = |name| data.get(name).is_some_and(|value| !value.is_null());
        let words = matches!(kind, Kind::Email | Kind::Chat | Kind::Message | Kind::Call);
        match direction {
            _ if has("automatic") || has("list") => Self::Same,
            Direction::Heard if words => Self::Ours,
            Direction::Said if words => Self::Theirs,
            Direction::Together if matches!(kind, Kind::Call | Kind::Visit | Kind::Meeting) => Self::Theirs,
            Direction::Noted if has("settled") => Self::Theirs,
            _ => Self::Same,
        }
    }
}

/// What a purchase or refund carries in its `data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// The whole amount.
    pub total: Money,
    /// The seller's number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// What was bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

/// One line of a purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// For how much altogether, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_from_a_newer_version_survives() {
        let kind: Kind = "seance".parse().unwrap();
        assert_eq!(kind, Kind::Other("seance".into()));
        assert_eq!(kind.to_string(), "seance");
        assert_eq!("call".parse::<Kind>().unwrap(), Kind::Call);
    }

    #[test]
    fn what_is_quoted_is_behind_what_they_wrote_and_nothing_is_lost() {
        let mail = |body: &str, quote_from: Value| Moment {
            person: PersonId::from_uuid(uuid::Uuid::nil()),
            id: MomentId::from_uuid(uuid::Uuid::nil()),
            profile: ProfileId::from_uuid(uuid::Uuid::nil()),
            at: Time::default(),
            recorded_at: Time::default(),
            kind: Kind::Email,
            channel: crate::Channel::Email,
            direction: Direction::Heard,
            account: None,
            by: None,
            thread: None,
            title: String::new(),
            body: body.to_owned(),
            data: serde_json::json!({ "quote_from": quote_from }),
            originals: Vec::new(),
        };
        let parted = |body: &str, at: Value| {
            let it = mail(body, at);
            let (own, quoted) = it.parted();
            (own.to_owned(), quoted.to_owned())
        };
        let both = |own: &str, quoted: &str| (own.to_owned(), quoted.to_owned());
        assert_eq!(parted("Größe 4.\n\n> Size?\n", 12.into()), both("Größe 4.", "> Size?"));
        assert_eq!(parted("Yes.\n> Size?", Value::Null), both("Yes.\n> Size?", ""), "nobody said");
        for broken in [0.into(), 3.into(), 99.into(), (-1).into(), "2".into()] {
            assert_eq!(parted("Grö", broken), both("Grö", ""));
        }
    }
}
