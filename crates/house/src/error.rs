//! What the house says when it says no.

use store::StoreError;

use crate::Refused;

/// A result with the house's error.
pub type Result<T, E = HouseError> = std::result::Result<T, E>;

/// What the house says when it says no.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HouseError {
    /// This person may not do that.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody is signed in, or the session or token has ended.
    #[error("please sign in")]
    SignedOut,
    /// Which of the two is wrong is not told: it would tell strangers who works here.
    #[error("this address and password do not belong together")]
    WrongPassword,
    /// The passkey was not accepted.
    #[error("this passkey was not accepted ({0})")]
    Passkey(String),
    /// Tried too often.
    #[error("too many tries; please wait {} and try again", wait(*.seconds))]
    TooOften {
        /// How long to wait.
        seconds: i64,
    },
    /// A link that is unknown, used or too old.
    #[error("this link has been used or is too old; ask for a new one")]
    DeadLink,
    /// A value that cannot be taken.
    #[error("{field}: {why}")]
    Invalid {
        /// The field of the form.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// Somebody with this address works here already.
    #[error("somebody with this address works here already")]
    Known,
    /// The only owner would be lost, and with them the way in.
    #[error("this is the only owner; make somebody else an owner first")]
    LastOwner,
    /// What was asked for is not there.
    #[error("this is not there (any more)")]
    Missing,
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HouseError {
    pub(crate) fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid { field, why: why.into() }
    }
}

fn wait(seconds: i64) -> String {
    match seconds {
        ..=1 => "a second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    }
}
