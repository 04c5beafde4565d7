//! A digest for one person, as text and as looks that mail programs of all ages show: tables, styles in place, nothing from elsewhere,
//! nothing that tells whether it was opened.

use conversations::{
    digests::Digest,
    outbox::Issue,
    pieces::{Kind, Piece},
};
use model::StaffId;

/// What every copy of a digest is written with.
pub struct Ink<'a> {
    /// The digest.
    pub digest: &'a Digest,
    /// All pieces.
    pub pieces: &'a [Piece],
    /// Names of topics by their keys.
    pub topics: &'a [(String, String)],
    /// Who sends it.
    pub sender: &'a str,
    /// For whom.
    pub organisation: &'a str,
    /// Where it is by post, if it has to be said.
    pub postal: &'a str,
    /// Names of us.
    pub staff: &'a [(StaffId, String)],
}

/// The words of a copy, twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// As text.
    pub text: String,
    /// With its looks.
    pub html: String,
}

/// Writes one copy; `preferences` is where its reader says what they want to hear.
pub fn write(ink: &Ink<'_>, issue: &Issue, preferences: &str) -> Written {
    let chosen: Vec<&Piece> =
        issue.pieces.iter().filter_map(|id| ink.pieces.iter().find(|it| it.id == *id)).collect();
    Written { text: text(ink, issue, &chosen, preferences), html: html(ink, issue, &chosen, preferences) }
}

fn greeting(issue: &Issue) -> String {
    let first = issue.name.as_deref().and_then(|it| it.split_whitespace().next());
    first.map_or_else(|| "Hello,".to_owned(), |first| format!("Hello {first},"))
}

fn by_whom(ink: &Ink<'_>, piece: &Piece) -> Option<String> {
    let name =
        ink.staff.iter().find(|(id, _)| Some(*id) == piece.recommended_by).map(|(_, name)| name.as_str());
    let told = match piece.kind {
        Kind::Story => "Told by somebody who comes to us".to_owned(),
        _ => String::new(),
    };
    let why = match (piece.why.trim(), name) {
        ("", None) => String::new(),
        ("", Some(name)) => format!("Recommended by {name}"),
        (why, None) => why.to_owned(),
        (why, Some(name)) => format!("{why} \u{2013} {name}"),
    };
    let parts: Vec<String> = [told, why].into_iter().filter(|it| !it.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(". "))
}

fn asked_for(ink: &Ink<'_>, issue: &Issue) -> String {
    let name = |key: &String| {
        ink.topics.iter().find(|(it, _)| it == key).map_or(key.clone(), |(_, name)| name.clone())
    };
    let names: Vec<String> = issue.topics.iter().map(|it| format!("\u{201c}{}\u{201d}", name(it))).collect();
    names.join(" and ")
}

fn text(ink: &Ink<'_>, issue: &Issue, chosen: &[&Piece], preferences: &str) -> String {
    let mut parts = vec![greeting(issue)];
    parts.extend(Some(ink.digest.intro.trim().to_owned()).filter(|it| !it.is_empty()));
    for piece in chosen {
        let mut lines = vec![piece.title.clone(), "-".repeat(piece.title.chars().count().min(60))];
        lines.extend([piece.words.clone(), piece.link.clone()].into_iter().filter(|it| !it.is_empty()));
        lines.extend(by_whom(ink, piece).map(|it| format!("({it})")));
        parts.push(lines.join("\n"));
    }
    let question = ink.digest.question.trim();
    if !question.is_empty() {
        parts.push(format!("{question}\nJust answer this mail: {} reads it.", ink.sender));
    }
    parts.push(format!("-- \n{}\n{}", ink.sender, ink.organisation));
    let mut why = format!(
        "You get this because you asked for {}.\nLess, more, or nothing at all: {preferences}",
        asked_for(ink, issue)
    );
    if !ink.postal.is_empty() {
        why.push_str(&format!("\n{}", ink.postal));
    }
    parts.push(why);
    parts.join("\n\n") + "\n"
}

const PLAIN: &str =
    "font-family:Georgia,'Times New Roman',serif;font-size:17px;line-height:1.55;color:#26211b";
const SMALL: &str = "font-family:Arial,Helvetica,sans-serif;font-size:13px;line-height:1.5;color:#665c50";
const TITLE: &str = "font-family:Georgia,'Times New Roman',serif;font-size:22px;line-height:1.25;color:#26211b;margin:0 0 8px";

