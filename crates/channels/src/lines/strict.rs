//! Values of JSON read without letting a key go by that nobody knows.

use model::Fragment;
use serde::de::DeserializeOwned;
use serde_json::Value;

const FRAGMENT: &[&str] = &["source", "key", "seen_at", "fields", "handles", "roles", "moments"];
const HANDLE: &[&str] = &["kind", "value", "raw", "verified"];
const ROLE: &[&str] = &["account", "account_kind", "role", "since", "until"];
const MOMENT: &[&str] = &[
    "key",
    "at",
    "kind",
    "channel",
    "direction",
    "account",
    "by",
    "thread",
    "title",
    "body",
    "data",
    "originals",
];
const ORIGINAL: &[&str] = &["digest", "name", "media_type", "size"];

/// A whole fragment.
pub(super) fn fragment(value: &Value) -> Result<Fragment, String> {
    known(value, FRAGMENT, "")?;
    each(value, "handles", HANDLE, "")?;
    each(value, "roles", ROLE, "")?;
    each(value, "moments", MOMENT, "")?;
    for (index, moment) in list(value, "moments").iter().enumerate() {
        each(moment, "originals", ORIGINAL, &format!("moments[{index}]."))?;
    }
    of_value(value)
}

/// A typed value; an error names the field in which it lies.
fn of_value<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| explain(&error))
}

/// The path of the field, and what is wrong with it.
pub(super) fn explain<E: std::fmt::Display>(error: &serde_path_to_error::Error<E>) -> String {
    let (path, inner) = (error.path().to_string(), error.inner().to_string());
    let inner = inner.split(" at line ").next().unwrap_or_default().to_owned();
    if path == "." || path.is_empty() { inner } else { format!("{path}: {inner}") }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn each(value: &Value, name: &str, wanted: &[&str], path: &str) -> Result<(), String> {
    let mut items = list(value, name).iter().enumerate();
    items.try_for_each(|(index, item)| known(item, wanted, &format!("{path}{name}[{index}].")))
}

fn known(value: &Value, wanted: &[&str], path: &str) -> Result<(), String> {
    let unknown =
        value.as_object().and_then(|object| object.keys().find(|key| !wanted.contains(&key.as_str())));
    match unknown {
        None => Ok(()),
        Some(key) => Err(format!("{path}{key}: is not known here; expected one of {}", wanted.join(", "))),
    }
}
