//! Handles: the addresses, numbers and names by which somebody is reached or recognised, normalised so
//! that two writings of one handle are equal.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::fold;

/// What sort of handle; stored by name, so names never change and unknown ones survive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum HandleKind {
    /// A mail address.
    Email,
    /// A telephone number in E.164.
    Phone,
    /// `network:handle` on a social network or messenger.
    Social,
    /// A browser or device key.
    Device,
    /// `namespace:key` in somebody else's system: a shop's customer number, an app's account.
    External,
    /// A kind this version does not know.
    Other(String),
}

impl HandleKind {
    /// The stored name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Social => "social",
            Self::Device => "device",
            Self::External => "external",
            Self::Other(name) => name,
        }
    }
}
impl From<String> for HandleKind {
    fn from(name: String) -> Self {
        match name.as_str() {
            "email" => Self::Email,
            "phone" => Self::Phone,
            "social" => Self::Social,
            "device" => Self::Device,
            "external" => Self::External,
            _ => Self::Other(name),
        }
    }
}
impl From<HandleKind> for String {
    fn from(kind: HandleKind) -> Self {
        kind.as_str().to_owned()
    }
}
impl FromStr for HandleKind {
    type Err = std::convert::Infallible;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(name.to_owned().into())
    }
}
impl fmt::Display for HandleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One handle: what was written, and the normal form that is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Handle {
    /// What sort of handle.
    pub kind: HandleKind,
    /// The normal form.
    pub value: String,
    /// As it was written at the source.
    pub raw: String,
    /// Whether the person proved that it is theirs.
    #[serde(default)]
    pub verified: bool,
}

/// Why a text cannot serve as a handle. The text itself is kept by whoever read it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// A stand-in such as `null`, `anonymous` or `0000`, which would glue strangers together.
    #[error("\u{201c}{0}\u{201d} is a stand-in that many records share, not a handle")]
    Blocked(String),
    /// Not of the form.
    #[error("\u{201c}{0}\u{201d} is not a mail address")]
    Email(String),
    /// Not a number that exists in its country's plan.
    #[error("\u{201c}{text}\u{201d} is not a telephone number{hint}", hint = if *country { "" } else { " with a country code (or set a default country)" })]
    Phone {
        /// As written.
        text: String,
        /// Whether a default country was known.
        country: bool,
    },
    /// Too long to be one.
    #[error("is longer than {LONGEST} characters")]
    TooLong,
}

/// No real handle is longer; a pasted document must not become a key.
const LONGEST: usize = 320;

/// Values that client libraries and spreadsheets put where nothing is known: the union of what event
/// platforms block, because each glued thousands of people together somewhere.
const BLOCKED: &[&str] = &[
    "null",
    "nil",
    "none",
    "nan",
    "n/a",
    "na",
    "n.a.",
    "undefined",
    "unknown",
    "anonymous",
    "guest",
    "true",
    "false",
    "distinct_id",
    "id",
    "email",
    "phone",
    "[object object]",
    "object",
    "-1",
    "test",
    "not available",
    "noemail",
    "no email",
    "no",
    "xxx",
    "?",
    ".",
];

/// Mailboxes that several people read.
const ROLES: &[&str] = &[
    "abuse",
    "accounting",
    "accounts",
    "admin",
    "administration",
    "billing",
    "bonjour",
    "booking",
    "buchhaltung",
    "contact",
    "contacto",
    "contato",
    "customerservice",
    "enquiries",
    "familie",
    "family",
    "finance",
    "hello",
    "help",
    "helpdesk",
    "hi",
    "hostmaster",
    "hr",
    "info",
    "information",
    "inquiries",
    "invoice",
    "invoices",
    "jobs",
    "kontakt",
    "mail",
    "mailer-daemon",
    "marketing",
    "no-reply",
    "noreply",
    "office",
    "orders",
    "postmaster",
    "press",
    "purchasing",
    "reception",
    "rechnung",
    "sales",
    "security",
    "service",
    "shop",
    "staff",
    "support",
    "team",
    "webmaster",
    "welcome",
];