fn html(ink: &Ink<'_>, issue: &Issue, chosen: &[&Piece], preferences: &str) -> String {
    let mut rows = String::new();
    let mut row = |content: String| {
        rows.push_str("<tr><td style=\"padding:0 24px 24px\">");
        rows.push_str(&content);
        rows.push_str("</td></tr>");
    };
    row(format!(
        "<p style=\"{PLAIN};margin:24px 0 0\">{}</p>{}",
        safe(&greeting(issue)),
        paragraphs(&ink.digest.intro, PLAIN)
    ));
    for piece in chosen {
        let title = match piece.link.as_str() {
            "" => safe(&piece.title),
            link => format!("<a href=\"{}\" style=\"color:#a83e1b\">{}</a>", safe(link), safe(&piece.title)),
        };
        let below =
            by_whom(ink, piece).map(|it| format!("<p style=\"{SMALL};margin:8px 0 0\">{}</p>", safe(&it)));
        row(format!(
            "<h2 style=\"{TITLE}\">{title}</h2>{}{}",
            paragraphs(&piece.words, PLAIN),
            below.unwrap_or_default()
        ));
    }
    if !ink.digest.question.trim().is_empty() {
        row(format!(
            "<div style=\"border-left:3px solid #a83e1b;padding:4px 0 4px 16px\">{}<p style=\"{SMALL};margin:8px 0 0\">Just answer this mail: {} reads it.</p></div>",
            paragraphs(&ink.digest.question, PLAIN),
            safe(ink.sender)
        ));
    }
    row(format!("<p style=\"{PLAIN};margin:0\">{}<br>{}</p>", safe(ink.sender), safe(ink.organisation)));
    let postal = match ink.postal {
        "" => String::new(),
        postal => format!("<br>{}", safe(postal).replace('\n', "<br>")),
    };
    row(format!(
        "<p style=\"{SMALL};margin:0;border-top:1px solid #e2d8c6;padding-top:16px\">You get this because you asked for {}.<br><a href=\"{}\" style=\"color:#665c50\">Less, more, or nothing at all</a>{postal}</p>",
        safe(&asked_for(ink, issue)),
        safe(preferences)
    ));
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title></head>\
        <body style=\"margin:0;padding:0;background:#faf6ee\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background:#faf6ee\"><tr><td align=\"center\">\
        <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"max-width:600px;background:#fffdf8\">{rows}</table></td></tr></table></body></html>",
        safe(&ink.digest.subject)
    )
}

fn paragraphs(text: &str, style: &str) -> String {
    let parts = text.trim().split("\n\n").map(str::trim).filter(|it| !it.is_empty());
    parts
        .map(|it| format!("<p style=\"{style};margin:12px 0 0\">{}</p>", safe(it).replace('\n', "<br>")))
        .collect()
}

fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use conversations::digests::State;
    use model::{DigestId, MailboxId, PieceId, Time};

    use super::*;

    fn digest() -> Digest {
        Digest {
            id: DigestId::from_uuid(Default::default()),
            subject: "New roasts".into(),
            intro: "Spring is here.\n\nSo are the beans.".into(),
            question: "Which one did you like?".into(),
            topics: Vec::new(),
            mailbox: MailboxId::from_uuid(Default::default()),
            by: StaffId::from_uuid(Default::default()),
            state: State::Draft,
            starts_at: Time::from_seconds(0),
            expires_at: Time::from_seconds(9),
            per_minute: 60,
        }
    }

    fn piece(title: &str, words: &str) -> Piece {
        Piece {
            id: PieceId::derived(&[title.as_bytes()]),
            kind: Kind::Other,
            topic: "roasts".into(),
            language: String::new(),
            title: title.into(),
            words: words.into(),
            link: "https://example.com/?a=1&b=\"2\"".into(),
            why: "It explains the crema".into(),
            recommended_by: Some(StaffId::from_uuid(Default::default())),
            made_at: Time::from_seconds(0),
            made_by: StaffId::from_uuid(Default::default()),
            ready_at: None,
            ended_at: None,
        }
    }

    #[test]
    fn a_copy_says_from_whom_why_and_how_to_stop_it_and_nothing_in_it_runs() {
        let (digest, pieces) = (digest(), [piece("Crema <script>", "Half & half")]);
        let staff = [(StaffId::from_uuid(Default::default()), "Ines Okafor".to_owned())];
        let topics = [("roasts".to_owned(), "New roasts".to_owned())];
        let ink = Ink {
            digest: &digest,
            pieces: &pieces,
            topics: &topics,
            sender: "Ines Okafor",
            organisation: "Lantern Row",
            postal: "1 Row\nTown",
            staff: &staff,
        };
        let issue = Issue {
            digest: digest.id,
            pieces: vec![pieces[0].id],
            topics: vec!["roasts".into()],
            name: Some("Ann Wu".into()),
        };
        let Written { text, html } = write(&ink, &issue, "https://us.example/preferences/x");
        for words in [
            "Hello Ann,",
            "Half & half",
            "It explains the crema \u{2013} Ines Okafor",
            "Which one did you like?",
            "because you asked for \u{201c}New roasts\u{201d}",
            "https://us.example/preferences/x",
            "1 Row",
        ] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
        assert!(!html.contains("<script>") && html.contains("Crema &lt;script&gt;"), "{html}");
        assert!(
            html.contains("href=\"https://example.com/?a=1&amp;b=&quot;2&quot;\"") && !html.contains("<img")
        );
        assert!(html.contains("So are the beans.") && html.contains("Half &amp; half"));
    }
}
