//! Failed delivery as mail servers tell it in prose, without the report that standards ask for (RFC 3464): qmail and
//! those that write like it, Exim, Yahoo, gateways of all ages. Who was not reached, and what the server said of it.

use mail_parser::{Message, MessagePart, MimeHeaders};
use serde_json::{Map, Value, json};

use super::{Mailbox, address, headers};

/// Recipients one notice is believed to speak of.
const RECIPIENTS: usize = 100;
/// Characters in which a notice says what it is.
const BEGINNING: usize = 1000;
/// Lines of a notice that are looked at, bytes of one, and characters kept of what a server said.
const LINES: usize = 400;
const LINE: usize = 2000;
const SAID: usize = 500;

/// Who writes such notices.
const SERVERS: &[&str] =
    &["mailer-daemon", "postmaster", "mailer_daemon", "maildaemon", "mail-daemon", "mdaemon"];

/// What such notices say of themselves, in the subject or at the beginning.
const SIGNS: &[&str] = &[
    "undeliver",
    "delivery fail",
    "delivery has failed",
    "failed delivery",
    "failure delivery",
    "delivery status notification",
    "delivery report",
    "delivery problem",
    "delivery delay",
    "delivery subsystem",
    "delivery notification",
    "delivery error",
    "delivery warning",
    "failure notice",
    "failed mail",
    "automatically rejected",
    "returned mail",
    "returned to sender",
    "returning message to sender",
    "could not be delivered",
    "not be delivered",
    "not delivered",
    "not yet been delivered",
    "user unknown",
    "unable to deliver",
    "wasn't able to deliver",
    "message delay",
    "message status",
    "delayed mail",
    "mail error",
    "mail failure",
    "mail failed",
    "non-delivery",
    "nondeliverable",
    "non-deliverable",
    "unzustellbar",
    "nicht zugestellt",
    "non remis",
    "non distribu",
    "no se pudo entregar",
    "no pudo ser entregado",
    "non recapitabile",
    "niet worden bezorgd",
    "не доставлено",
    "не может быть доставлено",
    "退信",
    "无法投递",
    "无法发送",
    "配信できません",
    "送信できません",
];

/// What a notice says that is only a warning: the server goes on trying.
const DELAYS: &[&str] = &[
    "warning: message",
    "warning: could not send",
    "this is a warning only",
    "delayed mail",
    "delivery delay",
    "has been delayed",
    "has been postponed",
    "not yet been delivered",
    "will be retried",
    "still being retried",
    "will continue trying",
    "will continue to try",
    "will keep trying",
    "do not need to resend",
    "no need to resend",
    "attempts will continue",
    "verzögert",
];

/// Lines after which the message that came back stands.
const RETURNED: &[&str] = &[
    "original message",
    "copy of the message",
    "copy of your message",
    "copy of the first part",
    "message header",
    "headers follow",
    "header of the original",
    "header of the source",
    "below this line",
    "returned message",
    "returned mail ---",
    "undelivered message",
    "unsent message",
    "non-delivered message",
    "the original message",
    "mensaje original",
    "mensagem original",
    "ursprüngliche nachricht",
    "message d'origine",
    "原邮件",
    "原信件",
    "the header and top",
];

/// Lines that name people who have nothing to do with the failure.
const OTHERS: &[&str] = &[
    "contact",
    "assistance",
    "questions",
    "help",
    "from:",
    "subject:",
    "message-id",
    "sent:",
    "reply",
    "mailto:",
];

