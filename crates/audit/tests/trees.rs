//! Whole folders: what is read, what is told of it, and what is put right.
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufWriter, Write},
    path::Path,
    sync::atomic::AtomicUsize,
};

use audit::{Ask, Choice, Form, Outcome, Repair, Trouble, run};
use jsonschema::Draft;
use language::{Auditor, Kind};
use serde_json::Value;

/// A text of each kind, in which something is safe to put right and something is left alone.
const KINDS: &[(&str, &str)] = &[
    (
        "a.md",
        "---\ntitle: in order to\n---\n\nWe do it in order to help. `in order to`\r\n\r\nIn order to wait.\r\n",
    ),
    (
        "a.html",
        "<p title=\"We ask in order to help.\">We utilize it, in order to help.</p><code>in order to</code>\n",
    ),
    ("a.vue", "<p>{{ in order to }} We ask in order to help.</p>\n"),
    ("a.txt", "\u{feff}We utilize it in order to help.\n"),
    ("a.eml", "Subject: In order to\n\nWe utilize it in order to help.\n"),
    (
        "a.po",
        "msgid \"a\"\nmsgstr \"We utilize it in order to help.\"\n\nmsgid \"We utilize it.\"\nmsgstr \"\"\n",
    ),
    ("locales/en.json", "{\"in order to\": \"We utilize it in order to help.\"}\n"),
    ("locales/en.yml", "en:\n  a: \"We utilize it in order to help.\"\n"),
    ("a.ftl", "a = We utilize it in order to help.\n"),
    ("a.rs", "/// We utilize it in order to help.\nconst A: &str = \"We utilize it in order to help.\";\n"),
    ("a.js", "// We utilize it in order to help.\nlet inOrderTo = 1;\n"),
    ("a.ts", "/* We utilize it in order to help. */\n"),
    ("a.tsx", "// We utilize it in order to help.\n"),
    ("a.py", "# We utilize it in order to help.\n"),
    ("a.java", "// We utilize it in order to help.\n"),
    ("a.go", "package a\n\n// We utilize it in order to help.\n"),
    ("a.swift", "// We utilize it in order to help.\n"),
    ("a.kt", "// We utilize it in order to help.\n"),
];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = top.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    top
}

fn ask(top: &Path, form: Form) -> Ask {
    Ask {
        paths: vec![top.into()],
        no_ignore: false,
        kind: None,
        language: None,
        voice: None,
        choice: Choice::default(),
        baseline: None,
        write_baseline: false,
        repair: Repair::None,
        counts: true,
        reading: false,
        by_author: false,
        form,
        short: false,
        threads: 3,
    }
}

/// Takes nothing, like a disk that is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_cannot_be_written_is_not_passed_over() {
    let top = folder(&[]);
    for repair in [Repair::None, Repair::Show, Repair::Write] {
        for form in [Form::People { colour: false }, Form::Json, Form::Sarif] {
            let ask = Ask { paths: Vec::new(), repair, ..ask(top.path(), form) };
            let outcome =
                run::text(&ask, "a.md", Kind::Markdown, b"We utilize it.".to_vec(), BufWriter::new(Full));
            assert!(matches!(outcome, Err(Trouble::Write(_))), "{repair:?} {form:?}");
        }
    }
}

#[test]
fn a_baseline_keeps_what_could_not_be_read_when_it_was_written_again() {
    let top = folder(&[("a.md", "Each user may ask.\n"), ("b.md", "Each user may wait.\n")]);
    let file = top.path().join("old.json");
    let write = |level| {
        let choice = Choice { level, ..Choice::default() };
        let all =
            Ask { baseline: Some(file.clone()), write_baseline: true, choice, ..ask(top.path(), Form::Json) };
        told(&all).1.noted
    };
    assert_eq!(write(None), Some(2));
    fs::write(top.path().join("a.md"), b"caf\xe9").unwrap();
    assert_eq!((write(None), write(Some(language::Level::Error))), (Some(2), Some(2)));
    fs::remove_file(top.path().join("a.md")).unwrap();
    assert_eq!((write(Some(language::Level::Error)), write(None)), (Some(2), Some(1)));
}

