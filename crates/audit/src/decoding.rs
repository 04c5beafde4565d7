//! Mails whose words are not stored as they read: in base64, in quoted-printable, in HTML, in an older encoding.

use language::Kind;
use mail_parser::{Message, MessageParser, PartType};

/// What tells, in small letters, that words are stored otherwise.
const SIGNS: [&[u8]; 4] =
    [b"content-transfer-encoding: quoted", b"content-transfer-encoding: base64", b"text/html", b"=?"];

/// The words of a mail, as they read.
pub struct Decoded {
    /// The subject, and what was written.
    pub text: String,
    /// As what they are read.
    pub kind: Kind,
}

/// The words of a mail; nothing where they are stored as they read, so that each has its place in the file.
pub fn decoded(mail: &[u8]) -> Option<Decoded> {
    let lower = mail.to_ascii_lowercase();
    let is_plain = std::str::from_utf8(mail).is_ok()
        && !SIGNS.iter().any(|it| memchr::memmem::find(&lower, it).is_some());
    if is_plain {
        return None;
    }
    // What every mail of a mailbox begins with is no part of it.
    let start = if mail.starts_with(b"From ") { memchr::memchr(b'\n', mail)? + 1 } else { 0 };
    let message = MessageParser::default().parse(mail.get(start..)?)?;
    let subject = message.subject().unwrap_or_default().replace(['\r', '\n'], " ");
    let plain = texts(&message);
    Some(if plain.is_empty() {
        let html: Vec<_> = (0..message.html_body_count()).filter_map(|it| message.body_html(it)).collect();
        let subject = subject.replace('&', "&amp;").replace('<', "&lt;");
        Decoded { text: format!("<h1>{subject}</h1>\n{}", html.join("\n")), kind: Kind::Html }
    } else {
        Decoded { text: format!("Subject: {subject}\n\n{}", plain.join("\n\n")), kind: Kind::Mail }
    })
}

// Not files that go with it, nor what was made of its HTML.
fn texts(message: &Message<'_>) -> Vec<String> {
    let parts = message.text_body.iter().filter_map(|it| message.parts.get(*it as usize));
    let texts = parts.filter_map(|it| match &it.body {
        PartType::Text(text) => Some(text.replace("\r\n", "\n")),
        _ => None,
    });
    texts.filter(|it| !it.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use language::Auditor;

    use super::*;

    fn found(mail: &[u8]) -> Vec<String> {
        let it = decoded(mail).unwrap();
        Auditor::shipped().audit(&it.text, it.kind).findings.into_iter().map(|it| it.found).collect()
    }

    #[test]
    fn words_are_read_however_they_are_stored() {
        let quoted =
            b"From x Tue\nSubject: =?utf-8?q?Our_us=65rs?=\nContent-Transfer-Encoding: quoted-printable\n\n\
            Then we uti=\nlize it.\n\n> We utilize it.\n";
        assert_eq!(found(quoted), ["users", "utilize"], "and what they answered to is not ours");
        let base64 =
            b"Subject: a\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n\
            VGhlbiB3ZSB1dGlsaXplIGl0Lg==\n";
        assert_eq!(found(base64), ["utilize"]);
        let html = b"Subject: a\nContent-Type: text/html\n\n<p>Then we utilize it.</p><code>utilize</code>\n";
        assert_eq!(found(html), ["utilize"]);
        assert_eq!(
            found(b"Subject: a\nContent-Type: text/plain; charset=latin1\n\nCaf\xe9s: we utilize it.\n"),
            ["utilize"]
        );
    }

    #[test]
    fn what_reads_as_it_is_stored_keeps_its_places() {
        assert!(decoded(b"Subject: a\n\nThen we utilize it.\n").is_none());
    }

    #[test]
    fn files_that_go_with_a_mail_are_not_its_words() {
        let mail =
            b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\
            Content-Transfer-Encoding: quoted-printable\n\nHello.\n--b\nContent-Type: message/rfc822\n\n\
            Subject: We utilize it\n\nThen we utilize it.\n--b\nContent-Type: text/plain\n\
            Content-Disposition: attachment; filename=a.txt\n\nThen we utilize it.\n--b--\n";
        assert_eq!(found(mail), Vec::<String>::new());
    }
}
