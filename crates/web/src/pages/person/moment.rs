//! One moment, each kind in its own way: a letter, a bubble, a note of a call, a receipt, a score.

use maud::{Markup, html};
use model::{Direction, Kind, Moment, Purchase};

use super::{
    fate::{self, Fates},
    looks,
};
use crate::{
    gate::Desk,
    icon::{Icon, icon},
    pages::{
        outreach::{passed_on, way_to_a_story},
        parts::{Names, channel_name, drawing, name_of, size},
    },
    when,
};

/// Shows one moment.
pub(super) fn show(desk: &Desk, moment: &Moment, names: &Names, fates: &Fates) -> Markup {
    let side = match moment.direction {
        Direction::Heard => "heard",
        Direction::Said => "said-by-us",
        Direction::Together => "together",
        Direction::Noted => "noted",
    };
    html! {
        li id=(moment.id) class={"moment " (side) " " (form(&moment.kind))} {
            (icon(drawing(&moment.kind)))
            article {
                p.by { b { (who(moment, names)) } (when::clock(moment.at, &desk.zone)) @if let Some(by) = through(moment) { span { (by) } } (way_to_a_story(desk, moment)) }
                (body(moment, fates))
                (files(moment))
                (fate::show(desk, moment.id, fates))
            }
        }
    }
}

fn form(kind: &Kind) -> &'static str {
    match kind {
        Kind::Chat | Kind::Message => "bubbling",
        Kind::Email | Kind::Outreach => "letter",
        Kind::Call | Kind::Visit | Kind::Meeting | Kind::Note => "on-paper",
        _ => "one-line",
    }
}

/// Who did what, as the beginning of a sentence.
fn who(moment: &Moment, names: &Names) -> String {
    let us = name_of(names, moment.by);
    match (&moment.kind, moment.direction) {
        (Kind::Email | Kind::Chat | Kind::Message, Direction::Noted) => "About a mail".to_owned(),
        (Kind::Email | Kind::Chat | Kind::Message, Direction::Heard) => "They wrote".to_owned(),
        (Kind::Email | Kind::Chat | Kind::Message, _) => format!("{us} wrote"),
        (Kind::Outreach, _) if moment.data.get("digest").is_some() => {
            format!("{us} passed on what they asked for")
        }
        (Kind::Outreach, _) => format!("{us} wrote unasked"),
        (Kind::Call, Direction::Heard) => "They called".to_owned(),
        (Kind::Call, Direction::Said) => format!("{us} called"),
        (Kind::Call, _) => format!("{us} and they talked by phone"),
        (Kind::Visit, Direction::Said) => format!("{us} visited them"),
        (Kind::Visit, _) => "They came by".to_owned(),
        (Kind::Meeting, _) => format!("{us} met them"),
        (Kind::Note, _) => format!("{us} noted"),
        (Kind::Purchase, _) => "They bought".to_owned(),
        (Kind::Refund, _) => "Money went back".to_owned(),
        (Kind::Subscription, _) => "Subscription".to_owned(),
        (Kind::Use, _) => "In the product".to_owned(),
        (Kind::Survey, Direction::Said) => format!("{us} asked"),
        (Kind::Survey, _) => "They answered".to_owned(),
        (Kind::Referral, _) => "A recommendation".to_owned(),
        (Kind::Joined, _) => "How it began".to_owned(),
        (Kind::Permission, Direction::Heard) => "They decided".to_owned(),
        (Kind::Permission, _) => "Permission".to_owned(),
        (Kind::Other(name), _) => crate::pages::parts::heading(name),
    }
}

/// Through what it came, where the kind does not say so already.
fn through(moment: &Moment) -> Option<String> {
    let channel = moment.channel.as_str();
    let told = match moment.kind {
        Kind::Email | Kind::Outreach => channel == "email",
        Kind::Chat => channel == "chat",
        Kind::Call => channel == "phone",
        Kind::Visit | Kind::Meeting => channel == "in_person",
        Kind::Note => channel == "desk",
        Kind::Purchase | Kind::Refund | Kind::Subscription => channel == "shop",
        Kind::Use => channel == "product",
        Kind::Survey | Kind::Joined => channel == "form",
        _ => false,
    };
    (!told).then(|| format!("by {}", channel_name(&moment.channel)))
}

