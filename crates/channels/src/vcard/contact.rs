//! A card's properties as a fragment.

use base64::{Engine, alphabet, engine};
use jiff::civil::Date;
use model::{Fields, Fragment, Handle, HandleError, RoleClaim, Time, fold};

use super::property::Property;
use crate::{
    Context, File,
    people::{key_by_handle, note_moment, social, social_name},
    seen::Seen,
    short_digest,
};

/// Properties that say nothing of the person.
const SKIPPED: &[&str] = &["VERSION", "PRODID", "X-ABLABEL", "PROFILE", "BEGIN", "END"];

/// Names of messengers' own properties.
const MESSENGERS: &[(&str, &str)] = &[
    ("X-SKYPE", "skype"),
    ("X-SKYPE-USERNAME", "skype"),
    ("X-JABBER", "xmpp"),
    ("X-AIM", "aim"),
    ("X-ICQ", "icq"),
    ("X-MSN", "msn"),
    ("X-YAHOO", "yahoo"),
    ("X-TWITTER", "twitter"),
    ("X-QQ", "qq"),
    ("X-GTALK", "gtalk"),
];

/// Base 64 as old phones write it: with or without padding.
const BASE64: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a card says.
pub(super) struct Contact {
    pub fragment: Fragment,
    pub files: Vec<File>,
    pub warnings: Vec<String>,
}

#[derive(Default)]
struct Draft {
    fields: Fields,
    handles: Vec<Handle>,
    company: Option<String>,
    notes: Vec<String>,
    uid: Option<String>,
    revised: Option<Time>,
    files: Vec<File>,
    warnings: Vec<String>,
}

/// Reads a card, or says why it is nobody's.
pub(super) fn read(properties: Vec<Property>, context: &Context, seen: &mut Seen) -> Result<Contact, String> {
    let kind =
        |p: &Property| matches!(&*p.name, "KIND" | "X-ADDRESSBOOKSERVER-KIND") && fold(&p.value) == "group";
    if properties.iter().any(kind) {
        return Err("the card is of a group, not of a person".into());
    }
    let mut draft = Draft::default();
    for property in &properties {
        let label = label(property, &properties);
        draft.warnings.extend(property.warning.clone());
        draft.take(property, label.as_deref(), context);
    }
    draft.compose_name();
    if draft.handles.is_empty() && !draft.fields.contains_key("name") {
        return Err("nothing on the card says who it is: no name, address or number".into());
    }
    let key = draft.key(&properties, seen)?;
    Ok(draft.finish(key, context))
}

/// What its owner calls this address: a label of its own, or home, work, mobile.
fn label(property: &Property, all: &[Property]) -> Option<String> {
    let grouped =
        all.iter().find(|p| p.name == "X-ABLABEL" && !p.group.is_empty() && p.group == property.group);
    if let Some(label) = grouped {
        let text = label.text();
        let bare = text.strip_prefix("_$!<").and_then(|t| t.strip_suffix(">!$_")).unwrap_or(&text);
        return Some(bare.to_lowercase()).filter(|label| !label.is_empty());
    }
    let types: Vec<String> = property.types().collect();
    ["work", "home", "cell", "fax", "pager"]
        .iter()
        .find(|t| types.iter().any(|x| x == *t))
        .map(|t| (*t).to_owned())
}

impl Draft {
    fn take(&mut self, property: &Property, label: Option<&str>, context: &Context) {
        let text = property.text();
        if !says_something(&text) {
            return;
        }
        match property.name.as_str() {
            "FN" => self.field("name", &text),
            "N" => self.name_parts(&property.parts(';')),
            "NICKNAME" => self.field("nickname", &text),
            "EMAIL" => self.handle("email", label, &text, Handle::email(&text)),
            "TEL" => {
                let read = Handle::phone(number(&text), context.country.as_deref());
                self.handle("phone", label, property.param("X-RAW").unwrap_or(&text), read);
            }
            "IMPP" => self.messenger(&text, property),
            "X-SOCIALPROFILE" | "SOCIALPROFILE" => self.social(property, &text),
            "URL" => self.labelled("website", label, &text),
            "ADR" => self.labelled("address", label, &address(property)),
            "LABEL" => self.labelled("address", label, &text),
            "BDAY" => self.field("birthday", &dates(&text)),
            "ANNIVERSARY" | "X-ANNIVERSARY" => self.field("anniversary", &dates(&text)),
            "ORG" => self.organisation(&property.parts(';')),
            "TITLE" => self.field("job_title", &text),
            "ROLE" => self.field("role", &text),
            "NOTE" => self.notes.push(text),
            "CATEGORIES" => self.tags(&text),
            "LANG" | "LANGUAGE" => self.field("language", &text),
            "UID" => self.uid = Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            "REV" => self.revised = stamp(&text),
            "KIND" if fold(&text) == "individual" => {}
            "PHOTO" | "LOGO" | "SOUND" | "KEY" => self.file(property, text),
            "X-REGARD-FIELD" => self.field(property.param("NAME").unwrap_or("field"), &text),
            "X-REGARD-HANDLE" => self.handles.push(Handle {
                kind: property.param("KIND").unwrap_or("external").to_owned().into(),
                raw: property.param("RAW").map_or_else(|| text.clone(), str::to_owned),
                value: text,
                verified: false,
            }),
            "X-ABSHOWAS" => self.field("kind", "organisation"),
            name if SKIPPED.contains(&name) => {}
            name => match MESSENGERS.iter().find(|(known, _)| *known == name) {
                Some((_, network)) => self.handle(network, None, &text, social(network, &text)),
                None => self.labelled(&name.to_lowercase(), label, &text),
            },
        }
    }

