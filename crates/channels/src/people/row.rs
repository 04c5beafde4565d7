//! One row of a table as a fragment.

use model::{
    Channel, Direction, Fields, Fragment, Handle, HandleError, HandleKind, Kind, NewMoment, RoleClaim, Time,
    fold, fold_words,
};

use super::{Mapping, Meaning};
use crate::{
    Context, Dates,
    seen::{Full, Seen},
    short_digest,
};

/// Words for roles as people write them in columns, folded, and the role they mean.
const ROLES: &[(&str, &str)] = &[
    ("user", "uses"),
    ("buyer", "buys"),
    ("purchaser", "buys"),
    ("customer", "buys"),
    ("einkaufer", "buys"),
    ("einkauferin", "buys"),
    ("decision maker", "decides"),
    ("decider", "decides"),
    ("entscheider", "decides"),
    ("champion", "champions"),
    ("influencer", "influences"),
    ("payer", "pays"),
    ("billing", "pays"),
    ("supplier", "supplies"),
    ("vendor", "supplies"),
    ("lieferant", "supplies"),
    ("regulator", "regulates"),
    ("employee", "works_at"),
];

/// Characters of a note shown as its title.
const TITLE: usize = 80;

/// What a row says, before it has a key.
#[derive(Default)]
pub(crate) struct Draft {
    pub fields: Fields,
    pub handles: Vec<Handle>,
    pub warnings: Vec<String>,
    company: Option<String>,
    role: Option<String>,
    notes: Vec<String>,
    seen_at: Option<Time>,
}

impl Draft {
    /// Reads the cells that speak of a person; those that speak of an order are left alone.
    pub fn of(mapping: &Mapping, cells: &[String], context: &Context, dates: &Dates) -> Self {
        let mut draft = Self::default();
        let filled = mapping.columns().iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
        for ((column, meaning), cell) in filled {
            draft.take(column, meaning, cell, context, dates);
        }
        draft.compose_name();
        draft
    }

    fn take(&mut self, column: &str, meaning: &Meaning, cell: &str, context: &Context, dates: &Dates) {
        match meaning {
            Meaning::Email => self.handles(column, cell, &[';', ',', '\n', ' '], Handle::email),
            Meaning::Phone => {
                let country = context.country.as_deref();
                self.handles(column, cell, &[';', ',', '\n'], |raw| Handle::phone(raw, country));
            }
            Meaning::Social(network) => self.handle(column, cell, social(network, social_name(cell))),
            Meaning::External(space) => self.handle(column, cell, Handle::external(space, cell)),
            Meaning::Name => self.field("name", cell),
            Meaning::GivenName => self.field("given_name", cell),
            Meaning::FamilyName => self.field("family_name", cell),
            Meaning::Tags => self.field("tags", cell),
            Meaning::Photo => self.field("photo", cell),
            Meaning::Story => self.field("story", cell),
            Meaning::Field(name) => self.field(name, cell),
            Meaning::Company => self.company = Some(cell.to_owned()),
            Meaning::Role => self.role = Some(cell.to_owned()),
            Meaning::Note => self.notes.push(cell.to_owned()),
            Meaning::SeenAt => match dates.read(cell) {
                Ok(time) => self.seen_at = Some(time),
                Err(reason) => self.unread(column, cell, &reason),
            },
            _ => {}
        }
    }

    /// One handle, or several parted by any of these marks.
    fn handles(
        &mut self,
        column: &str,
        cell: &str,
        marks: &[char],
        read: impl Fn(&str) -> Result<Handle, HandleError>,
    ) {
        if let Ok(one) = read(cell) {
            return self.add(one);
        }
        let parts: Vec<_> = cell.split(marks).flat_map(|part| part.split(" ::: ")).map(&read).collect();
        match parts.iter().any(Result::is_ok) {
            true => {
                let good = |part: &Result<Handle, HandleError>| part.is_ok();
                let unread = parts.iter().any(|part| matches!(part, Err(e) if *e != HandleError::Empty));
                parts.into_iter().filter(good).flatten().for_each(|handle| self.add(handle));
                if unread {
                    self.unread(column, cell, "a part of it could not be read");
                }
            }
            false => self.handle(column, cell, read(cell)),
        }
    }

    fn handle(&mut self, column: &str, cell: &str, read: Result<Handle, HandleError>) {
        match read {
            Ok(handle) => self.add(handle),
            Err(reason) => self.unread(column, cell, &reason.to_string()),
        }
    }

    fn add(&mut self, handle: Handle) {
        if !self.handles.iter().any(|h| h.kind == handle.kind && h.value == handle.value) {
            self.handles.push(handle);
        }
    }

    /// Keeps what could not be read under its column's name.
    fn unread(&mut self, column: &str, cell: &str, reason: &str) {
        self.field(&super::field_name(column), cell);
        self.warnings.push(format!("{column}: {reason}; kept as it stands"));
    }

