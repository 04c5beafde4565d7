//! What we say by mail, as bytes for mail servers.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Message,
    message::{
        Attachment, Body, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use model::Time;

use super::{Mailbox, Signer, SigningError};

/// A mail to be sent.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    /// Its id, in angle brackets; decided before the first try, so that a second try is the same mail.
    pub id: String,
    /// When it was written.
    pub at: Time,
    /// Who writes.
    pub from: Option<Mailbox>,
    /// Where answers go, if not to the writer's address.
    pub reply_to: Option<String>,
    /// To whom.
    pub to: Vec<Mailbox>,
    /// Who gets a copy.
    pub cc: Vec<Mailbox>,
    /// Its subject.
    pub subject: String,
    /// The id of the mail it answers.
    pub in_reply_to: Option<String>,
    /// The ids of its thread, the oldest first.
    pub references: Vec<String>,
    /// What it says.
    pub text: String,
    /// The same with its looks, if it has any.
    pub html: Option<String>,
    /// Files that go with it.
    pub files: Vec<Enclosed>,
    /// Where whoever gets it can say that no such mail shall come any more, with one request (RFC 8058).
    pub stop: Option<String>,
    /// A machine wrote it, so no machine shall answer (RFC 3834).
    pub automatic: bool,
    /// What signs it, if our mail is signed here.
    pub signer: Option<Signer>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosed {
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// The Content-ID by which the mail's HTML shows it, without brackets; nothing if it is only enclosed.
    pub shown_as: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a mail cannot be written.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ComposeError {
    /// No mail server takes such an address.
    #[error("{0}: no mail can be sent to or from this address")]
    Address(String),
    /// Who writes it, or to whom, is missing.
    #[error("a mail needs somebody who writes it and somebody who gets it")]
    Nobody,
    /// Anything else that cannot be put into a mail.
    #[error("this cannot be put into a mail: {0}")]
    Broken(String),
    /// It was to be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl Outgoing {
    /// The mail as it is sent.
    pub fn bytes(&self) -> Result<Vec<u8>, ComposeError> {
        let broken = |error: &dyn std::fmt::Display| ComposeError::Broken(error.to_string());
        let from = self.from.as_ref().ok_or(ComposeError::Nobody)?;
        if self.to.is_empty() {
            return Err(ComposeError::Nobody);
        }
        let written = UNIX_EPOCH + Duration::from_micros(self.at.micros().try_into().unwrap_or(0));
        let mut mail = Message::builder()
            .date(written)
            .message_id(Some(one_line(&self.id)))
            .from(mailbox(from)?)
            .subject(one_line(&self.subject));
        for person in &self.to {
            mail = mail.to(mailbox(person)?);
        }
        for person in &self.cc {
            mail = mail.cc(mailbox(person)?);
        }
        if let Some(address) = &self.reply_to {
            mail = mail.reply_to(mailbox(&Mailbox { name: None, address: address.clone() })?);
        }
        if let Some(id) = &self.in_reply_to {
            mail = mail.in_reply_to(one_line(id));
        }
        if !self.references.is_empty() {
            mail = mail.references(one_line(&self.references.join(" ")));
        }
        let mail = mail.multipart(self.parts()?);
        let mut mail = mail.map_err(|error| broken(&error))?;
        let machine = [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")];
        let mut more: Vec<(&'static str, String)> = Vec::new();
        if self.automatic {
            more.extend(machine.map(|(name, value)| (name, value.to_owned())));
        }
        if let Some(stop) = &self.stop {
            more.push(("List-Unsubscribe", format!("<{}>", one_line(stop))));
            more.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        for (name, value) in more {
            let name = HeaderName::new_from_ascii_str(name);
            mail.headers_mut().insert_raw(HeaderValue::new(name, value));
        }
        if let Some(signer) = &self.signer {
            signer.sign(&mut mail)?;
        }
        Ok(mail.formatted())
    }

    fn parts(&self) -> Result<MultiPart, ComposeError> {
        let said = MultiPart::alternative().singlepart(SinglePart::plain(self.text.clone()));
        let (shown, enclosed): (Vec<_>, Vec<_>) = self.files.iter().partition(|file| file.shown_as.is_some());
        let said = match &self.html {
            None => said,
            Some(html) => {
                let looks = MultiPart::related().singlepart(SinglePart::html(html.clone()));
                said.multipart(
                    shown
                        .into_iter()
                        .try_fold(looks, |all, file| Ok::<_, ComposeError>(all.singlepart(part(file)?)))?,
                )
            }
        };
        let all = MultiPart::mixed().multipart(said);
        // A picture without HTML that shows it is still a file that was meant to arrive.
        let lost = self.files.iter().filter(|file| file.shown_as.is_some() && self.html.is_none());
        enclosed.into_iter().chain(lost).try_fold(all, |all, file| Ok(all.singlepart(part(file)?)))
    }
}

fn part(file: &Enclosed) -> Result<SinglePart, ComposeError> {
    let kind = ContentType::parse(&file.media_type)
        .or_else(|_| ContentType::parse("application/octet-stream"))
        .map_err(|error| ComposeError::Broken(error.to_string()))?;
    let place = match &file.shown_as {
        Some(id) => Attachment::new_inline_with_name(one_line(id), one_line(&file.name)),
        None => Attachment::new(one_line(&file.name)),
    };
    // What looks like text would travel as text, and mail servers change the line ends and zeros of that.
    let bytes = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64);
    let bytes = bytes.map_err(|_| ComposeError::Broken(format!("{} cannot be written", file.name)))?;
    Ok(place.body(bytes, kind))
}

fn mailbox(person: &Mailbox) -> Result<lettre::message::Mailbox, ComposeError> {
    let address = person.address.trim().parse().map_err(|_| ComposeError::Address(person.address.clone()))?;
    let name = person.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Ok(lettre::message::Mailbox::new(name, address))
}

/// A line end in a header would be the beginning of another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders};

    use super::*;

    fn ines() -> Mailbox {
        Mailbox { name: Some("Inés Øst, \"Lantern\" Row".into()), address: "hello@lantern.example".into() }
    }

    fn answer() -> Outgoing {
        Outgoing {
            id: "<k.1.2@lantern.example>".into(),
            at: Time::from_seconds(1_800_000_000),
            from: Some(ines()),
            reply_to: Some("hello+1@lantern.example".into()),
            to: vec![Mailbox { name: Some("小龍".into()), address: "ann@example.com".into() }],
            cc: vec![Mailbox { name: None, address: "ben@example.com".into() }],
            subject: "Re: Größe – 咖啡豆".into(),
            in_reply_to: Some("<q@example.com>".into()),
            references: vec!["<p@example.com>".into(), "<q@example.com>".into()],
            text: "Yes — tomorrow.\n.\nFrom here on it is easy.\n".into(),
            ..Outgoing::default()
        }
    }

    #[test]
    fn what_was_written_is_what_is_read() {
        let bytes = answer().bytes().unwrap();
        assert!(bytes.is_ascii(), "old servers take seven bits");
        let mail = MessageParser::default().parse(&bytes).unwrap();
        let from = mail.from().unwrap().first().unwrap();
        assert_eq!((from.name(), from.address()), (ines().name.as_deref(), Some("hello@lantern.example")));
        assert_eq!(mail.to().unwrap().first().unwrap().name(), Some("小龍"));
        assert_eq!(mail.cc().unwrap().first().unwrap().address(), Some("ben@example.com"));
        assert_eq!(mail.reply_to().unwrap().first().unwrap().address(), Some("hello+1@lantern.example"));
        assert_eq!(mail.subject(), Some("Re: Größe – 咖啡豆"));
        assert_eq!(mail.message_id(), Some("k.1.2@lantern.example"));
        assert_eq!(mail.in_reply_to().as_text(), Some("q@example.com"));
        assert_eq!(mail.references().as_text_list().unwrap().len(), 2);
        assert_eq!(mail.date().unwrap().to_timestamp(), 1_800_000_000);
        let said = mail.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(said.trim_end(), answer().text.trim_end());
        assert!(mail.header("Auto-Submitted").is_none(), "a person wrote it");
    }

    #[test]
    fn pictures_are_shown_where_the_looks_name_them_and_never_lost() {
        let picture = Enclosed {
            name: "Grinder é.png".into(),
            media_type: "image/png".into(),
            shown_as: Some("ring@lantern".into()),
            bytes: vec![0x89, b'P', b'N', b'G', 0, 255],
        };
        let bill = Enclosed {
            name: "bill.pdf".into(),
            media_type: "no type at all".into(),
            shown_as: None,
            bytes: vec![0, 1, 2],
        };
        let html = Some("<p>Look: <img src=\"cid:ring@lantern\"></p>".to_owned());
        let mail = Outgoing { files: vec![picture.clone(), bill.clone()], html, ..answer() };
        let bytes = mail.bytes().unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert!(read.body_html(0).unwrap().contains("cid:ring@lantern"));
        let found: Vec<_> = read.attachments().map(|it| (it.attachment_name(), it.contents())).collect();
        assert!(found.contains(&(Some("Grinder é.png"), picture.bytes.as_slice())), "{found:?}");
        assert!(found.contains(&(Some("bill.pdf"), bill.bytes.as_slice())), "{found:?}");
        let shown = read.attachments().find(|it| it.content_id().is_some()).unwrap();
        assert_eq!(shown.content_id(), Some("ring@lantern"));
        let plain = Outgoing { html: None, ..mail };
        let bytes = plain.bytes().unwrap();
        assert_eq!(MessageParser::default().parse(&bytes).unwrap().attachment_count(), 2);
    }

    #[test]
    fn nobody_writes_headers_of_their_own() {
        let bad = "Hi\r\nBcc: all@example.org";
        let mail = Outgoing {
            subject: bad.into(),
            from: Some(Mailbox { name: Some(bad.into()), address: "hello@lantern.example".into() }),
            in_reply_to: Some(format!("<q@x>{bad}")),
            references: vec![bad.into()],
            id: format!("<k@x>{bad}"),
            files: vec![Enclosed {
                name: bad.into(),
                media_type: "text/plain".into(),
                shown_as: None,
                bytes: vec![1],
            }],
            automatic: true,
            ..answer()
        };
        let bytes = mail.bytes().unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert!(
            read.bcc().is_none()
                && read.parts.iter().all(|part| part.headers.iter().all(|it| it.name() != "Bcc"))
        );
        assert_eq!(read.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    }

    #[test]
    fn an_address_that_is_none_is_named() {
        let to = vec![Mailbox { name: None, address: "ann at example".into() }];
        let error = Outgoing { to, ..answer() }.bytes().unwrap_err();
        assert_eq!(error, ComposeError::Address("ann at example".into()));
        assert_eq!(Outgoing { to: vec![], ..answer() }.bytes().unwrap_err(), ComposeError::Nobody);
    }
}