    /// Another value of the same field goes on its own line; said twice it is kept once.
    fn field(&mut self, name: &str, value: &str) {
        let (name, value) = (name.trim(), value.trim());
        if value.is_empty() || name.is_empty() {
            return;
        }
        if name == "tags" {
            return self.tags(value);
        }
        let kept = self.fields.entry(name.to_owned()).or_default();
        if kept.is_empty() {
            *kept = value.to_owned();
        } else if !kept.lines().any(|line| line == value) {
            kept.push('\n');
            kept.push_str(value);
        }
    }

    fn labelled(&mut self, name: &str, label: Option<&str>, value: &str) {
        match label {
            Some(label) => self.field(&format!("{label} {name}"), value),
            None => self.field(name, value),
        }
    }

    /// A handle; what it is called is kept beside it, and so is what cannot be one.
    fn handle(&mut self, name: &str, label: Option<&str>, text: &str, read: Result<Handle, HandleError>) {
        match read {
            Ok(mut handle) => {
                handle.raw = text.to_owned();
                if !self.handles.iter().any(|h| h.kind == handle.kind && h.value == handle.value) {
                    self.handles.push(handle);
                }
                if label.is_some() {
                    self.labelled(name, label, text);
                }
            }
            Err(reason) => {
                self.labelled(name, label, text);
                self.warnings.push(format!("{}: {reason}; kept as it stands", name));
            }
        }
    }

    fn name_parts(&mut self, parts: &[String]) {
        let names = ["family_name", "given_name", "middle_name", "name_prefix", "name_suffix"];
        for (name, part) in names.into_iter().zip(parts).filter(|(_, part)| !part.is_empty()) {
            self.field(name, part);
        }
    }

    fn compose_name(&mut self) {
        let part = |name: &str| self.fields.get(name).map(String::as_str);
        if part("name").is_some() {
            return;
        }
        let order = ["name_prefix", "given_name", "middle_name", "family_name", "name_suffix"];
        let mut parts: Vec<&str> = order.into_iter().filter_map(part).collect();
        if parts.is_empty() {
            parts.extend(part("nickname").or(self.company.as_deref()));
        }
        if !parts.is_empty() {
            let name = parts.join(" ");
            self.fields.insert("name".into(), name);
        }
    }

    fn messenger(&mut self, text: &str, property: &Property) {
        let service = property.param("X-SERVICE-TYPE").map(str::to_lowercase);
        let (scheme, rest) = text.split_once(':').unwrap_or(("im", text));
        let network = service.unwrap_or_else(|| scheme.to_lowercase());
        let name = rest.trim_start_matches('/');
        self.handle(&network, None, text, social(&network, name));
    }

    fn social(&mut self, property: &Property, text: &str) {
        let told = property.param("SERVICE-TYPE").map(str::to_lowercase);
        let network = told.or_else(|| property.types().find(|t| t != "pref" && t != "home" && t != "work"));
        let name = property
            .param("X-USER")
            .or_else(|| property.param("USERNAME"))
            .unwrap_or_else(|| social_name(text));
        match network {
            Some(network) => self.handle(&network, None, text, social(&network, name)),
            None => self.field("website", text),
        }
    }

    fn organisation(&mut self, parts: &[String]) {
        let mut parts = parts.iter().map(|part| part.trim()).filter(|part| says_something(part));
        self.company = parts.next().map(str::to_owned);
        let department: Vec<&str> = parts.collect();
        if !department.is_empty() {
            self.field("department", &department.join(", "));
        }
    }

