//! Lines of JSON, right and wrong.

use std::io::Cursor;

use model::{Channel, Direction, Time};

use super::*;

fn open(text: &str, resume_at: u64) -> JsonLines<Cursor<Vec<u8>>> {
    let context = Context { source: "moments.jsonl".into(), seen_at: Time::from_seconds(0), country: None };
    JsonLines::open(Cursor::new(text.as_bytes().to_vec()), context, resume_at).unwrap()
}

fn all(text: &str, resume_at: u64) -> Vec<Heard> {
    let mut lines = open(text, resume_at);
    std::iter::from_fn(|| lines.next().unwrap()).collect()
}

fn told(text: &str) -> Fragment {
    match all(text, 0).remove(0) {
        Heard::Told { mut fragments, .. } => fragments.remove(0),
        Heard::Refused { reason, .. } => panic!("refused: {reason}"),
    }
}

fn refused(text: &str) -> String {
    match all(text, 0).remove(0) {
        Heard::Refused { reason, .. } => reason,
        Heard::Told { .. } => panic!("told: {text}"),
    }
}

#[test]
fn a_moment_on_a_line_says_whose_it_is() {
    let ann = told(
        r#"{"person":{"email":"Ann@x.example","name":"Ann","external":["shop:7"]},"kind":"call","at":"2026-03-01","body":"She asked for Guji.\nAgain.","key":"c-1","data":{"minutes":5}}"#,
    );
    let moment = &ann.moments[0];
    assert_eq!((ann.key.as_str(), ann.handles.len(), moment.key.as_str()), ("shop:7", 2, "c-1"));
    assert_eq!((&moment.channel, moment.direction), (&Channel::Phone, Direction::Together));
    assert_eq!((moment.title.as_str(), moment.data["minutes"].as_i64()), ("She asked for Guji.", Some(5)));
}

#[test]
fn what_is_wrong_is_named() {
    for (line, wanted) in [
        (
            r#"{"person":{"email":"a@x.example"},"kind":"note","at":"2026-03-01","titel":"x"}"#,
            "unknown field `titel`",
        ),
        (r#"{"person":{"emial":"a@x.example"},"kind":"note","at":"2026-03-01"}"#, "unknown field `emial`"),
        (r#"{"person":{"email":"a@x.example"},"kind":"note"}"#, "missing field `at`"),
        (r#"{"person":{"email":"a@x.example"},"kind":"note","at":5}"#, "at: invalid type"),
        (
            r#"{"person":{"email":7},"kind":"note","at":"2026-03-01"}"#,
            "person.email: a text or a list of texts",
        ),
        (
            r#"{"person":{"email":"a@x.example"},"kind":"note","at":"03/04/2026"}"#,
            "at: \u{201c}03/04/2026\u{201d}",
        ),
        (
            r#"{"person":{"email":"nobody"},"kind":"note","at":"2026-03-01"}"#,
            "person.email: \u{201c}nobody\u{201d}",
        ),
        (r#"{"person":{},"kind":"note","at":"2026-03-01"}"#, "person: nothing says who it is"),
        (r#"{"person":{"external":"7"},"kind":"note","at":"2026-03-01"}"#, "person.external: "),
        (r#"{"kind":"note","kind":"call"}"#, "kind"),
        (r#"[1]"#, "is not a JSON object"),
        ("{", "is not JSON"),
        (
            r#"{"source":"x","key":"k","seen_at":"2026-03-01T00:00:00Z","fields":{},"handles":[{"kin":1}]}"#,
            "handles[0].kin",
        ),
        (r#"{"source":"x","key":"k","seen_at":"yesterday","fields":{},"handles":[]}"#, "seen_at: "),
    ] {
        let reason = refused(line);
        assert!(reason.contains(wanted), "{line}: {reason}");
    }
}

#[test]
fn a_fragment_reads_back_equal() {
    let ann =
        told(r#"{"person":{"email":"a@x.example"},"kind":"seance","at":"2026-03-01T10:00:00Z","body":"x"}"#);
    let mut bytes = Vec::new();
    write(&mut bytes, &ann).unwrap();
    assert_eq!(told(&String::from_utf8(bytes).unwrap()), ann);
}

#[test]
fn a_nul_is_left_out_and_said_so() {
    let heard = all(r#"{"person":{"name":"A\u0000nn"},"kind":"note","at":"2026-03-01","body":"x"}"#, 0);
    let Heard::Told { fragments, warnings, .. } = &heard[0] else { panic!("{heard:?}") };
    assert_eq!((fragments[0].fields["name"].as_str(), warnings.len()), ("Ann", 1));
}

#[test]
fn taken_up_again_anywhere_the_keys_are_the_same() {
    let note = r#"{"person":{"name":"Ann"},"kind":"note","at":"2026-03-01","body":"x"}"#;
    let text = format!("{note}\n\n{note}\nbroken\n{note}");
    let whole = all(&text, 0);
    let (mut lines, mut offsets) = (open(&text, 0), vec![0]);
    while lines.next().unwrap().is_some() {
        offsets.push(lines.offset());
    }
    for (done, offset) in offsets.into_iter().enumerate() {
        assert_eq!(all(&text, offset), whole[done..], "from {offset}");
    }
}