/// What is told, with the folder's own name left out.
fn told(ask: &Ask) -> (String, Outcome) {
    let mut out = Vec::new();
    let outcome = run::files(ask, &mut out, &AtomicUsize::new(0)).unwrap();
    let here = format!("{}/", ask.paths[0].display());
    (String::from_utf8(out).unwrap().replace(&here, ""), outcome)
}

fn all(top: &Path) -> BTreeMap<String, String> {
    let read = |name: &&str| ((*name).to_owned(), fs::read_to_string(top.join(name)).unwrap());
    KINDS.iter().map(|it| &it.0).map(read).collect()
}

#[test]
fn what_is_put_right_once_needs_no_second_time_and_the_rest_stays() {
    let top = folder(KINDS);
    let fix = Ask { repair: Repair::Write, ..ask(top.path(), Form::Json) };
    let (_, first) = told(&fix);
    let once = all(top.path());
    let (_, second) = told(&fix);
    assert_eq!(once, all(top.path()));
    assert_eq!((second.summary.mended, second.summary.files), (0, KINDS.len()));
    assert_eq!(first.summary.mended_files, KINDS.len() - 1, "all but the mail, which was sent as it is");
    assert_eq!(
        once["a.md"],
        "---\ntitle: in order to\n---\n\nWe do it to help. `in order to`\r\n\r\nTo wait.\r\n"
    );
    assert_eq!(once["a.txt"], "\u{feff}We use it to help.\n");
    assert_eq!(once["a.eml"], KINDS[4].1);
    assert_eq!(
        once["a.rs"],
        "/// We use it to help.\nconst A: &str = \"We utilize it in order to help.\";\n"
    );
    assert_eq!(
        once["a.po"],
        "msgid \"a\"\nmsgstr \"We use it to help.\"\n\nmsgid \"We utilize it.\"\nmsgstr \"\"\n"
    );
    assert_eq!(once["locales/en.json"], "{\"in order to\": \"We use it to help.\"}\n");
}

#[test]
fn a_patch_is_what_git_applies_to_get_the_same() {
    let top = folder(KINDS);
    let show = Ask { repair: Repair::Show, ..ask(top.path(), Form::People { colour: false }) };
    let before = all(top.path());
    let (patch, outcome) = told(&show);
    assert!(outcome.has_found(&show, language::Level::Error));
    assert_eq!(before, all(top.path()), "nothing is changed");
    fs::write(top.path().join("a.patch"), patch).unwrap();
    let applied = std::process::Command::new("git")
        .args(["apply", "a.patch"])
        .current_dir(top.path())
        .output()
        .unwrap();
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    let by_git = all(top.path());
    let other = folder(KINDS);
    told(&Ask { repair: Repair::Write, ..ask(other.path(), Form::Json) });
    assert_eq!(by_git, all(other.path()));
}

const REPORTED: &[(&str, &str)] = &[
    ("a b.md", "Each user may ask.\n\nOur users wait: ask any user.\n\nOnly 3 rooms left! We utilize it.\n"),
    ("fi.md", "Kysymme mitä tarvitset, ja sitten teemme sen huolellisesti kanssasi yhdessä.\n"),
    ("latin.md", ""),
    ("zero.md", "a\0b"),
];

fn reported() -> tempfile::TempDir {
    let top = folder(REPORTED);
    fs::write(top.path().join("latin.md"), b"caf\xe9").unwrap();
    top
}

