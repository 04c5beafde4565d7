//! The language audit, as somebody runs it: on the command line and in the build of a repository.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

fn audit(folder: &Path, words: &[&str]) -> Output {
    command(folder, words).output().unwrap()
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regard"));
    command.arg("audit-language").args(words).current_dir(folder);
    // A history of its own, and no settings of whoever runs the tests.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn from_input(folder: &Path, words: &[&str], text: &str) -> Output {
    let mut child = command(folder, words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = top.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    top
}

fn git(folder: &Path, author: &str, words: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"])
        .args(words)
        .env("GIT_AUTHOR_NAME", author)
        .env("GIT_COMMITTER_NAME", author)
        .env("GIT_AUTHOR_EMAIL", "a@example.org")
        .env("GIT_COMMITTER_EMAIL", "a@example.org")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

const NOTE: &str = "Please do not hesitate to ask.\n";
const WARNING: &str = "Each user may ask.\n";
const ERROR: &str = "Only 3 rooms left!\n";

#[test]
fn the_exit_code_says_whether_something_was_found() {
    let top = folder(&[
        ("well.md", "All is well.\n"),
        ("note.md", NOTE),
        ("warning.md", WARNING),
        ("error.md", ERROR),
    ]);
    let told: &[(&[&str], i32)] = &[
        (&["well.md"], 0),
        (&["note.md"], 0),
        (&["note.md", "--fail-on", "note"], 1),
        (&["note.md", "--fail-on", "note", "--level", "warning"], 0),
        (&["warning.md"], 1),
        (&["warning.md", "--fail-on", "error"], 0),
        (&["warning.md", "--off", "people"], 0),
        (&["warning.md", "--only", "jargon"], 0),
        (&["."], 1),
        (&["error.md", "--fail-on", "error"], 1),
        (&["gone.md"], 2),
        (&["error.md", "gone.md"], 2),
        (&[], 2),
        (&[".", "--off", "people/usr"], 2),
        (&[".", "--level", "grave"], 2),
        (&[".", "--kind", "prose"], 2),
        (&[".", "--language", "nl"], 2),
        (&[".", "--baseline", "gone.json"], 2),
        (&[".", "--voice", "gone.toml"], 2),
        (&["--explain", "people/usr"], 2),
        (&["--rules"], 0),
        (&["--explain", "people/user"], 0),
    ];
    for (words, wanted) in told {
        let output = audit(top.path(), words);
        assert_eq!(code(&output), *wanted, "{words:?}: {}{}", said(&output), complained(&output));
    }
    let output = audit(top.path(), &["gone.md", "--json"]);
    assert!(complained(&output).contains("gone.md was not read"), "{}", complained(&output));
}

#[test]
fn an_old_text_does_not_count_until_it_is_written_anew() {
    let top = folder(&[("docs/a.md", "Each user may ask.\n\nWe utilize it.\n")]);
    let with = |words: &[&str]| {
        let all: Vec<&str> = words.iter().copied().chain(["docs", "--baseline", "old.json"]).collect();
        audit(top.path(), &all)
    };
    let written = with(&["--write-baseline"]);
    assert_eq!((code(&written), complained(&written).trim()), (0, "2 findings are noted in old.json"));
    let first = fs::read_to_string(top.path().join("old.json")).unwrap();
    assert_eq!(code(&with(&[])), 0);
    // From another folder it is the same baseline.
    assert_eq!(code(&audit(&top.path().join("docs"), &["a.md", "--baseline", "../old.json"])), 0);

    fs::write(
        top.path().join("docs/a.md"),
        "A line.\n\nWe utilize it.\n\nEach user may ask. Any user may wait.\n",
    )
    .unwrap();
    let more = with(&[]);
    assert_eq!(code(&more), 1);
    assert!(said(&more).contains("Any ‹user›") && !said(&more).contains("Each ‹user›"), "{}", said(&more));
    assert!(said(&more).contains("2 more are in the baseline, which do not count."), "{}", said(&more));
    let json: Value = serde_json::from_str(&said(&with(&["--json"]))).unwrap();
    let old: Vec<bool> = json["files"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["old"].as_bool().unwrap())
        .collect();
    assert_eq!(old, [true, true, false]);

    fs::write(top.path().join("docs/a.md"), "We utilize it.\n").unwrap();
    let less = with(&[]);
    assert_eq!(code(&less), 0);
    assert!(said(&less).contains("1 finding of the baseline is no longer there"), "{}", said(&less));
    with(&["--write-baseline"]);
    let last = fs::read_to_string(top.path().join("old.json")).unwrap();
    assert!(last.len() < first.len(), "{last}");
    assert!(!said(&with(&[])).contains("no longer"));
}

#[test]
fn a_baseline_that_is_written_again_keeps_what_was_not_looked_at() {
    let top = folder(&[
        ("docs/a.md", "Each user may ask. Please do not hesitate to ask.\n"),
        ("docs/b.md", WARNING),
    ]);
    let at = |name: &str| top.path().join(name);
    let write = |words: &[&str]| {
        let all: Vec<&str> =
            words.iter().copied().chain(["--baseline", "old.json", "--write-baseline"]).collect();
        let told = audit(top.path(), &all);
        (code(&told), fs::read_to_string(at("old.json")).unwrap(), said(&told))
    };
    let (_, first, _) = write(&["docs"]);
    assert_eq!(first.matches("\": 1").count(), 4, "three findings, and the version: {first}");
    for words in [
        &["docs", "--level", "warning"][..],
        &["docs", "--level", "warning"],
        &["docs", "--only", "people"],
        &["docs/b.md"],
        &["docs", "--off", "people"],
    ] {
        assert_eq!(write(words).1, first, "{words:?}");
    }
    let all = ["--stdin", "--path", "docs/b.md", "--baseline", "old.json", "--write-baseline"];
    from_input(top.path(), &all, WARNING);
    assert_eq!(fs::read_to_string(at("old.json")).unwrap(), first);

    fs::write(at("docs/b.md"), b"caf\xe9").unwrap();
    assert_eq!(write(&["docs"]).1, first, "what could not be read stays");
    fs::write(at("docs/a.md"), "Please do not hesitate to ask.\n").unwrap();
    let (_, less, _) = write(&["docs", "--level", "warning"]);
    assert_eq!(less.matches("\": 1").count(), 3, "what was looked at and is no more goes: {less}");
    fs::remove_file(at("docs/b.md")).unwrap();
    assert_eq!(write(&["docs"]).1.matches("\": 1").count(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_told() {
    let top = folder(&[("a.md", "We utilize it.\n"), ("history.jsonl", "")]);
    let told: &[&[&str]] = &[
        &["--stdin", "--kind", "plain", "--fix"],
        &["--stdin", "--kind", "plain"],
        &["a.md"],
        &["a.md", "--json"],
        &["a.md", "--sarif"],
        &["a.md", "--diff"],
        &["a.md", "--summary"],
        &["--rules"],
        &["--explain", "people/user"],
    ];
    for words in told {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut child = command(top.path(), words)
            .stdin(Stdio::piped())
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may have gone before it heard all.
        let _ = child.stdin.take().unwrap().write_all(b"We utilize it, without an end of the line.");
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 2, "{words:?}");
        assert!(complained(&output).contains("regard: "), "{words:?}: {}", complained(&output));
    }
}

#[cfg(unix)]
#[test]
fn orders_to_the_terminal_in_names_of_files_are_told_and_not_obeyed() {
    let top = folder(&[("a.md", WARNING)]);
    let evil = "gone\u{1b}[31m.md";
    for words in
        [&[evil, "--json"][..], &["a.md", "--baseline", evil], &["a.md", "--voice", evil], &["--draw", evil]]
    {
        let told = complained(&audit(top.path(), words));
        assert!(told.contains("gone\u{fffd}[31m.md") && !told.contains('\u{1b}'), "{words:?}: {told}");
    }
    let told = complained(&audit(top.path(), &["a.md", "--baseline", evil, "--write-baseline"]));
    assert!(told.contains("1 finding is noted in gone\u{fffd}[31m.md"), "{told}");
}

#[test]
fn what_is_safe_is_put_right_in_its_place() {
    let top = folder(&[
        ("a.md", "We utilize it.\r\nEach user may ask. Ask the user.\r\n"),
        ("b.md", "All is well.\n"),
    ]);
    let patch = audit(top.path(), &[".", "--diff"]);
    assert_eq!(code(&patch), 1);
    assert!(
        said(&patch).contains("--- a/a.md\n+++ b/a.md\n") && said(&patch).contains("+We use it."),
        "{}",
        said(&patch)
    );
    let fixed = audit(top.path(), &[".", "--fix"]);
    assert_eq!(code(&fixed), 1, "what is not safe is still there");
    assert!(said(&fixed).contains("Put right: 2 places in 1 file."), "{}", said(&fixed));
    let text = fs::read_to_string(top.path().join("a.md")).unwrap();
    assert_eq!(text, "We use it.\r\nEach person may ask. Ask the user.\r\n");
    let none = audit(top.path(), &[".", "--diff"]);
    assert_eq!((code(&none), said(&none).as_str()), (0, ""));
}

#[cfg(unix)]
#[test]
fn a_folder_that_nobody_may_write_to_is_said_and_the_text_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let top = folder(&[("shut/a.md", "We utilize it.\n")]);
    let shut = top.path().join("shut");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o555)).unwrap();
    // Whoever may do everything is not kept out by that.
    let may = fs::write(shut.join("b"), "").is_ok();
    let output = audit(top.path(), &["shut", "--fix"]);
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
    let text = fs::read_to_string(shut.join("a.md")).unwrap();
    if may {
        assert_eq!((code(&output), text.as_str()), (0, "We use it.\n"));
    } else {
        assert_eq!((code(&output), text.as_str()), (2, "We utilize it.\n"), "{}", said(&output));
    }
}

#[test]
fn a_text_may_come_from_another_program() {
    let top = folder(&[(".regard-language.toml", "people = \"guest\"\n")]);
    let told = from_input(top.path(), &["--stdin", "--path", "letters/a.md"], WARNING);
    assert_eq!(code(&told), 1);
    assert!(
        said(&told).contains("letters/a.md\n  1:6") && said(&told).contains("Say: “guest”"),
        "{}",
        said(&told)
    );
    let fixed = from_input(top.path(), &["--stdin", "--kind", "plain", "--fix"], "We utilize it.\n");
    assert_eq!((code(&fixed), said(&fixed).as_str()), (0, "We use it.\n"));
    let same = from_input(top.path(), &["--stdin", "--kind", "plain", "--fix"], "All is well.\n");
    assert_eq!((code(&same), said(&same).as_str()), (0, "All is well.\n"));
    let unknown = from_input(top.path(), &["--stdin"], WARNING);
    assert_eq!(code(&unknown), 2);
    assert!(complained(&unknown).contains("--kind"), "{}", complained(&unknown));
}

#[test]
fn a_voice_that_cannot_be_understood_is_told_with_its_line() {
    let top = folder(&[
        ("a.md", WARNING),
        ("deep/b.md", WARNING),
        ("deep/.regard-language.toml", "people = \"guest\"\npeeple = 1\n"),
    ]);
    let output = audit(top.path(), &["."]);
    assert_eq!(code(&output), 2);
    assert!(complained(&output).contains("deep/.regard-language.toml:2: "), "{}", complained(&output));
    assert_eq!(code(&audit(top.path(), &["a.md"])), 1, "it is asked for only where it holds");
}

#[test]
fn what_git_leaves_aside_is_not_read_unless_somebody_asks() {
    let top = folder(&[
        (".gitignore", "built/\n"),
        ("built/a.md", WARNING),
        ("src/a.md", "All is well.\n"),
        (".hidden.md", WARNING),
    ]);
    assert_eq!(code(&audit(top.path(), &["."])), 0);
    assert_eq!(code(&audit(top.path(), &[".", "--no-ignore"])), 1);
    assert_eq!(code(&audit(top.path(), &["built/a.md"])), 1, "what is named is read");
}

#[test]
fn how_a_repository_speaks_is_drawn_over_time_and_by_author_if_somebody_asks() {
    let top = folder(&[("a.md", "Each user may ask.\n")]);
    git(top.path(), "Ada", &["init", "-q"]);
    git(top.path(), "Ada", &["add", "."]);
    git(top.path(), "Ada", &["commit", "-qm", "a"]);
    let audited = || audit(top.path(), &["a.md", "--history", "history.jsonl"]);
    assert!(!said(&audited()).contains("Ada"));
    fs::write(
        top.path().join("a.md"),
        "Each user may ask.\n\nWe utilize it. All else is well, and that is how it stays.\n",
    )
    .unwrap();
    git(top.path(), "Grace", &["commit", "-qam", "b"]);
    audited();
    let by = audit(top.path(), &["a.md", "--by-author"]);
    assert!(said(&by).contains("By author:\n  Ada    1 finding\n  Grace  1 finding\n"), "{}", said(&by));
    let lines = fs::read_to_string(top.path().join("history.jsonl")).unwrap();
    let all: Vec<Value> = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!((all.len(), &all[0]["words"], &all[0]["findings"]["people"]), (2, &4.into(), &1.into()));
    assert_ne!(all[0]["commit"], all[1]["commit"]);
    let drawn = audit(top.path(), &["--draw", "history.jsonl"]);
    let bars: Vec<usize> = said(&drawn).lines().map(|it| it.matches('█').count()).collect();
    assert!(bars.len() == 2 && bars[0] == 40 && bars[1] < 20, "{}", said(&drawn));
    let picture = audit(top.path(), &["--draw", "history.jsonl", "--svg"]);
    assert!(said(&picture).starts_with("<svg ") && said(&picture).contains("<desc"), "{}", said(&picture));
}

#[test]
fn how_often_the_rules_are_right_is_told_and_held_against_the_goals() {
    let line = |text: &str, at: i64, label: &str| {
        format!(
            "{{\"text\": \"{text}\", \"at\": {at}, \"label\": \"{label}\", \"kind\": \"guide\", \"split\": \"held\"}}\n"
        )
    };
    let well = line("Each user may ask.", 5, "person");
    let wrong = line("Each user may ask.", 5, "other");
    let top =
        folder(&[("well.jsonl", &well), ("wrong.jsonl", &(well.clone() + &wrong)), ("none.jsonl", "{}\n")]);
    let told = audit(top.path(), &["--corpus", "well.jsonl"]);
    assert_eq!(code(&told), 0);
    assert!(said(&told).contains("guide") && said(&told).contains("1.000"), "{}", said(&told));
    let told = audit(top.path(), &["--corpus", "wrong.jsonl", "--json"]);
    assert_eq!(code(&told), 1);
    let json: Value = serde_json::from_str(&said(&told)).unwrap();
    assert_eq!(
        (&json["precision"], &json["recall"], &json["misses"][0]["line"]),
        (&0.5.into(), &1.0.into(), &2.into())
    );
    let told = audit(top.path(), &["--corpus", "none.jsonl"]);
    assert_eq!(code(&told), 2);
    assert!(complained(&told).contains("none.jsonl: line 1"), "{}", complained(&told));
}

#[test]
fn rules_are_listed_with_our_own() {
    let top =
        folder(&[(".regard-language.toml", "[[never]]\nsay = \"cheap\"\nwhy = \"Price is not all.\"\n")]);
    let list = said(&audit(top.path(), &["--rules"]));
    assert!(
        list.contains("voice/never-cheap")
            && list.contains("Price is not all.")
            && list.contains("people/user"),
        "{list}"
    );
    let one = said(&audit(top.path(), &["--explain", "jargon/utilize"]));
    assert!(one.contains("It finds:") && one.contains("It leaves alone:"), "{one}");
    let json: Value = serde_json::from_str(&said(&audit(top.path(), &["--rules", "--json"]))).unwrap();
    assert!(
        json.as_array().unwrap().iter().any(|it| it["rule"] == "people/user" && it["finds"][0].is_string())
    );
}

#[test]
fn how_long_texts_read_is_told_if_somebody_asks() {
    let easy = "We ask you what you need. Then we do it. You can say no. ".repeat(10);
    let top = folder(&[("easy.md", &easy)]);
    assert!(!said(&audit(top.path(), &["."])).contains("How it reads"));
    let told = said(&audit(top.path(), &[".", "--reading"]));
    assert!(told.contains("0 of 1 long text below 60") && told.contains("easy.md  "), "{told}");
    let json: Value = serde_json::from_str(&said(&audit(top.path(), &[".", "--reading", "--json"]))).unwrap();
    assert!(json["files"][0]["reading"]["ease"]["score"].as_f64().unwrap() > 60.0, "{json}");
}

#[test]
fn what_somebody_names_is_read_or_the_command_fails() {
    let top = folder(&[("a.md", "All is well.\n")]);
    fs::write(top.path().join("latin.md"), b"caf\xe9\n").unwrap();
    let named = audit(top.path(), &["a.md", "latin.md"]);
    assert_eq!(code(&named), 2, "{}", said(&named));
    assert!(said(&named).contains("latin.md (not in UTF-8)"), "{}", said(&named));
    assert_eq!(code(&audit(top.path(), &["."])), 0, "nobody asked for it by name");
}

#[test]
fn mail_is_read_as_people_read_it() {
    let mail = "Subject: Hello\nDate: Tue, 5 Mar 2024 23:30:00 +0000\nContent-Transfer-Encoding: quoted-printable\n\n\
                Then we uti=\nlize it.\n\n-----Original Message-----\n\nThen we leverage it.\n";
    let top = folder(&[("a.eml", mail)]);
    let output = audit(top.path(), &["--json", "a.eml"]);
    let told: Value = serde_json::from_str(&said(&output)).unwrap();
    let findings = told["files"][0]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{told}");
    assert_eq!((&findings[0]["found"], &findings[0]["line"]), (&"utilize".into(), &1.into()), "{told}");
    assert_eq!(told["files"][0]["month"], "2024-03");
}
