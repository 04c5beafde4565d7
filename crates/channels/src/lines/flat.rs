//! One moment on a line, with just enough to say whose it is.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use model::{Channel, Direction, Fields, Fragment, Handle, HandleError, Kind, NewMoment, RoleClaim, fold};
use serde::Deserialize;
use serde_json::Value;

use super::{Said, strict::explain};
use crate::{
    Context, DateStyle, Dates,
    people::{key_by_handle, social},
    seen::Seen,
    short_digest,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flat {
    person: Person,
    kind: Kind,
    at: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    channel: Option<Channel>,
    direction: Option<Direction>,
    key: Option<String>,
    account: Option<String>,
    thread: Option<String>,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    #[serde(default)]
    email: Several,
    #[serde(default)]
    phone: Several,
    #[serde(default)]
    external: Several,
    #[serde(default)]
    social: Several,
    name: Option<String>,
    company: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// A text, or a list of texts.
#[derive(Default, Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
enum Several {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl Several {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Reads one moment.
pub(super) fn read(text: &str, context: &Context, seen: &mut Seen) -> Result<Said, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    let flat: Flat = serde_path_to_error::deserialize(&mut json).map_err(|error| explain(&error))?;
    let dates = Dates { style: DateStyle::Clear, zone: TimeZone::UTC };
    let at = dates.read(&flat.at).map_err(|reason| format!("at: {reason}"))?;
    let mut warnings = Vec::new();
    if let Kind::Other(kind) = &flat.kind {
        warnings.push(format!("kind: \u{201c}{kind}\u{201d} is not one Regard knows; kept as it stands"));
    }
    let handles = handles(&flat.person, context)?;
    let key = match key_by_handle(&handles, flat.person.name.as_deref()) {
        Some(key) => key,
        None => bare_key(&handles, flat.person.name.as_deref())?,
    };
    let moment_key = match &flat.key {
        Some(key) if !key.trim().is_empty() => key.clone(),
        _ => {
            let digest = short_digest(&[text.trim().as_bytes()]);
            let count = seen.count(&digest).map_err(|full| full.reason())?;
            format!("line {digest} {count}")
        }
    };
    let roles = claims(&flat.person);
    let fields = fields(&flat.person);
    let moment = moment(flat, moment_key, at);
    let source = context.source.clone();
    let fragment = Fragment { source, key, seen_at: at, fields, handles, roles, moments: vec![moment] };
    Ok(Said { fragment, warnings })
}

/// Unlike in a table, an address that cannot be read is refused here: a program wrote it, and can mend it.
fn handles(person: &Person, context: &Context) -> Result<Vec<Handle>, String> {
    let paired = |raw: &str, make: fn(&str, &str) -> Result<Handle, HandleError>, form: &str| match raw
        .split_once(':')
    {
        Some((space, key)) if !space.is_empty() => make(space, key).map_err(|error| error.to_string()),
        _ => Err(format!("\u{201c}{raw}\u{201d} is not of the form {form}")),
    };
    let country = context.country.as_deref();
    let mut handles = Vec::new();
    for raw in person.external.as_slice() {
        handles.push(paired(raw, Handle::external, "shop:17").map_err(|e| format!("person.external: {e}"))?);
    }
    for raw in person.email.as_slice() {
        handles.push(Handle::email(raw).map_err(|e| format!("person.email: {e}"))?);
    }
    for raw in person.phone.as_slice() {
        handles.push(Handle::phone(raw, country).map_err(|e| format!("person.phone: {e}"))?);
    }
    for raw in person.social.as_slice() {
        handles.push(paired(raw, social, "instagram:ann").map_err(|e| format!("person.social: {e}"))?);
    }
    Ok(handles)
}

/// Who is known by a number or a name only is marked by that within this source.
fn bare_key(handles: &[Handle], name: Option<&str>) -> Result<String, String> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    match (handles.first(), name) {
        (Some(handle), _) => Ok(handle.value.clone()),
        (None, Some(name)) => Ok(format!("name {}", fold(name))),
        (None, None) => {
            Err("person: nothing says who it is: no email, phone, external, social or name".into())
        }
    }
}

fn fields(person: &Person) -> Fields {
    let mut fields = person.fields.clone();
    fields.extend(person.name.clone().map(|name| ("name".to_owned(), name)));
    fields
}

fn claims(person: &Person) -> Vec<RoleClaim> {
    let claim = |account| RoleClaim {
        account,
        account_kind: "organisation".into(),
        role: "works_at".into(),
        since: None,
        until: None,
    };
    person.company.clone().map(claim).into_iter().collect()
}

fn moment(flat: Flat, key: String, at: model::Time) -> NewMoment {
    let channel = flat.channel.unwrap_or_else(|| usual_channel(&flat.kind));
    let direction = flat.direction.unwrap_or_else(|| usual_direction(&flat.kind));
    let first = flat.body.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let title = if flat.title.is_empty() { first.trim().chars().take(80).collect() } else { flat.title };
    NewMoment {
        key,
        at,
        kind: flat.kind,
        channel,
        direction,
        account: flat.account,
        by: None,
        thread: flat.thread,
        title,
        body: flat.body,
        data: flat.data,
        originals: Vec::new(),
    }
}

fn usual_channel(kind: &Kind) -> Channel {
    match kind {
        Kind::Email | Kind::Outreach => Channel::Email,
        Kind::Chat => Channel::Chat,
        Kind::Message => Channel::Sms,
        Kind::Call => Channel::Phone,
        Kind::Visit | Kind::Meeting => Channel::InPerson,
        Kind::Purchase | Kind::Refund | Kind::Subscription => Channel::Shop,
        Kind::Use => Channel::Product,
        Kind::Survey | Kind::Referral | Kind::Joined | Kind::Permission => Channel::Form,
        Kind::Note | Kind::Other(_) => Channel::Desk,
    }
}

fn usual_direction(kind: &Kind) -> Direction {
    match kind {
        Kind::Call | Kind::Visit | Kind::Meeting => Direction::Together,
        Kind::Note => Direction::Noted,
        Kind::Outreach | Kind::Refund => Direction::Said,
        _ => Direction::Heard,
    }
}
