//! A corpus of awkward mails. Each `.eml` in `tests/mail` lies beside a `.json` that says what must be read from
//! it; to add one, add two files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::{fs, io::Cursor, path::Path};

use channels::{
    Context, Heard, Source,
    mail::{Images, Mbox, Ours, attachment, html},
};
use model::{Fragment, Time};
use serde_json::Value;

fn hear(raw: Vec<u8>) -> Heard {
    let context =
        Context { source: "corpus".into(), seen_at: Time::from_seconds(1_780_000_000), country: None };
    let mut mbox = Mbox::open(Cursor::new(raw), Ours::new(["acme.example"]), context, 0).unwrap();
    let heard = mbox.next().unwrap().expect("one mail");
    assert!(mbox.next().unwrap().is_none(), "one mail only");
    heard
}

#[test]
fn awkward_mails_are_read_as_they_were_meant() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    files.sort();
    assert!(files.len() >= 60, "the corpus is there");
    let wrong: Vec<String> = files.iter().flat_map(|path| check(path)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is not as it should be, in words.
fn check(path: &Path) -> Vec<String> {
    let raw = fs::read(path).unwrap();
    let want: Value = serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let wrong = match (hear(raw.clone()), want.get("refused").and_then(Value::as_str)) {
        (Heard::Refused { reason, .. }, Some(wanted)) if reason.starts_with(wanted) => Vec::new(),
        (Heard::Refused { reason, .. }, _) => vec![format!("refused: {reason}")],
        (Heard::Told { .. }, Some(wanted)) => vec![format!("should be refused: {wanted}")],
        (Heard::Told { fragments, files, .. }, None) => {
            assert!(files[0].bytes.starts_with(raw.trim_ascii_end()), "{name}: the original is kept");
            compare(&want, &fragments[0], &raw)
        }
    };
    wrong.into_iter().map(|what| format!("{name}: {what}")).collect()
}

fn compare(want: &Value, fragment: &Fragment, raw: &[u8]) -> Vec<String> {
    let moment = &fragment.moments[0];
    let quote = moment.data.get("quote_from").and_then(Value::as_u64).map(|at| &moment.body[at as usize..]);
    let shown = html(raw, Images::Enclosed);
    let mut wrong = Vec::new();
    for (what, wanted) in want.as_object().unwrap() {
        let text = wanted.as_str().unwrap_or_default();
        let all = |fits: &dyn Fn(&str) -> bool| {
            wanted.as_array().unwrap().iter().all(|w| fits(w.as_str().unwrap()))
        };
        let fits = match what.as_str() {
            "from_" => fragment.key == text,
            "name" => fragment.fields.get("name").is_some_and(|name| name == text),
            "fields" => contains(&serde_json::to_value(&fragment.fields).unwrap(), wanted),
            "at" => moment.at.to_string() == text,
            "title" => moment.title == text,
            "body" => moment.body == text,
            "body_starts" => moment.body.starts_with(text),
            "body_has" => all(&|part| moment.body.contains(part)),
            "body_or_attachment" => moment.body.contains(text) || attached(moment, raw, text),
            "key_ends" => moment.key.ends_with(text),
            "thread" => moment.thread.as_deref() == Some(text),
            "direction" => moment.direction.as_str() == text,
            "quote" => quote == Some(text),
            "quote_starts" => quote.is_some_and(|quote| quote.starts_with(text)),
            "data" => contains(&moment.data, wanted),
            "absent" => all(&|key| moment.data.get(key).is_none()),
            "html_has" => shown.as_deref().is_some_and(|html| all(&|part| html.contains(part))),
            "html_lacks" => shown.as_deref().is_some_and(|html| all(&|part| !html.contains(part))),
            _ => false,
        };
        if !fits {
            wrong.push(format!(
                "{what} should be {wanted}\n    {}\n    {shown:?}",
                serde_json::to_string(fragment).unwrap()
            ));
        }
    }
    wrong
}

fn attached(moment: &model::NewMoment, raw: &[u8], text: &str) -> bool {
    let listed = moment.data["attachments"].as_array().cloned().unwrap_or_default();
    let parts = listed.iter().filter_map(|one| attachment(raw, one["part"].as_u64()? as u32));
    parts.into_iter().any(|part| String::from_utf8_lossy(&part.bytes).contains(text))
}

/// Whether everything wanted is there; more may be.
fn contains(have: &Value, wanted: &Value) -> bool {
    match (have, wanted) {
        (Value::Object(have), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| have.get(key).is_some_and(|have| contains(have, wanted)))
        }
        (Value::Array(have), Value::Array(wanted)) => {
            have.len() == wanted.len() && have.iter().zip(wanted).all(|(have, wanted)| contains(have, wanted))
        }
        _ => have == wanted,
    }
}

#[test]
fn an_attachment_comes_out_as_it_went_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let raw = fs::read(folder.join("cid-without-disposition.eml")).unwrap();
    let part = attachment(&raw, 2).unwrap();
    assert_eq!((part.name.as_str(), part.bytes.as_slice()), ("pic.png", &b"\x89PNG...."[..]));
    assert!(attachment(&raw, 99).is_none());
    assert!(html(&raw, Images::Anywhere).unwrap().contains("https://track.example/p.gif"));
}
