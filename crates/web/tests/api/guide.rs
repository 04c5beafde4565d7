//! The guide in `docs/api.md` is true: every call in it is made, in its order, and works.

use std::collections::BTreeMap;

use axum::http::Method;

use crate::{every_address::work, told};

const GUIDE: &str = include_str!("../../../../docs/api.md");

/// The words of a line of shell: quotes, and `$NAME` outside of single ones.
fn words(line: &str, names: &BTreeMap<String, String>) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, c) if c.is_whitespace() => {
                words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty()))
            }
            (None | Some('"'), '$') => {
                let mut name = String::new();
                while let Some(c) = chars.next_if(|c| c.is_ascii_uppercase()) {
                    name.push(c);
                }
                word.push_str(names.get(&name).unwrap_or_else(|| panic!("${name} is not told of before")));
            }
            (_, c) => word.push(c),
        }
    }
    words.extend(Some(word).filter(|w| !w.is_empty()));
    words
}

/// A call as curl would make it.
struct Call {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn call(words: &[String], files: &BTreeMap<&str, &str>) -> Call {
    let mut call = Call { method: Method::GET, url: String::new(), headers: Vec::new(), body: String::new() };
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        let mut next = || words.next().expect("a value").clone();
        match word.as_str() {
            "-X" => call.method = next().parse().unwrap(),
            "-H" => {
                let header = next();
                let (name, value) = header.split_once(": ").expect("a header");
                call.headers.push((name.to_lowercase(), value.to_owned()));
            }
            "--json" => {
                call.body = next();
                call.headers.push(("content-type".into(), "application/json".into()));
                if call.method == Method::GET {
                    call.method = Method::POST;
                }
            }
            "--data-binary" => {
                let file = next();
                call.body = files[file.trim_start_matches('@')].to_owned();
                call.method = Method::POST;
            }
            url if url.starts_with("http") => call.url = url.to_owned(),
            other => panic!("the guide's reader does not know {other}"),
        }
    }
    call
}

/// The lines of the guide's shell blocks, put together where a quote goes on.
fn lines() -> Vec<String> {
    let blocks = GUIDE.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut lines: Vec<String> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match lines.last_mut().filter(|last| last.matches('\'').count() % 2 == 1) {
            Some(last) => last.extend(["\n", line]),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

#[test]
fn every_call_in_the_guide_works() {
    let lines = lines();
    assert!(lines.iter().filter(|line| line.starts_with("curl")).count() >= 12, "{lines:#?}");
    told(|served| {
        let lines = lines.clone();
        async move {
            let files = BTreeMap::from([(
                "guests.csv",
                "name,email\nMara Lind,mara@lind.example\nNobody,no address\n",
            )]);
            let till = served.trusted().await;
            let key = till.shown_header();
            let mut names =
                BTreeMap::from([("REGARD".to_owned(), served.address.clone()), ("KEY".to_owned(), key)]);
            let stranger = served.stranger();
            let mut answer = serde_json::Value::Null;
            for line in &lines {
                // `# ANN is the "person" of the answer`
                if let Some((name, field)) = line.strip_prefix("# ").and_then(|l| l.split_once(" is the \""))
                {
                    let field = field.split('"').next().unwrap();
                    names.insert(name.to_owned(), answer[field].as_str().unwrap().to_owned());
                }
                if !line.starts_with("curl ") {
                    continue;
                }
                let call = call(&words(line, &names), &files);
                let headers: Vec<_> = call.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                let path = call.url.strip_prefix(&served.address).expect("an address of ours");
                let said = stranger.send(call.method, path, &headers, call.body.into()).await;
                assert!(said.status.is_success(), "{line}\n{} {}", said.status, said.text());
                answer = said.json();
                work(&served).await;
            }
        }
    });
}
