//! Handles as programs write them.

use model::{Handle, HandleKind};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A way to reach or recognise somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHandle {
    /// `email`, `phone`, `social` (value `network:name`), `device`, `external` (value `namespace:key`).
    kind: String,
    /// As it is written; it is compared in its normal form.
    value: String,
    /// The country (two letters) of a number written without its code.
    country: Option<String>,
    /// Whether the person proved that it is theirs.
    #[serde(default)]
    verified: bool,
}

impl NewHandle {
    /// The handle in its normal form; `at` is the path that leads to it.
    pub(crate) fn read(&self, at: &str) -> Result<Handle, Problem> {
        let handle = read(&self.kind, &self.value, self.country.as_deref(), &format!("{at}value"));
        match self.kind.parse().unwrap_or(HandleKind::Other(String::new())) {
            HandleKind::Other(_) => Err(Problem::unfit(
                &format!("{at}kind"),
                "The kind of a handle is one of email, phone, social, device, external.",
            )),
            _ => Ok(Handle { verified: self.verified, ..handle? }),
        }
    }
}

/// Reads a handle of a kind; what does not fit is named by its field.
pub(crate) fn read(kind: &str, value: &str, country: Option<&str>, field: &str) -> Result<Handle, Problem> {
    let parted = || {
        let parts = value.split_once(':').filter(|(space, name)| !space.is_empty() && !name.is_empty());
        parts.ok_or_else(|| Problem::unfit(field, format!("{field}: write it as namespace:key.")))
    };
    let read = match kind {
        "email" => Handle::email(value),
        "phone" => Handle::phone(value, country),
        "device" => Handle::device(value),
        "social" => parted().map(|(network, name)| Handle::social(network, name))?,
        _ => parted().map(|(namespace, key)| Handle::external(namespace, key))?,
    };
    read.map_err(|error| Problem::unfit(field, format!("{field} {error}.")))
}