#[test]
fn people_are_told_the_sentence_why_once_and_what_to_say() {
    let top = reported();
    let (report, _) = told(&ask(top.path(), Form::People { colour: false }));
    let why = |id: &str| Auditor::shipped().rules().into_iter().find(|it| it.id == id).unwrap().why.clone();
    let wanted = format!(
        "\
a b.md
  1:6  warning  people/user
      Each ‹user› may ask.
      Why: {}
      Say: “person”
  3:5  warning  people/users
      Our ‹users› wait: ask any user.
      Why: {}
      Say: “people”
  3:25  warning  people/user
      Our users wait: ask any ‹user›.
      Say: “person”
  5:1  error  deceptive/only-left
      ‹Only 3 rooms left›!
      Why: {}
  5:23  warning  jargon/utilize
      We ‹utilize› it.
      Why: {}
      Say: “use”

5 findings in 1 of 2 files: 1 error, 4 warnings.
Most often: people/user (2), deceptive/only-left (1), jargon/utilize (1), people/users (1).
1 text is in a language that is not covered, so nothing was found there: fi.md.
2 files were not read: latin.md (not in UTF-8), zero.md (no text).
",
        why("people/user"),
        why("people/users"),
        why("deceptive/only-left"),
        why("jargon/utilize")
    );
    assert_eq!(report, wanted);
    let (report, _) = told(&ask(top.path(), Form::People { colour: true }));
    assert!(report.contains("Each \u{1b}[1;4muser\u{1b}[0m may ask."), "{report}");
}

#[test]
fn a_rate_is_told_of_texts_that_are_long_enough() {
    let well = "All is well here with all of us. ".repeat(50);
    let top = folder(&[("a.md", &format!("{well}\n\nEach user may ask us now for help or news.\n"))]);
    let (report, outcome) = told(&ask(top.path(), Form::People { colour: false }));
    assert_eq!(outcome.summary.words, Some(410));
    assert!(report.contains("1 finding in 1 of 1 file: 1 warning; 2.4 to 1,000 words."), "{report}");
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/sarif/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let schema = fs::read_to_string(schema).expect("the schema is there: run `npm ci --prefix tests/sarif`");
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    // A bracket is missing in it, which a later edition of the schema puts right.
    schema["definitions"]["run"]["properties"]["language"]["pattern"] = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    schema["definitions"]["toolComponent"]["properties"]["language"]["pattern"] =
        "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    let schema =
        jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true).build(&schema).unwrap();
    let (top, nothing) = (reported(), folder(&[]));
    let baseline = top.path().join("old.json");
    for (top, baseline) in [(&top, None), (&top, Some(baseline)), (&nothing, None)] {
        let write_baseline = baseline.is_some();
        let ask = Ask { baseline, write_baseline, counts: false, ..ask(top.path(), Form::Sarif) };
        let (report, _) = told(&ask);
        let report: Value = serde_json::from_str(&report).unwrap();
        let wrong: Vec<String> =
            schema.iter_errors(&report).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
    let broken = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [{}] }] });
    assert!(!schema.is_valid(&broken), "the schema finds what is wrong");
}