/// Whether a mail server wrote it to say that something was not delivered.
pub(super) fn is_one(message: &Message<'_>, sender: &Mailbox, text: &str) -> bool {
    if headers::get(message, "X-Failed-Recipients").is_some() {
        return true;
    }
    let subject = message.subject().unwrap_or_default().to_lowercase();
    let says = |text: &str| SIGNS.iter().any(|sign| text.contains(sign));
    let begins = || says(&text.chars().take(BEGINNING).collect::<String>().to_lowercase());
    if is_named_server(sender) {
        return says(&subject) || begins();
    }
    // What answers for somebody who is away, or under a name like a person's, must bring back what did not arrive.
    let told = match is_server(message, sender) {
        true => says(&subject) || begins(),
        false => says(&subject) && !is_answer(message, &subject),
    };
    told && brings_it_back(message, text)
}

fn is_answer(message: &Message<'_>, subject: &str) -> bool {
    let refers = ["In-Reply-To", "References"].iter().any(|name| headers::get(message, name).is_some());
    refers || ["re:", "fw:", "fwd:", "aw:", "wg:"].iter().any(|it| subject.starts_with(it))
}

fn brings_it_back(message: &Message<'_>, text: &str) -> bool {
    let is_mail = |part: &MessagePart<'_>| {
        part.content_type().is_some_and(|kind| kind.c_type.eq_ignore_ascii_case("message"))
    };
    let lines = notice(text);
    let is_cut = lines.len() < text.lines().count().min(LINES);
    is_cut || lines.iter().any(|line| leading(line).is_some()) || message.parts.iter().skip(1).any(is_mail)
}

/// Whether the sender is a mail server: by its name, or because nothing may be answered to it.
pub(super) fn is_server(message: &Message<'_>, sender: &Mailbox) -> bool {
    let path = headers::raw(message, "Return-Path").unwrap_or_default().to_lowercase();
    let submitted = headers::get(message, "Auto-Submitted").unwrap_or_default().to_lowercase();
    is_named_server(sender)
        || path == "<>"
        || path.contains("mailer-daemon")
        || (!submitted.is_empty() && !submitted.starts_with("no"))
}

fn is_named_server(sender: &Mailbox) -> bool {
    let local = sender.address.split('@').next().unwrap_or_default().to_lowercase();
    let name = sender.name.as_deref().unwrap_or_default().to_lowercase();
    let named = name.contains("mail deliver") || name.contains("delivery subsystem");
    named || SERVERS.iter().any(|it| local.starts_with(it))
}

/// Each recipient that was not reached, in the words of a report.
pub(super) fn recipients(message: &Message<'_>, text: &str) -> Vec<Value> {
    let lines = notice(text);
    let subject = message.subject().unwrap_or_default();
    let action = if is_delay(subject, &lines) { "delayed" } else { "failed" };
    let named = headers::get(message, "X-Failed-Recipients").map(|list| addresses(&list)).unwrap_or_default();
    let strangers: Vec<String> =
        address::all(message.to()).into_iter().map(|it| it.address.to_lowercase()).collect();
    let mut found = if named.is_empty() { failed(&lines, &strangers) } else { named };
    found.truncate(RECIPIENTS);
    let told = found.iter().map(|address| {
        let said = said(&lines, address, &found);
        let mut fields = Map::new();
        fields.insert("final_recipient".into(), json!(address));
        fields.insert("action".into(), json!(action));
        let status = status(&said).or_else(|| lines.iter().find_map(|line| status(line)));
        fields.extend(status.map(|status| ("status".to_owned(), json!(status))));
        let expanded = ["expanded from", "generated from"].iter().find_map(|it| said.split_once(it));
        if let Some(original) = expanded.and_then(|(_, from)| addresses(from).into_iter().next()) {
            fields.insert("original_recipient".into(), json!(original));
        }
        if !said.is_empty() {
            fields.insert("diagnostic_code".into(), json!(said));
        }
        Value::Object(fields)
    });
    told.collect()
}