/// Whether several people are likely to read this mailbox (`info@`, `family@`): it then says nothing about who writes.
pub fn is_role_mailbox(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    let local = local.split('+').next().unwrap_or_default();
    ROLES.binary_search(&local).is_ok()
}

impl Handle {
    /// A mail address: trimmed, `mailto:` and angle brackets dropped, lower case. No tricks with dots or `+`.
    pub fn email(raw: &str) -> Result<Self, HandleError> {
        let bare = open(raw)?;
        let bare = bare.strip_prefix("mailto:").unwrap_or(&bare);
        let bare = bare.trim_start_matches('<').trim_end_matches('>').trim();
        let value: String = bare.nfkc().flat_map(char::to_lowercase).collect();
        let wrong = || HandleError::Email(bare.to_owned());
        let (local, domain) = value.rsplit_once('@').ok_or_else(wrong)?;
        let spaced =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '(' | ')');
        let fits = !local.is_empty() && local.len() <= 64 && !local.contains('@') && !value.contains(spaced);
        let domain_fits = domain.len() <= 255
            && domain.split('.').count() > 1
            && domain
                .split('.')
                .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if !fits || !domain_fits {
            return Err(wrong());
        }
        if BLOCKED.contains(&local)
            && (BLOCKED.contains(&domain.split('.').next().unwrap_or("")) || local == "noemail")
        {
            return Err(HandleError::Blocked(value));
        }
        Ok(Self { kind: HandleKind::Email, value, raw: raw.to_owned(), verified: false })
    }

    /// A telephone number in E.164. `country` (ISO 3166, two letters) reads numbers written without a country code.
    pub fn phone(raw: &str, country: Option<&str>) -> Result<Self, HandleError> {
        let bare = open(raw)?;
        let bare = bare.strip_prefix("tel:").unwrap_or(&bare);
        let region = country.and_then(|c| c.to_ascii_uppercase().parse::<phonenumber::country::Id>().ok());
        let wrong =
            || HandleError::Phone { text: bare.chars().take(40).collect(), country: region.is_some() };
        // The library reads letters as keypad figures; a name in a phone column is a mistake, not a number.
        if bare.chars().filter(|c| c.is_alphabetic()).count() > 4 || bare.len() > 40 {
            return Err(wrong());
        }
        let number = phonenumber::parse(region, bare).map_err(|_| wrong())?;
        if !number.is_valid() {
            return Err(wrong());
        }
        let value = number.format().mode(phonenumber::Mode::E164).to_string();
        Ok(Self { kind: HandleKind::Phone, value, raw: raw.to_owned(), verified: false })
    }

    /// A name on a network, with or without its `@`.
    pub fn social(network: &str, raw: &str) -> Result<Self, HandleError> {
        let bare = open(raw)?;
        let name = fold(bare.trim_start_matches('@'));
        let value = format!("{}:{name}", fold(network.trim()));
        Ok(Self { kind: HandleKind::Social, value, raw: raw.to_owned(), verified: false })
    }

    /// A browser or device key, kept as it is.
    pub fn device(raw: &str) -> Result<Self, HandleError> {
        let value = open(raw)?;
        Ok(Self { kind: HandleKind::Device, value, raw: raw.to_owned(), verified: false })
    }

    /// A key in somebody else's system. Keys are case-sensitive; the namespace is not. Placeholders are refused,
    /// but `0` and its like only when they are the whole key.
    pub fn external(namespace: &str, raw: &str) -> Result<Self, HandleError> {
        let key = open(raw)?;
        let value = format!("{}:{key}", fold(namespace.trim()));
        Ok(Self { kind: HandleKind::External, value, raw: raw.to_owned(), verified: false })
    }

    /// The same handle, proven.
    pub fn proven(self) -> Self {
        Self { verified: true, ..self }
    }

    /// As people write it: a number in groups, an address as it is, anything else as it was told.
    pub fn written(&self) -> String {
        let parsed =
            (self.kind == HandleKind::Phone).then(|| phonenumber::parse(None, &self.value).ok()).flatten();
        match (parsed, &self.kind) {
            (Some(number), _) => number.format().mode(phonenumber::Mode::International).to_string(),
            (None, HandleKind::Email | HandleKind::Phone) => self.value.clone(),
            _ if self.raw.is_empty() => self.value.clone(),
            _ => self.raw.clone(),
        }
    }

    /// The namespace of an external id, the network of a social handle.
    pub fn namespace(&self) -> Option<&str> {
        match self.kind {
            HandleKind::External | HandleKind::Social => self.value.split_once(':').map(|(space, _)| space),
            _ => None,
        }
    }
}

