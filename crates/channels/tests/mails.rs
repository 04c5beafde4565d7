//! A corpus of awkward mails. Each `.eml` lies beside a `.json` that says what must be read from it; to add one, add
//! two files. Those in `tests/mail` we wrote; those in `data/mail/awkward` others sent, and its SOURCE.md says who.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use channels::{
    Context, Heard, Source,
    mail::{Mbox, Ours, attachment, html},
};
use model::{Fragment, Time};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn hear(raw: Vec<u8>) -> Heard {
    let context =
        Context { source: "corpus".into(), seen_at: Time::from_seconds(1_780_000_000), country: None };
    let mut mbox = Mbox::open(Cursor::new(raw), Ours::new(["acme.example"]), context, 0).unwrap();
    let heard = mbox.next().unwrap().expect("one mail");
    assert!(mbox.next().unwrap().is_none(), "one mail only");
    heard
}

/// The mails of a folder, in their order.
fn mails(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    files.sort();
    files
}

fn told_wrong(files: &[PathBuf]) -> String {
    files.iter().flat_map(|path| check(path)).map(|wrong| format!("\n{wrong}")).collect()
}

#[test]
fn awkward_mails_are_read_as_they_were_meant() {
    let files = mails(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail"));
    assert!(files.len() >= 350, "the corpus is there: {}", files.len());
    let wrong = told_wrong(&files);
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn awkward_mails_of_others_are_read_as_they_were_meant() {
    let awkward = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/mail/awkward");
    let mut folders: Vec<_> = fs::read_dir(awkward).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let files: Vec<_> = folders.iter().flat_map(|folder| mails(folder)).collect();
    assert!(files.len() >= 280, "the corpus is there: {}", files.len());
    let wrong = told_wrong(&files);
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is not as it should be, in words.
fn check(path: &Path) -> Vec<String> {
    let raw = fs::read(path).unwrap();
    let want: Value = serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap();
    let name = path.with_extension("");
    let folder = name.parent().and_then(Path::file_name).unwrap().to_string_lossy();
    let name = format!("{folder}/{}", name.file_name().unwrap().to_string_lossy());
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
    let quote_from = moment.data.get("quote_from").and_then(Value::as_u64).map(|at| at as usize);
    let quote = quote_from.map(|at| &moment.body[at..]);
    let shown = html(raw, "part:", None).map(|it| it.html);
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
            "fresh" => squeezed(&moment.body[..quote_from.unwrap_or(moment.body.len())]) == squeezed(text),
            "digests" => digests_fit(moment, raw, wanted),
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

/// Words without the room between them.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Whether attachments come out whole: the first figures of the SHA-256 of each, or nothing where none is told.
fn digests_fit(moment: &model::NewMoment, raw: &[u8], wanted: &Value) -> bool {
    let listed = moment.data["attachments"].as_array().cloned().unwrap_or_default();
    let wanted = wanted.as_array().unwrap();
    let fits = |(one, wanted): (&Value, &Value)| {
        let part = attachment(raw, one["part"].as_u64().unwrap() as u32).unwrap();
        let digest: String = Sha256::digest(&part.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        wanted.as_str().is_none_or(|wanted| digest.starts_with(wanted))
    };
    listed.len() == wanted.len() && listed.iter().zip(wanted).all(fits)
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

/// Where mails are cut: an eighth from the end, two eighths, and so on.
const CUTS: usize = 8;

#[test]
fn a_mail_that_is_cut_off_anywhere_does_no_harm() {
    for path in mails(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail")) {
        let raw = fs::read(&path).unwrap();
        for cut in (1..CUTS).map(|eighth| raw.len() * eighth / CUTS) {
            let context = Context { source: "cut".into(), seen_at: Time::from_seconds(0), country: None };
            let heard = channels::mail::one(raw[..cut].to_vec(), &Ours::default(), &context);
            let Heard::Told { fragments, files, .. } = heard else { continue };
            let listed = fragments[0].moments[0].data["attachments"].as_array().cloned().unwrap_or_default();
            for one in listed {
                let part =
                    attachment(&files[0].bytes, one["part"].as_u64().unwrap() as u32).expect("it is listed");
                assert_eq!(part.bytes.len() as u64, one["size"], "{} cut at {cut}", path.display());
            }
        }
    }
}

#[test]
fn an_attachment_comes_out_as_it_went_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let raw = fs::read(folder.join("cid-without-disposition.eml")).unwrap();
    let part = attachment(&raw, 2).unwrap();
    assert_eq!((part.name.as_str(), part.bytes.as_slice()), ("pic.png", &b"\x89PNG...."[..]));
    assert!(attachment(&raw, 99).is_none());
}
