//! What must hold for every source, whatever it reads.
#![allow(dead_code, reason = "each target uses what it needs")]

use std::io::Cursor;

use channels::{Context, Heard, RAW_KEPT, Source};
use model::Time;

/// A context in which numbers are German.
pub fn context() -> Context {
    Context { source: "fuzz".into(), seen_at: Time::from_seconds(1_780_000_000), country: Some("DE".into()) }
}

/// Bytes as an input.
pub fn input(data: &[u8]) -> Cursor<Vec<u8>> {
    Cursor::new(data.to_vec())
}

/// Reads all; offsets rise and end at the end, refusals keep no more than they may, and reading again from
/// somewhere in the middle says the same.
pub fn check<S: Source>(open: impl Fn(u64) -> S, size: usize) {
    let whole = read(&mut open(0), size);
    let middle = whole.len() / 2;
    if let Some((_, offset)) = middle.checked_sub(1).and_then(|at| whole.get(at)) {
        assert!(read(&mut open(*offset), size) == whole[middle..], "taken up at {offset}");
    }
}

fn read(source: &mut impl Source, size: usize) -> Vec<(Heard, u64)> {
    let (mut all, mut last) = (Vec::new(), source.offset());
    while let Some(heard) = source.next().expect("reading from memory does not fail") {
        assert!(source.offset() >= last && source.offset() <= size as u64, "offsets rise");
        last = source.offset();
        match &heard {
            Heard::Refused { raw, reason, .. } => assert!(raw.len() <= RAW_KEPT && !reason.is_empty()),
            Heard::Told { fragments, .. } => assert!(fragments.iter().all(is_sound)),
        }
        all.push((heard, last));
    }
    all
}

/// Nothing that a database refuses, and keys for all.
fn is_sound(fragment: &model::Fragment) -> bool {
    let value = serde_json::to_value(fragment).expect("fragments are JSON");
    !fragment.key.is_empty()
        && fragment.moments.iter().all(|moment| !moment.key.is_empty())
        && is_clean(&value)
}

fn is_clean(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => !text.contains('\0'),
        serde_json::Value::Array(all) => all.iter().all(is_clean),
        serde_json::Value::Object(all) => {
            all.iter().all(|(key, value)| !key.contains('\0') && is_clean(value))
        }
        _ => true,
    }
}
