//! Where the quoted tail of a message begins: only a quote that runs to the end, with something new before it.
//! The place is a mark for folding on the screen; nothing is ever cut off.

/// How lines that introduce a quote begin.
const OPENERS: &[&str] = &[
    "on ",
    "am ",
    "le ",
    "el ",
    "il ",
    "op ",
    "den ",
    "em ",
    "w dniu",
    "dnia ",
    "at ",
    "från:",
    "vào ",
    "στις ",
    "în ",
];

/// What lines that introduce a quote say.
const VERBS: &[&str] = &[
    "wrote",
    "writes",
    "schrieb",
    "a écrit",
    "escribió",
    "ha scritto",
    "schreef",
    "napisał",
    "skrev",
    "escreveu",
    "geschreven",
    "pisze",
    "kirjoitti",
    "napsal",
    "ezt írta",
    "a scris",
    "написал",
    "пишет",
    "пише",
    "yazdı",
    "έγραψε",
    "đã viết",
    "כתב",
    "كتب",
    "写道",
    "寫道",
    "さんは書きました",
    "작성",
];

/// Lines above a quoted message in programs that do not mark its lines.
const DIVIDERS: &[&str] = &[
    "original message",
    "ursprüngliche nachricht",
    "message d'origine",
    "mensaje original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "mensagem original",
    "oprindelig meddelelse",
    "opprinnelig melding",
    "ursprungligt meddelande",
    "wiadomość oryginalna",
    "původní zpráva",
    "eredeti üzenet",
    "исходное сообщение",
    "оригінальне повідомлення",
    "原始邮件",
    "原始郵件",
    "原邮件",
    "元のメッセージ",
    "원본 메시지",
];

/// Lines above a message that is passed on: it is what the mail is about, and never folded.
const FORWARDS: &[&str] = &[
    "forwarded message",
    "begin forwarded message",
    "weitergeleitete nachricht",
    "message transféré",
    "mensaje reenviado",
    "messaggio inoltrato",
    "doorgestuurd bericht",
    "mensagem encaminhada",
    "пересылаемое сообщение",
    "转发的邮件",
];

/// Header lines of a quoted message: from whom, when, and to whom or about what.
const HEADS: &[&[&str]] = &[
    &[
        "from:",
        "von:",
        "de :",
        "de:",
        "da:",
        "van:",
        "från:",
        "fra:",
        "od:",
        "от:",
        "від:",
        "lähettäjä:",
        "feladó:",
        "kimden:",
        "από:",
        "发件人",
        "寄件者",
        "寄件人",
        "差出人",
        "보낸 사람",
    ],
    &[
        "sent:",
        "date:",
        "gesendet:",
        "datum:",
        "envoyé",
        "date :",
        "enviad",
        "fecha:",
        "data:",
        "inviato:",
        "verzonden:",
        "skickat:",
        "sendt:",
        "dato:",
        "wysłano:",
        "odesláno:",
        "отправлено:",
        "дата:",
        "надіслано:",
        "lähetetty:",
        "küldve:",
        "gönderildi:",
        "ημερομηνία:",
        "发送时间",
        "发送日期",
        "日期",
        "寄件日期",
        "送信日時",
        "日付",
        "보낸 날짜",
    ],
    &[
        "to:",
        "an:",
        "à :",
        "à:",
        "para:",
        "a:",
        "aan:",
        "till:",
        "til:",
        "do:",
        "komu:",
        "кому:",
        "vastaanottaja:",
        "címzett:",
        "kime:",
        "προς:",
        "收件人",
        "收件者",
        "宛先",
        "받는 사람",
        "subject:",
        "betreff:",
        "objet",
        "asunto:",
        "oggetto:",
        "onderwerp:",
        "ämne:",
        "emne:",
        "temat:",
        "předmět:",
        "assunto:",
        "тема:",
        "aihe:",
        "tárgy:",
        "konu:",
        "θέμα:",
        "主题",
        "主題",
        "主旨",
        "件名",
        "제목",
    ],
];

/// Marks in the HTML of mail programs; a plain `<blockquote>` is none, as people quote poems with it.
const MARKS: &[&str] = &[
    "class=\"gmail_quote",
    "id=\"appendonsend\"",
    "id=\"divrplyfwdmsg\"",
    "class=\"moz-cite-prefix\"",
    "blockquote type=\"cite\"",
    "class=\"protonmail_quote",
    "class=\"yahoo_quoted",
    "id=\"yahoo_quoted",
    "class=\"qq_quote",
    "border-top:solid #e1e1e1 1.0pt",
    "border-top:solid #b5c4df 1.0pt",
];

