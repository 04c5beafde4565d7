//! Mail as people's programs write it.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use std::sync::atomic::{AtomicU32, Ordering};

use mail_parser::MessageParser;

/// A mail, as bytes.
#[derive(Clone)]
pub struct Letter {
    bytes: Vec<u8>,
}

/// A plain mail of somebody's.
pub fn letter(from: &str, to: &str, subject: &str, text: &str) -> Letter {
    written(from, to, subject, "", text)
}

/// The same with more headers.
pub fn written(from: &str, to: &str, subject: &str, headers: &str, text: &str) -> Letter {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let id = format!("<{}.{}@mua.example>", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let date = model::World::real().now().timestamp().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let name = from.split('-').next().unwrap_or_default();
    let bytes = format!(
        "From: {name} <{from}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: {id}\r\n{headers}\r\n{text}"
    );
    Letter { bytes: bytes.into_bytes() }
}

impl Letter {
    /// From its bytes.
    pub fn read(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A header, on one line; empty if it has none.
    pub fn header(&self, name: &str) -> String {
        let message = MessageParser::default().parse(&self.bytes).unwrap();
        let raw = message.headers_raw().find(|(it, _)| it.eq_ignore_ascii_case(name));
        raw.map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default()
    }

    /// Its Message-ID.
    pub fn id(&self) -> String {
        self.header("Message-ID")
    }

    /// Its subject.
    pub fn subject(&self) -> String {
        MessageParser::default().parse(&self.bytes).unwrap().subject().unwrap_or_default().to_owned()
    }

    /// The first address it goes to.
    pub fn to(&self) -> String {
        let message = MessageParser::default().parse(&self.bytes).unwrap();
        message.to().unwrap().first().unwrap().address().unwrap().to_owned()
    }

    /// What it says.
    pub fn text(&self) -> String {
        let message = MessageParser::default().parse(&self.bytes).unwrap();
        message.body_text(0).unwrap_or_default().into_owned()
    }

    /// What somebody answers, as every program does: to Reply-To or From, with the ids of the thread.
    pub fn reply(&self, from: &str, text: &str) -> Letter {
        let message = MessageParser::default().parse(&self.bytes).unwrap();
        let to =
            message.reply_to().or(message.from()).unwrap().first().unwrap().address().unwrap().to_owned();
        let references = format!("{} {}", self.header("References"), self.id());
        let headers = format!("In-Reply-To: {}\r\nReferences: {}\r\n", self.id(), references.trim());
        let subject = self.subject();
        let subject = if subject.starts_with("Re: ") { subject } else { format!("Re: {subject}") };
        written(from, &to, &subject, &headers, text)
    }
}

/// A mail whose program gave it no id.
pub fn without_id(from: &str, to: &str, subject: &str, text: &str) -> Letter {
    let whole = String::from_utf8(letter(from, to, subject, text).bytes).unwrap();
    let lines = whole.split_inclusive("\r\n").filter(|line| !line.starts_with("Message-ID:"));
    Letter { bytes: lines.collect::<String>().into_bytes() }
}

/// What Postfix writes when a mail that it took cannot be delivered after all (RFC 3464).
pub fn bounce(to: &str, failed: &str, about: &Letter) -> String {
    let id = about.id();
    format!(
        "Received: from mail.customer.example by mail.localhost; {date}\r\n\
         From: MAILER-DAEMON@mail.customer.example (Mail Delivery System)\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nTo: {to}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"edge\"\r\nDate: {date}\r\n\
         Message-Id: <{failed}.report@mail.customer.example>\r\n\r\n--edge\r\nContent-Description: Notification\r\n\
         Content-Type: text/plain; charset=us-ascii\r\n\r\nThis is the mail system at host mail.customer.example.\r\n\
         <{failed}>: host said: 552 5.2.2 mailbox is full\r\n\r\n--edge\r\nContent-Description: Delivery report\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.customer.example\r\n\r\n\
         Final-Recipient: rfc822; {failed}\r\nOriginal-Recipient: rfc822;{failed}\r\nAction: failed\r\nStatus: 5.2.2\r\n\
         Diagnostic-Code: smtp; 552 5.2.2 mailbox is full\r\n\r\n--edge\r\nContent-Description: Undelivered Message Headers\r\n\
         Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\nSubject: {subject}\r\n\r\n--edge--\r\n",
        date = about.header("Date"),
        subject = about.subject(),
    )
}