    fn field(&mut self, name: &str, value: &str) {
        let kept = self.fields.entry(name.to_owned()).or_default();
        if !kept.is_empty() {
            kept.push_str(if name == "tags" { ", " } else { "\n" });
        }
        kept.push_str(value);
    }

    fn compose_name(&mut self) {
        if self.fields.contains_key("name") {
            return;
        }
        let part = |name: &str| self.fields.get(name).map(String::as_str);
        let parts: Vec<&str> = ["given_name", "family_name"].into_iter().filter_map(part).collect();
        if !parts.is_empty() {
            let name = parts.join(" ");
            self.fields.insert("name".into(), name);
        }
    }

    /// Whether anything says who is meant.
    pub fn says_who(&self) -> bool {
        !self.handles.is_empty() || self.fields.contains_key("name")
    }

    /// The organisation the row names.
    pub fn company(&self) -> Option<&str> {
        self.company.as_deref()
    }

    /// The fragment under its key, with its role and its notes.
    pub fn fragment(mut self, key: String, context: &Context) -> Fragment {
        let seen_at = self.seen_at.unwrap_or(context.seen_at);
        let roles = self.claims();
        let moments = self.notes.iter().map(|note| note_moment(&key, note, seen_at)).collect();
        let source = context.source.clone();
        Fragment { source, key, seen_at, fields: self.fields, handles: self.handles, roles, moments }
    }

    fn claims(&mut self) -> Vec<RoleClaim> {
        let Some(account) = self.company.take() else {
            if let Some(role) = self.role.take() {
                self.field("role", &role);
            }
            return Vec::new();
        };
        let role = self.role.take().map_or_else(|| "works_at".to_owned(), |role| role_word(&role));
        vec![RoleClaim { account, account_kind: "organisation".into(), role, since: None, until: None }]
    }
}

/// What somebody once wrote down about a person. Its key holds the text's digest: another text is another note.
pub(crate) fn note_moment(key: &str, note: &str, at: Time) -> NewMoment {
    let first = note.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    NewMoment {
        key: format!("{key}/note {}", &short_digest(&[note.as_bytes()])[..16]),
        at,
        kind: Kind::Note,
        channel: Channel::Desk,
        direction: Direction::Noted,
        account: None,
        by: None,
        thread: None,
        title: first.chars().take(TITLE).collect(),
        body: note.to_owned(),
        data: serde_json::Value::Null,
        originals: Vec::new(),
    }
}

/// What marks somebody by how they are known: a key in somebody's system; else an address together with the
/// name, as families and offices share one.
pub(crate) fn key_by_handle(handles: &[Handle], name: Option<&str>) -> Option<String> {
    let of = |kind: HandleKind| handles.iter().find(|handle| handle.kind == kind);
    if let Some(external) = of(HandleKind::External) {
        return Some(external.value.clone());
    }
    let name = name.map(|name| fold_words(name).join(" ")).unwrap_or_default();
    of(HandleKind::Email).map(|email| format!("{} {name}", email.value).trim_end().to_owned())
}

/// What marks a row: how the person is known; else the row itself, and which of the rows alike it is.
pub(crate) fn key_of(
    handles: &[Handle],
    name: Option<&str>,
    cells: &[String],
    seen: &mut Seen,
) -> Result<String, Full> {
    if let Some(key) = key_by_handle(handles, name) {
        return Ok(key);
    }
    let parts: Vec<&[u8]> = cells.iter().map(String::as_bytes).collect();
    let digest = short_digest(&parts);
    let count = seen.count(&digest)?;
    Ok(format!("row {digest} {count}"))
}

/// The role a word means, or the word itself.
fn role_word(role: &str) -> String {
    let folded = fold(role.trim());
    let known = ROLES.iter().find(|(word, _)| *word == folded).map(|(_, role)| *role);
    known.map_or_else(|| role.trim().to_owned(), str::to_owned)
}

/// A name on a network. One of which nothing is left when it is folded (`@`, lone marks) would be shared by
/// strangers, and is none.
pub(crate) fn social(network: &str, name: &str) -> Result<Handle, HandleError> {
    let handle = Handle::social(network, name)?;
    match handle.value.split_once(':').map(|(network, name)| (network.trim(), name.trim())) {
        Some((network, name)) if !network.is_empty() && !name.is_empty() => {
            Ok(Handle { value: format!("{network}:{name}"), ..handle })
        }
        _ => Err(HandleError::Empty),
    }
}

/// The name at the end of an address such as `https://instagram.com/ann/`.
pub(crate) fn social_name(cell: &str) -> &str {
    match cell.contains("://") {
        true => cell
            .split(['?', '#'])
            .next()
            .unwrap_or(cell)
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or(cell),
        false => cell,
    }
}
