//! Imports: a file is sent, looked at, tried without keeping anything, then read in the background.

pub(super) mod running;
mod shapes;
pub(super) mod uploads;

use delivery::DeliveryError;

use crate::problem::Problem;

/// What went wrong with an import, in words.
pub(super) fn told(error: DeliveryError) -> Problem {
    let said = error.to_string();
    match error {
        DeliveryError::Wish(_) => Problem::unfit("body", said),
        DeliveryError::Read { why, .. } if why.kind() == std::io::ErrorKind::NotFound => Problem::unfit(
            "file",
            "This file is not here (any more); files that are not imported are kept for a day. Send it again.",
        ),
        DeliveryError::Read { why, .. } => Problem::unfit("file", format!("The file cannot be read: {why}.")),
        error => error.into(),
    }
}