/// A line and where it begins.
struct Line<'a> {
    start: usize,
    text: &'a str,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
    fn is_quoted(&self) -> bool {
        self.text.trim_start().starts_with('>')
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let line = |text| {
        let line = Line { start, text };
        start += line.text.len() + 1;
        line
    };
    text.split('\n').map(line).collect()
}

/// In plain text: the byte where the tail begins.
pub(super) fn in_text(text: &str) -> Option<usize> {
    tail(text, false)
}

/// In HTML laid out as text, where `>` may stand before a poem: a tail must be introduced.
pub(super) fn in_page(text: &str) -> Option<usize> {
    tail(text, true)
}

fn tail(text: &str, introduced: bool) -> Option<usize> {
    let lines = lines(text);
    let first = match divider(&lines) {
        Some(at) => at,
        None => marked_tail(&lines, introduced)?,
    };
    let before = &lines[..first];
    let answered_within = before.iter().any(Line::is_quoted);
    let something_new = before.iter().any(|line| !line.is_blank());
    (something_new && !answered_within).then(|| lines[first].start)
}

/// Lines marked with `>` up to the end, and the line that introduces them.
fn marked_tail(lines: &[Line<'_>], introduced: bool) -> Option<usize> {
    let last = lines.iter().rposition(|line| !line.is_blank())?;
    if !lines[last].is_quoted() {
        return None;
    }
    let new = lines[..last].iter().rposition(|line| !line.is_blank() && !line.is_quoted());
    let first = new.map_or(0, |new| new + 1);
    let first = first + lines[first..].iter().position(Line::is_quoted)?;
    introduction(&lines[..first]).or((!introduced).then_some(first))
}

/// Where the up to three lines begin that say who is quoted.
fn introduction(before: &[Line<'_>]) -> Option<usize> {
    let end = before.iter().rposition(|line| !line.is_blank())?;
    let starts = (0..3).filter_map(|back| end.checked_sub(back)).take_while(|at| !before[*at].is_blank());
    let all: Vec<(usize, String)> = starts.map(|at| (at, joined(&before[at..=end]))).collect();
    // A line may be broken within the brackets of an address; its introduction begins where they open.
    let all: Vec<_> =
        all.into_iter().filter(|(_, text)| text.matches('<').count() == text.matches('>').count()).collect();
    let opened =
        all.iter().find(|(_, text)| closes(text) && OPENERS.iter().any(|opener| text.starts_with(opener)));
    let said = || all.iter().find(|(_, text)| closes(text) && (says_so(text) || is_dated(text)));
    opened.or_else(said).map(|(at, _)| *at)
}

/// Lines as one, without the marks that turn the direction of writing.
fn joined(lines: &[Line<'_>]) -> String {
    let words = lines.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join(" ").to_lowercase();
    words.chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')).collect()
}

/// Whether words end as those do that introduce somebody else's.
fn closes(text: &str) -> bool {
    let ruled = text.starts_with("----") && text.ends_with("----");
    text.len() < 400 && (text.ends_with([':', '：']) || ruled)
}

fn says_so(text: &str) -> bool {
    VERBS.iter().any(|verb| text.contains(verb))
}

/// Whether words name somebody's address and a day, whatever language they are in.
fn is_dated(text: &str) -> bool {
    text.contains('@') && text.contains(|c: char| c.is_ascii_digit())
}

/// Whether these lines introduce a quote whose own lines are not marked.
fn introduces(lines: &[Line<'_>]) -> bool {
    let ends = |line: &Line<'_>| line.text.trim_end().ends_with([':', '：', '-']);
    let last = lines.iter().take(3).position(ends);
    let Some(last) = last.filter(|last| !lines[..*last].iter().any(Line::is_blank)) else { return false };
    let text = joined(&lines[..=last]);
    closes(&text) && says_so(&text) && is_dated(&text)
}

/// The line above an unmarked quote that runs to the end.
fn divider(lines: &[Line<'_>]) -> Option<usize> {
    let marked = lines.iter().rposition(Line::is_quoted);
    let unmarked = |at: usize| marked.is_none_or(|marked| marked < at);
    lines.iter().enumerate().find_map(|(at, line)| {
        let low = line.text.trim().to_lowercase();
        let dashed = low.starts_with("---") || low.starts_with("___");
        if dashed && FORWARDS.iter().any(|forward| low.contains(forward)) {
            return Some(None);
        }
        let divides = dashed && DIVIDERS.iter().any(|divider| low.contains(divider));
        let blank_above = at == 0 || lines[at - 1].is_blank() || lines[at - 1].text.starts_with("____");
        let heads = blank_above && (is_head(&lines[at..]) || unmarked(at) && introduces(&lines[at..]));
        let above = at.checked_sub(1).filter(|above| heads && lines[*above].text.starts_with("____"));
        (divides || heads).then_some(Some(above.unwrap_or(at)))
    })?
}

/// Whether these lines are the headers of a message pasted below an answer.
fn is_head(lines: &[Line<'_>]) -> bool {
    let low = |line: &Line<'_>| line.text.trim().trim_start_matches('*').to_lowercase().replace(":*", ":");
    let begins = |line: &Line<'_>, words: &[&str]| {
        let low = low(line);
        words.iter().any(|word| low.starts_with(word))
    };
    let Some(first) = lines.first().filter(|line| begins(line, HEADS[0]) || begins(line, HEADS[1])) else {
        return false;
    };
    first.text.len() < 300 && HEADS.iter().all(|words| lines.iter().take(6).any(|line| begins(line, words)))
}

/// In HTML: the byte of the first mark of a mail program.
pub(super) fn in_html(html: &str) -> Option<usize> {
    let low = html.to_ascii_lowercase();
    let found = MARKS.iter().filter_map(|mark| low.find(mark)).min()?;
    low[..found].rfind('<')
}

/// Whether what follows the mark is a quote up to the end with something new before it, and no forward.
pub(super) fn of_marked(before: &str, after: &str) -> bool {
    let is_forward = after.lines().take(4).any(|line| {
        let low = line.to_lowercase();
        FORWARDS.iter().any(|forward| low.contains(forward))
    });
    let mut quoted = after.lines().skip_while(|line| !line.starts_with('>'));
    let new_after = quoted.any(|line| !line.trim().is_empty() && !line.starts_with('>'));
    !before.trim().is_empty() && !is_forward && !new_after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str) -> Option<&str> {
        in_text(text).map(|at| &text[at..])
    }

    #[test]
    fn a_quote_at_the_end_is_found_with_its_introduction() {
        assert_eq!(
            rest("Yes.\n\nOn Monday, Ann wrote:\n> Coming?\n> \n\n> Ann\n"),
            Some("On Monday, Ann wrote:\n> Coming?\n> \n\n> Ann\n")
        );
        assert_eq!(
            rest("Ja.\n\nAm 1.3.2026 um 10:00\nschrieb Ann <a@x>:\n> Kommst du?"),
            Some("Am 1.3.2026 um 10:00\nschrieb Ann <a@x>:\n> Kommst du?")
        );
        assert_eq!(rest("Yes\n> Coming?"), Some("> Coming?"));
    }

    #[test]
    fn what_is_answered_line_by_line_is_all_shown() {
        assert_eq!(rest("> Coming?\nYes\n> Bringing cake?\nNo"), None);
        assert_eq!(rest("> Coming?\nYes\n> Thanks"), None);
        assert_eq!(rest("> Coming?\n\nYes, I am."), None);
        assert_eq!(rest("> only a quote\n> and nothing else"), None);
    }

    #[test]
    fn unmarked_quotes_of_office_programs_are_found() {
        let outlook =
            "Fine.\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Bob\nSubject: x\n\nHi";
        assert!(rest(outlook).unwrap().starts_with("-----Original"));
        let german = "Gut.\n\n________________________________\nVon: Ann\nGesendet: Montag\nAn: Bob\nBetreff: x\n\nHallo";
        assert!(rest(german).unwrap().starts_with("____"));
        assert_eq!(
            rest(
                "See below.\n\n---------- Forwarded message ---------\nFrom: Ann\nDate: Monday\nTo: Bob\n\nHi"
            ),
            None
        );
        assert_eq!(rest("From: here to there it is far.\nYes."), None);
    }

    #[test]
    fn marks_of_mail_programs_are_found_and_poems_left_alone() {
        let html =
            "<p>Yes</p><div class=\"gmail_quote\">On Monday Ann wrote:<blockquote>Coming?</blockquote></div>";
        assert_eq!(in_html(html), Some(10));
        assert_eq!(in_html("<p>x</p><blockquote>poem</blockquote>"), None);
        assert_eq!(in_page("x\n\n> poem"), None);
        assert_eq!(in_page("x\n\n5.1.2026, \"Ann\" <ann@x.example>:\n\n> words"), Some(3));
        assert!(of_marked("Yes", "On Monday Ann wrote:\n> Coming?\n"));
        assert!(!of_marked("Yes", "On Monday Ann wrote:\n> Coming?\nNo\n"));
        assert!(!of_marked("", "> all quoted"));
        assert!(!of_marked("See", "---------- Forwarded message ---------\nHi"));
    }
}