/// The lines before the message that came back.
fn notice(text: &str) -> Vec<&str> {
    let lines = text.lines().take(LINES).enumerate();
    let own = lines.take_while(|(at, line)| {
        let low = line.trim().to_lowercase();
        let is_header = low.starts_with("received: from") || low.starts_with("return-path:");
        let follows = low.ends_with('.') && low.contains("follow");
        let is_divider = low.starts_with(['-', '*', '=']) || low.ends_with([':', '-']) || follows;
        let returned = low.len() < 120
            && is_divider
            && !low.contains(" not ")
            && RETURNED.iter().any(|it| low.contains(it));
        // What a notice begins with is never the end of it.
        *at == 0 || !(is_header || returned)
    });
    own.map(|(_, line)| &line[..line.floor_char_boundary(LINE)]).collect()
}

fn is_delay(subject: &str, lines: &[&str]) -> bool {
    let low = format!("{subject}\n{}", lines.join(" ")).to_lowercase();
    DELAYS.iter().any(|delay| low.contains(delay))
}

/// The addresses that lines begin with; where none does, all that are named, but for whom the notice was sent to; else
/// those the message that came back was for.
fn failed(lines: &[&str], strangers: &[String]) -> Vec<String> {
    let speaks_of_others = |line: &&&str| {
        let low = line.trim().to_lowercase();
        low.starts_with("to:") || low.starts_with("cc:") || OTHERS.iter().any(|it| low.contains(it))
    };
    let useful = |address: &String| {
        let low = address.to_lowercase();
        let local = low.split('@').next().unwrap_or_default();
        !SERVERS.contains(&local) && !strangers.contains(&low)
    };
    let first = lines.iter().filter_map(|line| leading(line)).filter(useful);
    let first = unique(first);
    if !first.is_empty() {
        return first;
    }
    let any = lines.iter().filter(|line| !speaks_of_others(line)).flat_map(|line| reached_for(line));
    let any = unique(any.filter(useful));
    if !any.is_empty() {
        return any;
    }
    // Laid out as one line, heads stand wherever they fall.
    let heads = lines.iter().filter_map(|line| line.split_once("To: "));
    unique(heads.flat_map(|(_, line)| addresses(line)).filter(useful))
}

fn unique(addresses: impl Iterator<Item = String>) -> Vec<String> {
    let mut met: Vec<String> = Vec::new();
    for address in addresses {
        if !met.iter().any(|it| it.eq_ignore_ascii_case(&address)) {
            met.push(address);
        }
    }
    met
}

/// The address a line begins with, behind the signs that lists of recipients have, and before a colon or the end.
fn leading(line: &str) -> Option<String> {
    let line = line.trim();
    let bare = line.trim_start_matches(['<', '>', '*', '[', '-', '•', ' ', '\t', '\'', '"']);
    let low = bare.to_lowercase();
    let labels = ["recipient:", "failed recipient:", "recipient address:", "error-for:", "smtp:", "rfc822;"];
    let bare =
        labels.iter().find(|it| low.starts_with(*it)).and_then(|it| bare.get(it.len()..)).unwrap_or(bare);
    let bare = bare.trim_start_matches(['<', '[', ' ', '\t']);
    let bare = bare.strip_prefix("SMTP:").unwrap_or(bare);
    let address = addresses(bare).into_iter().next().filter(|address| bare.starts_with(&**address))?;
    let rest = bare[address.len()..].trim_start_matches(['>', ']', '\'', '"', ')']).trim_start();
    let listed = rest.is_empty()
        || rest.starts_with("on ")
        || rest.starts_with([':', ';', ',', '(', '-', '.', '<', '\u{ff1a}']);
    listed.then_some(address)
}

/// The addresses in a line, but for those something came from.
fn reached_for(line: &str) -> Vec<String> {
    let from = |address: &String| {
        let at = line.find(&**address).unwrap_or_default();
        let before = line[..at].trim_end_matches(['<', '"', '\'', ':', ' ']).to_lowercase();
        before.ends_with("from") && !before.ends_with("generated from") && !before.ends_with("expanded from")
    };
    addresses(line).into_iter().filter(|address| !from(address)).collect()
}

