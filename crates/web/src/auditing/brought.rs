//! What somebody brings: words in a field, or files.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use language::Kind;

use super::{KINDS, LARGEST, MOST, Text};
use crate::{State, problem::Problem};

/// What somebody brings.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) text: String,
    /// By its name in the form.
    pub(super) kind: String,
    /// By their names, as they came.
    files: Vec<(String, Vec<u8>)>,
}

impl FromRequest<State> for Brought {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let form = Multipart::from_request(request, state).await;
        let mut form = form.map_err(|_| Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY))?;
        let mut brought = Self::default();
        let mut size = 0;
        while let Some(field) = form.next_field().await.map_err(|it| broken(&it))? {
            let (name, called) =
                (field.name().unwrap_or_default().to_owned(), field.file_name().map(str::to_owned));
            let bytes = field.bytes().await.map_err(|it| broken(&it))?;
            size += bytes.len();
            // Somewhat more is read, so that a text that is a little too long is still in its field.
            if size > 2 * LARGEST || brought.files.len() > MOST {
                return Err(too_large());
            }
            match (called, name.as_str()) {
                // A browser gives an empty name if nothing was chosen.
                (Some(called), _) if !called.is_empty() => brought.files.push((called, bytes.to_vec())),
                (None, "text") => brought.text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n"),
                (None, "kind") => brought.kind = String::from_utf8_lossy(&bytes).into_owned(),
                _ => {}
            }
        }
        Ok(brought)
    }
}

impl Brought {
    /// What is looked at; or why it cannot be.
    pub(super) fn texts(&self) -> Result<Vec<Text>, Problem> {
        let size = self.text.len() + self.files.iter().map(|it| it.1.len()).sum::<usize>();
        if size > LARGEST {
            return Err(too_large());
        }
        if self.files.len() > MOST {
            return Err(Problem::unfit(
                "file",
                format!("More than {MOST} files: please bring them in parts."),
            ));
        }
        let mut all = Vec::new();
        if !self.text.trim().is_empty() {
            all.push(Text { name: None, kind: self.chosen(), words: self.text.clone() });
        }
        for (name, bytes) in &self.files {
            let told = |why: &str| Problem::unfit("file", format!("\u{201c}{name}\u{201d} {why}"));
            let kind = of_name(name).ok_or_else(|| {
                told("is none of the kinds that are read here: .md, .html, .txt, .eml, .po, .json and templates.")
            })?;
            let words = std::str::from_utf8(bytes).map_err(|_| told("is not text in UTF-8."))?;
            all.push(Text { name: Some(name.clone()), kind, words: words.to_owned() });
        }
        match all.is_empty() {
            true => Err(Problem::unfit(
                "text",
                "Paste a text, or choose files; then there is something to look at.",
            )),
            false => Ok(all),
        }
    }

    /// What the text is said to be; a mail without its head is read as what it says.
    fn chosen(&self) -> Kind {
        let chosen = KINDS.iter().find(|it| it.0 == self.kind).map_or(Kind::Plain, |it| it.2);
        let has_head =
            self.text.lines().next().is_some_and(|it| it.contains(": ") || it.starts_with("From "));
        match chosen {
            Kind::Mail if !has_head => Kind::Plain,
            chosen => chosen,
        }
    }
}

/// A file of JSON or YAML that somebody brings here holds messages, wherever it lay.
fn of_name(name: &str) -> Option<Kind> {
    match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("json") => Some(Kind::Json),
        Some("yaml" | "yml") => Some(Kind::Yaml),
        _ => Kind::of(name).filter(|it| !matches!(it, Kind::Code(_))),
    }
}

fn broken(error: &MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "It did not arrive",
            "It did not arrive whole. Please send it again.",
        ),
    }
}

fn too_large() -> Problem {
    let why = format!("Up to {} kB are looked at together; please bring it in parts.", LARGEST / 1000);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_was_pasted_without_its_head_is_read_all_the_same() {
        let of = |text: &str| Brought { text: text.into(), kind: "mail".into(), files: Vec::new() }.chosen();
        assert_eq!(of("Dear users,\n\nhello."), Kind::Plain);
        assert_eq!(of("From: a@example.org\nSubject: Our users\n\nHello."), Kind::Mail);
    }

    #[test]
    fn files_are_known_by_their_names() {
        assert_eq!(of_name("de.json"), Some(Kind::Json));
        assert_eq!(of_name("welcome.mjml"), Some(Kind::Template));
        assert_eq!((of_name("main.rs"), of_name("face.png"), of_name("letters.zip")), (None, None, None));
    }
}