fn body(moment: &Moment, fates: &Fates) -> Markup {
    match moment.kind {
        Kind::Email => letter(moment),
        Kind::Outreach => html! { (letter(moment)) (passed_on(moment, &fates.titles)) },
        Kind::Chat | Kind::Message => html! { div.bubble { (text(moment)) } },
        Kind::Call | Kind::Visit | Kind::Meeting => {
            html! { div.together-note { (title(moment)) p.words { (moment.body) } } }
        }
        Kind::Note => html! { div.team-note { (title(moment)) p.words { (moment.body) } } },
        Kind::Purchase | Kind::Refund => receipt(moment),
        Kind::Survey => survey(moment),
        _ => html! { p { (moment.title) } @if !moment.body.is_empty() { p.words { (moment.body) } } },
    }
}

fn text(moment: &Moment) -> &str {
    if moment.body.trim().is_empty() { &moment.title } else { moment.body.trim_end() }
}

/// A title says something only if it is not the beginning of what follows.
fn title(moment: &Moment) -> Markup {
    let shown = moment.title.trim();
    let repeats = moment.body.trim_start().starts_with(shown.trim_end_matches('…'));
    html! { @if !shown.is_empty() && !repeats { h4 { (shown) } } }
}

fn letter(moment: &Moment) -> Markup {
    let (fresh, quoted) = moment.parted();
    html! {
        (title(moment))
        @if let Some(why) = doubtful(moment) { p.doubt { (why) } }
        @if let Some(beside) = moment.data.get("beside").and_then(serde_json::Value::as_str) {
            p { a href={"/people/" (beside)} { "Read what they wrote" } }
        }
        @if !fresh.is_empty() { div.words { (fresh) } }
        @if !quoted.is_empty() {
            details { summary { "What this answers" } div.quoted { (quoted) } }
        }
        (looks::enclosed(moment))
    }
}

/// Why it may not be from whom it says.
fn doubtful(moment: &Moment) -> Option<&'static str> {
    let verified = moment.data.get("verified")?;
    let said = |method: &str| verified.get(method).and_then(serde_json::Value::as_str);
    let fails = |method| matches!(said(method), Some("fail" | "softfail" | "permerror"));
    match said("dmarc") {
        Some("pass") => None,
        Some("fail") => Some("It may not be from them: their own domain says that it did not send this."),
        _ if fails("spf") && said("dkim") != Some("pass") => {
            Some("It may not be from them: it came from a server that does not speak for their domain.")
        }
        _ => None,
    }
}

fn receipt(moment: &Moment) -> Markup {
    let Ok(purchase) = serde_json::from_value::<Purchase>(moment.data.clone()) else {
        return html! { p { (moment.title) } @if !moment.body.is_empty() { p.words { (moment.body) } } };
    };
    html! {
        div.receipt {
            @for item in &purchase.items {
                div {
                    span { @if item.quantity != 1 { (item.quantity) " × " } (item.name) }
                    span { @if let Some(total) = &item.total { (total) } }
                }
            }
            @if purchase.items.is_empty() && !moment.title.is_empty() { div { span { (moment.title) } span {} } }
            div.total {
                span { @if let Some(order) = &purchase.order { "Order " (order) } @else { "Together" } }
                span { (purchase.total) }
            }
        }
        @if !repeats(&purchase, &moment.body) { p.words { (moment.body) } }
    }
}

/// Shops write the items into the text as well.
fn repeats(purchase: &Purchase, body: &str) -> bool {
    body.lines()
        .all(|line| line.trim().is_empty() || purchase.items.iter().any(|item| line.contains(&item.name)))
}

fn survey(moment: &Moment) -> Markup {
    let score = moment.data.get("score").and_then(serde_json::Value::as_i64);
    let most = moment.data.get("of").and_then(serde_json::Value::as_i64).unwrap_or(10).clamp(1, 10);
    let comment = moment.data.get("comment").and_then(serde_json::Value::as_str).unwrap_or(&moment.body);
    html! {
        p { (moment.title) }
        @if let Some(score) = score {
            div.score { b { (score) } ol aria-hidden="true" { @for n in 1..=most { li.on[n <= score] {} } } }
        }
        @if !comment.is_empty() { p.words { (comment) } }
    }
}

fn files(moment: &Moment) -> Markup {
    html! {
        @if !moment.originals.is_empty() {
            ul.files { @for (n, file) in moment.originals.iter().enumerate() {
                @let at = format!("/people/{}/moments/{}/files/{n}", moment.person, moment.id);
                @let seen = looks::is_picture(&file.media_type);
                li { a.pill.pictured[seen] href=(at) download=(file.name) {
                    @if seen { img src=(at) alt="" loading="lazy"; } @else { (icon(Icon::Clip)) }
                    (file.name) span.soft { (size(file.size)) }
                } }
            } }
        }
    }
}
