//! Whether a machine wrote it, and whether a machine may answer it (RFC 3834 and what programs do instead).

use mail_parser::Message;

use super::headers;

/// Why a message counts as written by a machine, and why no machine should answer it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub automatic: Option<&'static str>,
    pub leave_unanswered: Option<&'static str>,
    /// It was written to a mailing list, not to us.
    pub list: bool,
}

/// Local parts behind which nobody reads.
const NOBODY: &[&str] = &[
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "mailer-daemon",
    "postmaster",
    "bounce",
    "bounces",
];

/// Judges by the headers; `sender` is the author's address.
pub(super) fn judge(message: &Message<'_>, sender: &str) -> Verdict {
    let low = |name| headers::get(message, name).map(|value| value.to_lowercase());
    let first =
        |name| low(name).map(|value| value.split([';', ' ', ',']).next().unwrap_or_default().to_owned());
    let has = |name| headers::get(message, name).is_some();
    let list = has("List-Id") || has("List-Post") || has("Mailing-List");
    let precedence = first("Precedence").unwrap_or_default();
    let automatic = match () {
        () if first("Auto-Submitted").is_some_and(|value| value != "no") => {
            Some("it says that it was submitted automatically")
        }
        () if headers::raw(message, "Return-Path").is_some_and(|path| path == "<>") => {
            Some("it has no return path")
        }
        () if has("X-Failed-Recipients") => Some("it reports failed delivery"),
        () if has("X-Autoreply") || has("X-Autorespond") || precedence == "auto_reply" => {
            Some("it is an automatic reply")
        }
        () if nobody(sender) => Some("nobody reads its sender's mailbox"),
        () if list => None,
        () if matches!(&*precedence, "bulk" | "junk") => Some("it was sent in bulk"),
        () if has("Feedback-ID") || has("List-Unsubscribe") => Some("it was sent to many"),
        () => None,
    };
    let suppressed = low("X-Auto-Response-Suppress")
        .is_some_and(|value| value.split(',').any(|word| matches!(word.trim(), "all" | "autoreply" | "oof")));
    let unanswered = match () {
        () if automatic.is_some() => automatic,
        () if list || precedence == "list" => Some("it came through a list"),
        () if suppressed => Some("it asks for no automatic reply"),
        () => None,
    };
    Verdict { automatic, leave_unanswered: unanswered, list }
}

fn nobody(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let base = local.split('+').next().unwrap_or_default();
    NOBODY.contains(&base) || base.starts_with("bounce-") || base.starts_with("bounces-")
}