/// Trims, and refuses what is empty, a stand-in, or no handle at all by its length.
fn open(raw: &str) -> Result<String, HandleError> {
    let seen: String = raw.chars().filter(|c| !c.is_control()).collect();
    let bare = seen.trim().trim_matches(['"', '\'', '\u{feff}']).trim();
    if bare.is_empty() {
        return Err(HandleError::Empty);
    }
    if bare.chars().count() > LONGEST {
        return Err(HandleError::TooLong);
    }
    let low = bare.to_lowercase();
    if bare.chars().all(|c| matches!(c, '0' | '-')) || BLOCKED.contains(&low.as_str()) {
        return Err(HandleError::Blocked(bare.to_owned()));
    }
    Ok(bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_marks_are_no_part_of_a_handle() {
        assert_eq!(Handle::social("twitter", "an\u{1}n\0").unwrap().value, "twitter:ann");
        assert_eq!(Handle::device("\u{7}").unwrap_err(), HandleError::Empty);
    }

    #[test]
    fn two_writings_of_an_address_are_one_handle() {
        assert_eq!(Handle::email(" <Ann.Smith@Example.COM> ").unwrap().value, "ann.smith@example.com");
        assert_eq!(Handle::email("mailto:ÉVA@bücher.example").unwrap().value, "éva@bücher.example");
        for wrong in [
            "ann",
            "ann@",
            "@example.com",
            "ann@example",
            "a b@example.com",
            "a@b@c.d",
            "a@-x.com",
            "a@x..com",
        ] {
            assert!(matches!(Handle::email(wrong), Err(HandleError::Email(_))), "{wrong}");
        }
    }

    #[test]
    fn a_handle_is_shown_as_people_write_it() {
        assert_eq!(Handle::phone("030 901820", Some("de")).unwrap().written(), "+49 30 901820");
        assert_eq!(Handle::phone("+12025550143", None).unwrap().written(), "+1 202-555-0143");
        assert_eq!(Handle::email("Ann@Example.com").unwrap().written(), "ann@example.com");
        assert_eq!(Handle::external("shop", "K-7").unwrap().written(), "K-7");
    }

    #[test]
    fn numbers_become_e164_and_nothing_else() {
        assert_eq!(Handle::phone("030 901820", Some("de")).unwrap().value, "+4930901820");
        assert_eq!(Handle::phone("tel:+44 20 7031 3000", None).unwrap().value, "+442070313000");
        assert!(Handle::phone("030 901820", None).is_err(), "no country");
        assert!(Handle::phone("12", Some("DE")).is_err());
        assert!(Handle::phone("Ann Smith", Some("US")).is_err());
    }

    #[test]
    fn stand_ins_are_refused_because_they_glue_strangers_together() {
        for stand_in in ["null", "NULL", "\"null\"", "0000", "--", "anonymous", "[object Object]", "N/A"] {
            assert!(matches!(Handle::external("shop", stand_in), Err(HandleError::Blocked(_))), "{stand_in}");
        }
        assert!(matches!(Handle::email("none@none.com"), Err(HandleError::Blocked(_))));
        assert_eq!(Handle::external("Shop", "A-7").unwrap().value, "shop:A-7");
    }

    #[test]
    fn role_mailboxes_are_known() {
        assert!(ROLES.is_sorted(), "the search needs the list in order");
        assert!(is_role_mailbox("info@acme.example") && is_role_mailbox("sales+eu@acme.example"));
        assert!(!is_role_mailbox("ann@acme.example"));
    }
}