#[test]
fn sarif_tells_places_fixes_and_what_a_finding_is_known_by() {
    let top = reported();
    let (report, _) = told(&ask(top.path(), Form::Sarif));
    let report: Value = serde_json::from_str(&report).unwrap();
    let run = &report["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 5);
    let region = |it: &Value| it["locations"][0]["physicalLocation"]["region"].clone();
    assert_eq!(region(&results[0])["startColumn"], 6);
    assert_eq!(region(&results[0])["endColumn"], 10);
    let uri = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert!(uri.as_str().unwrap().ends_with("a%20b.md"), "{uri}");
    for it in results {
        let rule = &run["tool"]["driver"]["rules"][it["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], it["ruleId"]);
    }
    let replacement = &results[4]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "use");
    assert_eq!(
        replacement["deletedRegion"],
        serde_json::json!({ "startLine": 5, "startColumn": 23, "endLine": 5, "endColumn": 30 })
    );
    let marks: std::collections::BTreeSet<String> = results
        .iter()
        .map(|it| it["partialFingerprints"].to_string() + it["ruleId"].as_str().unwrap())
        .collect();
    assert_eq!(marks.len(), 5);
}

#[test]
fn in_sarif_the_same_sentence_is_known_each_time_it_stands_there() {
    let top =
        folder(&[("a.md", "Each user may ask.\n\nEach user may ask.\n"), ("b.md", "Each user may ask.\n")]);
    let (report, _) = told(&ask(top.path(), Form::Sarif));
    let report: Value = serde_json::from_str(&report).unwrap();
    let marks = report["runs"][0]["results"].as_array().unwrap().iter().map(|it| {
        let mark = it["partialFingerprints"]["sentence/v1"].as_str().unwrap();
        mark.split_once(':').map(|(digest, many)| (digest.to_owned(), many.to_owned())).unwrap()
    });
    let (digests, times): (Vec<String>, Vec<String>) = marks.unzip();
    assert_eq!(times, ["1", "2", "1"]);
    assert!(digests.iter().all(|it| *it == digests[0]), "{digests:?}");
}

#[test]
fn programs_are_told_all_in_one_document() {
    let top = reported();
    let (report, _) = told(&Ask { counts: false, ..ask(top.path(), Form::Json) });
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        report["files"].as_array().unwrap().len(),
        1,
        "only those with findings, if words are not counted"
    );
    let found = &report["files"][0]["findings"][0];
    assert_eq!(found["rule"], "people/user");
    assert_eq!((&found["line"], &found["start"], &found["end"]), (&1.into(), &5.into(), &9.into()));
    assert_eq!(found["sentence"], "Each user may ask.");
    assert_eq!(report["summary"]["findings"], serde_json::json!({ "note": 0, "warning": 4, "error": 1 }));
    assert!(report["rules"]["people/user"]["why"].as_str().unwrap().starts_with("“User”"));
    assert_eq!(report["unread"].as_array().unwrap().len(), 2);
    let (counted, _) = told(&Ask { counts: true, ..ask(top.path(), Form::Json) });
    let counted: Value = serde_json::from_str(&counted).unwrap();
    assert_eq!(counted["files"], report["files"], "how they read is told only if somebody asks");
    assert!(counted["summary"]["words"].as_u64() > Some(0));
    let (nothing, _) = told(&ask(folder(&[]).path(), Form::Json));
    assert_eq!(serde_json::from_str::<Value>(&nothing).unwrap()["files"], serde_json::json!([]));
}

const BOX: &str = "\
From ada Tue Mar  5 10:00:00 2024
From: Ada <ada@example.org>
Date: Tue, 5 Mar 2024 10:00:00 +0000
Subject: News

Each user may ask.

> Our users wait.

From grace Wed Apr  3 10:00:00 2024
From: \"Grace H.\" <grace@example.org>
Date: Wed, 3 Apr 2024 10:00:00 +0000
Subject: More news

Thank you for coming. Each user may ask. Any user may wait.
";

#[test]
fn a_mailbox_is_told_by_month_and_by_sender_only_if_somebody_asks() {
    let top = folder(&[("a.mbox", BOX)]);
    let (report, outcome) = told(&ask(top.path(), Form::People { colour: false }));
    assert!(report.contains("  6:6  warning  people/user\n"), "{report}");
    assert!(report.contains("  15:28  warning  people/user\n"), "{report}");
    assert!(report.contains("3 findings in 1 of 1 file"), "{report}");
    assert!(
        report.contains("2024-03  1 finding in 1 mail\n")
            && report.contains("2024-04  2 findings in 1 mail\n"),
        "{report}"
    );
    assert!(!report.contains("Ada") && !report.contains("Grace"), "{report}");
    assert_eq!(outcome.summary.months.len(), 2);
    let (report, _) = told(&Ask { by_author: true, ..ask(top.path(), Form::People { colour: false }) });
    assert!(report.contains("By author:\n  Ada       1 finding\n  Grace H.  2 findings\n"), "{report}");
    let (report, _) = told(&ask(top.path(), Form::Json));
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        report["files"][1]["findings"][0]["start"],
        BOX.match_indices("user may ask").nth(1).unwrap().0
    );
}