/// The addresses in a text.
fn addresses(text: &str) -> Vec<String> {
    let fits = |c: char| c.is_alphanumeric() || "!#$%&*+-/?^_{|}~.".contains(c);
    let found = text.match_indices('@').filter_map(|(at, _)| {
        let start = text[..at]
            .rfind(|c: char| !fits(c))
            .map_or(0, |it| it + text[it..].chars().next().map_or(1, char::len_utf8));
        let end = text[at + 1..].find(|c: char| !(c.is_alphanumeric() || "-.".contains(c)));
        let end = end.map_or(text.len(), |it| at + 1 + it);
        let local = text[start..at].trim_start_matches(['=', '*', '-', '.']);
        let domain = text[at + 1..end].trim_end_matches(['.', '-']);
        let whole = !local.is_empty() && domain.contains('.') && !domain.contains("..");
        whole.then(|| format!("{local}@{domain}"))
    });
    found.collect()
}

/// What the server said of a recipient: behind the address, and the lines up to the next recipient or empty line.
fn said(lines: &[&str], address: &str, all: &[String]) -> String {
    let of = |line: &str, who: &str| line.to_lowercase().contains(&who.to_lowercase());
    let Some(at) = lines.iter().position(|line| of(line, address)) else { return String::new() };
    let behind = lines[at].to_lowercase().rfind(&address.to_lowercase()).map(|it| it + address.len());
    let behind = behind.and_then(|it| lines[at].get(it..)).unwrap_or_default();
    let behind = behind.trim_start_matches(['>', ']', ')', ':', ';', ',', '"', '\'', ' ']);
    let next = |line: &&&str| {
        line.trim().is_empty() || leading(line).is_some_and(|it| it != address && all.contains(&it))
    };
    let after = lines[at + 1..].iter().take_while(|line| !next(line)).copied();
    let near = joined(std::iter::once(behind).chain(after));
    if near.chars().any(char::is_alphanumeric) {
        return near;
    }
    let blank = lines[at + 1..].iter().take_while(|line| line.trim().is_empty()).count();
    let below = lines[at + 1 + blank..].iter().take_while(|line| !next(line)).copied();
    joined(below)
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    words.join(" ").chars().take(SAID).collect()
}

/// An enhanced status code (RFC 3463), wherever it stands.
pub(super) fn status(text: &str) -> Option<&str> {
    let mut candidates =
        text.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|it| it.trim_matches('.'));
    candidates.find(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        let small = |part: &&str| !part.is_empty() && part.len() <= 3;
        parts.len() == 3 && matches!(parts[0], "2" | "4" | "5") && parts[1..].iter().all(small)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_not_reached_is_read_from_prose() {
        let text = "Hi. This is the qmail-send program at x.example.\n\n<ann@x.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n<bob@x.example>:\nOver quota.\n\n--- Below this line is a copy of the message.\n\nTo: cyd@x.example\n";
        let lines = notice(text);
        let found = failed(&lines, &[]);
        assert_eq!(found, ["ann@x.example", "bob@x.example"]);
        assert_eq!(said(&lines, "ann@x.example", &found), "Sorry, no mailbox here by that name. (#5.1.1)");
        assert_eq!(said(&lines, "bob@x.example", &found), "Over quota.");
        assert_eq!(status("no mailbox (#5.1.1)"), Some("5.1.1"));
        assert_eq!(status("10.5.1.1 and 2006"), None);
    }

    #[test]
    fn whom_the_notice_was_sent_to_has_not_failed() {
        let lines = ["Your message from us@acme.example to ann@x.example was not delivered."];
        assert_eq!(failed(&lines, &["us@acme.example".into()]), ["ann@x.example"]);
        assert_eq!(leading("  Recipient: [SMTP:ann@x.example]").as_deref(), Some("ann@x.example"));
        assert_eq!(leading("ann@x.example says hello"), None);
    }
}