    /// Adds tags to those that other lines gave; a comma parts them, wherever it stands.
    fn tags(&mut self, tags: &str) {
        let kept = self.fields.remove("tags").unwrap_or_default();
        let mut all: Vec<String> = Vec::new();
        for tag in kept.split(',').chain(tags.split(',')) {
            let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ");
            if says_something(&tag) && !all.contains(&tag) {
                all.push(tag);
            }
        }
        if !all.is_empty() {
            self.fields.insert("tags".into(), all.join(", "));
        }
    }

    /// A picture or key within the card becomes a file; elsewhere it stays an address.
    fn file(&mut self, property: &Property, text: String) {
        let name = property.name.to_lowercase();
        let inline =
            text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).map(|(_, data)| data);
        let encoded =
            property.param("ENCODING").is_some_and(|e| matches!(&*e.to_uppercase(), "B" | "BASE64"));
        let Some(data) = inline.or_else(|| encoded.then_some(text.as_str())) else {
            return self.field(&name, &text);
        };
        let bare: String = data.chars().filter(|c| !c.is_whitespace()).collect();
        match BASE64.decode(bare) {
            Ok(bytes) if !bytes.is_empty() => {
                let file = File::new(bytes);
                self.field(&name, &format!("file:{}", file.digest));
                self.files.push(file);
            }
            _ => {
                self.warnings.push(format!("{name}: is not base 64; kept as it stands"));
                self.field(&name, &text);
            }
        }
    }

    /// The card's own UID; else how the person is known; else the card and which of the cards alike it is.
    fn key(&self, properties: &[Property], seen: &mut Seen) -> Result<String, String> {
        let name = self.fields.get("name").map(String::as_str);
        if let Some(uid) = &self.uid {
            return Ok(uid.clone());
        }
        if let Some(key) = key_by_handle(&self.handles, name) {
            return Ok(key);
        }
        let said = properties.iter().filter(|p| !matches!(&*p.name, "REV" | "PRODID" | "VERSION"));
        let parts: Vec<String> = said.map(|p| format!("{}:{}", p.name, p.value)).collect();
        let digest = short_digest(&parts.iter().map(String::as_bytes).collect::<Vec<_>>());
        let count = seen.count(&digest).map_err(|full| full.reason())?;
        Ok(format!("card {digest} {count}"))
    }

    fn finish(self, key: String, context: &Context) -> Contact {
        let seen_at = self.revised.unwrap_or(context.seen_at);
        let claim = |account| RoleClaim {
            account,
            account_kind: "organisation".into(),
            role: "works_at".into(),
            since: None,
            until: None,
        };
        let fragment = Fragment {
            source: context.source.clone(),
            seen_at,
            fields: self.fields,
            handles: self.handles,
            roles: self.company.into_iter().map(claim).collect(),
            moments: self.notes.iter().map(|note| note_moment(&key, note, seen_at)).collect(),
            key,
        };
        Contact { fragment, files: self.files, warnings: self.warnings }
    }
}

/// Whether there is more than the marks that part values.
fn says_something(text: &str) -> bool {
    text.contains(|c: char| !matches!(c, ';' | ',' | ' ' | '\t' | '\n'))
}

/// A number without its extension, which no plan of numbers knows.
fn number(text: &str) -> &str {
    text.split(";ext=").next().unwrap_or(text)
}

/// An address on one line: as it is labelled, or its parts.
fn address(property: &Property) -> String {
    if let Some(label) = property.param("LABEL") {
        return label.replace("\\n", ", ").replace('\n', ", ");
    }
    let parts = property.parts(';');
    let filled: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    filled.join(", ").replace('\n', ", ")
}

/// Each line as a date.
fn dates(text: &str) -> String {
    text.lines().map(date).collect::<Vec<_>>().join("\n")
}

/// `19850412` as `1985-04-12`; what is written otherwise stays as it is.
fn date(text: &str) -> String {
    let day = text.split('T').next().unwrap_or(text);
    let figures = day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit());
    let parsed = if figures { Date::strptime("%Y%m%d", day).ok() } else { day.parse::<Date>().ok() };
    parsed.map_or_else(|| text.to_owned(), |date| date.to_string())
}

fn stamp(text: &str) -> Option<Time> {
    if let Ok(time) = Time::parse(text) {
        return Some(time);
    }
    let parse = |format: &str| jiff::fmt::strtime::parse(format, text).ok()?.to_timestamp().ok();
    let civil = || {
        text.trim_end_matches('Z')
            .parse::<jiff::civil::DateTime>()
            .ok()?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
    };
    parse("%Y%m%dT%H%M%SZ")
        .or_else(|| parse("%Y%m%dT%H%M%S%z"))
        .or_else(|| civil().map(|zoned| zoned.timestamp()))
        .map(Time::from)
}
