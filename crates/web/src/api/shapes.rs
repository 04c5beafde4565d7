//! The words all answers share: ids, times, pages, refusals.

use std::fmt;

use model::{Id, Named, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

/// An id that says what it belongs to, as `per_01jz…` for a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = "per_01jzq3w8c4e5v9m2x7k6t1r0ya")]
pub(crate) struct Key(String);

impl<K: Named> From<Id<K>> for Key {
    fn from(id: Id<K>) -> Self {
        Self(id.to_string())
    }
}

/// A point in time, as RFC 3339 writes it: `2026-03-01T09:30:00Z`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-03-01T09:30:00Z")]
pub(crate) struct When(pub(crate) Time);

impl From<Time> for When {
    fn from(at: Time) -> Self {
        Self(at)
    }
}
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The entries, in the order of the list.
    pub(crate) items: Vec<T>,
    /// The `cursor` of the next page; null at the end.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// Entries of one sort as those of another.
    pub(crate) fn of<S: Into<T>>((items, next): (Vec<S>, Option<String>)) -> Self {
        Self { items: items.into_iter().map(Into::into).collect(), next }
    }
}

/// Why something did not work (RFC 9457).
#[derive(Serialize, ToSchema)]
#[allow(
    dead_code,
    reason = "the words are put together where every error becomes an answer; this is their shape"
)]
pub(crate) struct Refusal {
    /// `about:blank`: the status says which sort of problem it is.
    r#type: String,
    /// The status of the answer.
    status: u16,
    /// In a few words.
    title: String,
    /// What happened and what to do.
    detail: String,
    /// The field it is about, as `handles[0].value`, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// What any call may be refused with.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "only the document is made from it")]
pub(crate) enum Refusals {
    /// Not JSON, or not an address that can be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Unread(#[to_schema] Refusal),
    /// No key, or one that is not (any more) good.
    #[response(status = 401, content_type = "application/problem+json")]
    Unknown(#[to_schema] Refusal),
    /// The key, or whoever made it, may not do this.
    #[response(status = 403, content_type = "application/problem+json")]
    NotYours(#[to_schema] Refusal),
    /// Nobody and nothing here by that id.
    #[response(status = 404, content_type = "application/problem+json")]
    Missing(#[to_schema] Refusal),
    /// It cannot be done as things stand.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] Refusal),
    /// More than fits.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Refusal),
    /// The body is not said to be JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(#[to_schema] Refusal),
    /// A value does not fit; `field` says which.
    #[response(status = 422, content_type = "application/problem+json")]
    Unfit(#[to_schema] Refusal),
    /// Too many requests with one key; `detail` says how long to wait.
    #[response(status = 429, content_type = "application/problem+json")]
    TooOften(#[to_schema] Refusal),
}
