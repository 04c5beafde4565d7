//! Pieces that several pages show.

use std::collections::HashMap;

use maud::{Markup, html};
use memory::people::Line;
use model::{Channel, Kind, StaffId, Time};

use crate::{State, face::face, gate::Desk, icon::Icon, problem::Problem, when};

/// Names of all who ever worked here, by id.
pub(crate) type Names = HashMap<StaffId, String>;

/// Those who work here now, in the order of their names.
pub(crate) type Colleagues = Vec<(StaffId, String)>;

/// Who is who among us.
pub(crate) async fn names(state: &State) -> Result<Names, Problem> {
    Ok(state.house().staff_names().await?.into_iter().collect())
}

/// One of us, by name; `Somebody here` for who is not in the book.
pub(crate) fn name_of(names: &Names, id: Option<StaffId>) -> &str {
    id.and_then(|id| names.get(&id)).map_or("Somebody here", String::as_str)
}

/// A person as a line of a list, with a few words about them.
pub(crate) fn someone(line: &Line, words: &str, then: Option<Markup>) -> Markup {
    html! {
        a.someone.nameless[!line.named] href={"/people/" (line.id)} {
            (face(&line.name, &line.id.to_string(), "m"))
            b { (line.name) }
            span.says { (words) }
            @if let Some(then) = then { span.then { (then) } }
        }
    }
}

/// A person as a line, with how we know each other and when we last met.
pub(crate) fn person_line(desk: &Desk, line: &Line) -> Markup {
    let last = line.last_at.map(|at| when::ago(at, desk.now, &desk.zone));
    someone(line, &relationship(&line.kind, line.heard, line.moments), last)
}

/// The relationship, in words.
pub(crate) fn relationship(kind: &str, heard: i64, moments: i64) -> String {
    match (kind, heard, moments) {
        ("address", _, 0) => "Only an address so far".to_owned(),
        ("address", ..) => "We wrote; they have not answered yet".to_owned(),
        ("wave", 1, _) => "A wave: heard from them once".to_owned(),
        ("wave", ..) => "A wave: heard from them twice".to_owned(),
        (kind, heard, _) => format!("{}: heard from them {heard} times", kind_name(kind)),
    }
}

/// What a kind of relationship is called.
pub(crate) fn kind_name(kind: &str) -> String {
    match kind {
        "address" => "An address only".to_owned(),
        "wave" => "A wave".to_owned(),
        "acquaintance" => "An acquaintance".to_owned(),
        "regular" => "A regular".to_owned(),
        other => words(other),
    }
}

/// A stored name as words: `works_at` is `works at`.
pub(crate) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A stored name as a heading: `works_at` is `Works at`.
pub(crate) fn heading(name: &str) -> String {
    let text = words(name);
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

/// What a kind of moment is called where one chooses among them.
pub(crate) fn moments_name(kind: &Kind) -> String {
    match kind {
        Kind::Email => "Mail".to_owned(),
        Kind::Chat => "Chats".to_owned(),
        Kind::Message => "Messages".to_owned(),
        Kind::Call => "Calls".to_owned(),
        Kind::Visit => "Visits".to_owned(),
        Kind::Meeting => "Meetings".to_owned(),
        Kind::Note => "Notes".to_owned(),
        Kind::Purchase => "Purchases".to_owned(),
        Kind::Refund => "Refunds".to_owned(),
        Kind::Subscription => "Subscriptions".to_owned(),
        Kind::Use => "In the product".to_owned(),
        Kind::Survey => "Surveys".to_owned(),
        Kind::Outreach => "We wrote first".to_owned(),
        Kind::Referral => "Recommendations".to_owned(),
        Kind::Joined => "Beginnings".to_owned(),
        Kind::Permission => "What they allow".to_owned(),
        Kind::Other(name) => heading(name),
    }
}

/// The drawing beside a moment.
pub(crate) fn drawing(kind: &Kind) -> Icon {
    match kind {
        Kind::Email | Kind::Outreach => Icon::Mail,
        Kind::Chat | Kind::Message => Icon::Chat,
        Kind::Call => Icon::Phone,
        Kind::Visit => Icon::Visit,
        Kind::Meeting => Icon::Meeting,
        Kind::Note => Icon::Note,
        Kind::Purchase | Kind::Refund => Icon::Purchase,
        Kind::Subscription => Icon::Repeat,
        Kind::Use => Icon::Use,
        Kind::Survey => Icon::Survey,
        Kind::Referral => Icon::Referral,
        Kind::Joined => Icon::Joined,
        Kind::Permission => Icon::Permission,
        Kind::Other(_) => Icon::Dot,
    }
}

/// How a channel is called.
pub(crate) fn channel_name(channel: &Channel) -> String {
    match channel {
        Channel::Email => "mail".to_owned(),
        Channel::Sms => "text message".to_owned(),
        Channel::InPerson => "face to face".to_owned(),
        Channel::Desk => "the desk".to_owned(),
        other => words(other.as_str()),
    }
}

/// The first words of a text, on one line.
pub(crate) fn glimpse(text: &str, most: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", flat[..end].trim_end()),
        None => flat,
    }
}

/// A time as part of an address.
pub(crate) fn at_text(at: Time) -> String {
    at.micros().to_string()
}

/// A text as part of an address, or as RFC 8187 wants a file's name.
pub(crate) fn escaped(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// How large a file is.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
