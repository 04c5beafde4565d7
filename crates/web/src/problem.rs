//! When it does not work: every error becomes an answer here, in words for the one who reads it.

use std::io::ErrorKind;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use conversations::ConversationError;
use delivery::DeliveryError;
use house::HouseError;
use insight::InsightError;
use memory::MemoryError;
use permission::PermissionError;
use store::{FileError, StoreError};

/// What every handler gives.
pub(crate) type Answer = Result<Response, Problem>;

/// Why something did not work. It travels beside the answer until it is known who asked: a browser, one of our own
/// scripts, or a program.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// In a few words.
    pub(crate) title: String,
    /// What happened and what to do.
    pub(crate) detail: String,
    /// The field of the form that it is about.
    pub(crate) field: Option<String>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, title: &str, detail: impl Into<String>) -> Self {
        Self { status, title: title.to_owned(), detail: detail.into(), field: None }
    }
    pub(crate) fn missing(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not here", format!("{what} is not here (any more)."))
    }
    pub(crate) fn unfit(field: &str, why: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Please look again", why);
        problem.field = Some(field.to_owned());
        problem
    }

    /// For an error that came without words of its own.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (title, detail) = match status {
            StatusCode::NOT_FOUND => ("Nothing here", "There is no page at this address."),
            StatusCode::METHOD_NOT_ALLOWED => ("Not like that", "This address cannot be used in this way."),
            StatusCode::FORBIDDEN => (
                "Not from there",
                "This came from another site, so nothing was done. Open the page here and try again.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("Too large", "This is more than fits here. Larger files go through Import.")
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => {
                ("That took too long", "Nothing was lost. Please try again in a moment.")
            }
            status if status.is_client_error() => {
                ("That was not understood", "Something in the address or form is not as it should be.")
            }
            _ => {
                ("Our mistake", "Something broke on our side and was written into the log. Please try again.")
            }
        };
        Self::new(status, title, detail)
    }

    pub(crate) fn is_signed_out(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }
}

impl From<HouseError> for Problem {
    fn from(error: HouseError) -> Self {
        let said = sentence(&error.to_string());
        match error {
            HouseError::Refused(_) => Self::new(StatusCode::FORBIDDEN, "Not yours to do", said),
            HouseError::SignedOut => Self::new(StatusCode::UNAUTHORIZED, "Please sign in", said),
            HouseError::WrongPassword | HouseError::Passkey(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "That did not fit", said)
            }
            HouseError::TooOften { .. } => Self::new(StatusCode::TOO_MANY_REQUESTS, "One moment", said),
            HouseError::DeadLink => Self::new(StatusCode::GONE, "This link is closed", said),
            HouseError::Invalid { field, why } => Self::unfit(field, named(field, &why)),
            HouseError::Known => Self::unfit("email", said),
            HouseError::LastOwner => Self::new(StatusCode::CONFLICT, "Somebody must keep the key", said),
            HouseError::Missing => Self::missing("That"),
            HouseError::Store(error) => error.into(),
        }
    }
}

impl From<MemoryError> for Problem {
    fn from(error: MemoryError) -> Self {
        let said = sentence(&error.to_string());
        match error {
            MemoryError::Store(error) => error.into(),
            MemoryError::NobodyHere(_) => Self::missing("This person"),
            MemoryError::NoAccount(_) => Self::missing("This organisation or household"),
            MemoryError::NoMerge(_) | MemoryError::SamePerson | MemoryError::TwoPeople(_) => {
                Self::new(StatusCode::CONFLICT, "That cannot be done now", said)
            }
            MemoryError::Unfit { field, why } => Self::unfit(&field, named(&field, &why)),
            MemoryError::File(_) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "A file is in the way", said)
            }
        }
    }
}

impl From<DeliveryError> for Problem {
    fn from(error: DeliveryError) -> Self {
        let said = sentence(&error.to_string());
        match error {
            DeliveryError::Line(_) => {
                Self::new(StatusCode::BAD_GATEWAY, "The mail server does not do that", said)
            }
            DeliveryError::Compose(_) => Self::unfit("to", said),
            DeliveryError::Conversation(error) => error.into(),
            DeliveryError::House(error) => error.into(),
            DeliveryError::Memory(error) => error.into(),
            DeliveryError::Wish(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Please look again", said),
            DeliveryError::NoImport(_) => Self::missing("This import"),
            DeliveryError::Read { ref why, .. } if why.kind() == ErrorKind::NotFound => {
                Self::missing("The file")
            }
            DeliveryError::Empty(_) => Self::unfit("file", said),
            DeliveryError::TooLarge(most) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "Too large",
                format!(
                    "A file of up to {} GiB may come this way. Larger ones go in with `regard import` where the house runs.",
                    most >> 30
                ),
            ),
            DeliveryError::BrokenOff => Self::new(
                StatusCode::BAD_REQUEST,
                "It did not arrive",
                format!("{said} Please send it again."),
            ),
            DeliveryError::Write(ref why) | DeliveryError::File(FileError::Disk { source: ref why, .. })
                if why.kind() == ErrorKind::StorageFull =>
            {
                StoreError::Full.into()
            }
            DeliveryError::Read { .. }
            | DeliveryError::File(_)
            | DeliveryError::Write(_)
            | DeliveryError::Signing(_) => {
                tracing::error!(%error, "a file is in the way");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "A file is in the way", said)
            }
        }
    }
}

impl From<PermissionError> for Problem {
    fn from(error: PermissionError) -> Self {
        ConversationError::from(error).into()
    }
}

impl From<ConversationError> for Problem {
    fn from(error: ConversationError) -> Self {
        let said = sentence(&error.to_string());
        match error {
            ConversationError::Memory(error) => error.into(),
            ConversationError::Stale => Self::new(StatusCode::CONFLICT, "Something was said meanwhile", said),
            ConversationError::OverBudget { .. } => {
                Self::new(StatusCode::CONFLICT, "More than is left this month", said)
            }
            ConversationError::Unsolved => Self::new(StatusCode::PRECONDITION_REQUIRED, "One moment", said),
            ConversationError::Forgotten => Self::new(StatusCode::GONE, "Not here any more", said),
            ConversationError::Unfit { field, .. } => Self::unfit(field, said),
        }
    }
}

impl From<InsightError> for Problem {
    fn from(error: InsightError) -> Self {
        let said = sentence(&error.to_string());
        match error {
            InsightError::Memory(error) => error.into(),
            InsightError::Permission(error) => error.into(),
            InsightError::Unfit { field, .. } => Self::unfit(field, said),
            InsightError::Broke(why) => {
                tracing::error!(why, "a reckoning broke");
                Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Conflict(_) => Self::new(
                StatusCode::CONFLICT,
                "Already there",
                "This is already there; perhaps somebody was quicker. Reload the page to see it.",
            ),
            StoreError::Full | StoreError::Busy | StoreError::Unreachable(_) => {
                tracing::error!(%error, "the store cannot serve");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not just now", sentence(&error.to_string()))
            }
            _ => {
                tracing::error!(%error, "an error in the store");
                Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl From<model::IdError> for Problem {
    fn from(_: model::IdError) -> Self {
        Self::of_status(StatusCode::NOT_FOUND)
    }
}

impl IntoResponse for Problem {
    /// The words are added where it is known who asked.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// `own_domains` and what is wrong with it, as a sentence.
fn named(field: &str, why: &str) -> String {
    sentence(&format!("{} {why}", field.replace('_', " ")))
}

/// Errors are written to be put together; a page says whole sentences.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
