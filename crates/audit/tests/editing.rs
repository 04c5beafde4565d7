//! An editor and the server, message by message: it keeps to the protocol, and bears whatever is said to it.
#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use audit::editor;
use proptest::prelude::*;
use serde_json::{Value, json};

fn framed(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn said(messages: &[Value]) -> Vec<u8> {
    messages.iter().flat_map(|it| framed(&it.to_string())).collect()
}

/// Whether they parted as agreed, and what was answered.
fn talk(input: Vec<u8>) -> (bool, Vec<Value>) {
    let mut output = Vec::new();
    let was_agreed = editor::serve(Cursor::new(input), &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    let bodies = text.split("Content-Length: ").skip(1).filter_map(|it| it.split_once("\r\n\r\n"));
    (was_agreed, bodies.map(|(_, it)| serde_json::from_str(it).unwrap()).collect())
}

fn request(id: i32, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

fn notice(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

fn begin(encodings: &[&str]) -> Value {
    let general = json!({ "positionEncodings": encodings });
    request(
        1,
        "initialize",
        &json!({ "processId": null, "rootUri": null, "capabilities": { "general": general } }),
    )
}

fn open(text: &str) -> Value {
    let document = json!({ "uri": "untitled:a", "languageId": "markdown", "version": 1, "text": text });
    notice("textDocument/didOpen", &json!({ "textDocument": document }))
}

fn hover(id: i32, character: u32) -> Value {
    let place = json!({ "line": 0, "character": character });
    request(id, "textDocument/hover", &json!({ "textDocument": { "uri": "untitled:a" }, "position": place }))
}

#[test]
fn the_talk_has_a_beginning_and_an_end() {
    let nothing = json!(null);
    let exit = notice("exit", &nothing);
    let shutdown = request(3, "shutdown", &nothing);
    let late = request(4, "textDocument/hover", &nothing);
    let early = request(0, "shutdown", &nothing);
    let talked =
        said(&[early, begin(&[]), begin(&[]), request(2, "a/b", &nothing), shutdown, late, exit.clone()]);
    let (was_agreed, answers) = talk(talked);
    let codes: Vec<Value> = answers.iter().map(|it| it["error"]["code"].clone()).collect();
    assert!(was_agreed, "{answers:?}");
    assert_eq!(codes, [json!(-32002), json!(null), json!(-32600), json!(-32601), json!(null), json!(-32600)]);
    assert_eq!(answers[4], json!({ "jsonrpc": "2.0", "id": 3, "result": null }));
    assert!(!talk(said(&[begin(&[]), exit])).0, "whoever goes without a word has not taken leave");
    assert!(!talk(said(&[begin(&[])])).0);
}

#[test]
fn letters_are_counted_as_the_editor_can() {
    for (encodings, chosen, character) in [
        (&["utf-16"][..], "utf-16", 12),
        (&["utf-16", "utf-8"][..], "utf-8", 16),
        (&[][..], "utf-16", 12),
        (&["utf-32"][..], "utf-16", 12),
    ] {
        let input = said(&[begin(encodings), open("😀 😀 Every user may ask."), hover(2, character)]);
        let (_, answers) = talk(input);
        assert_eq!(answers[0]["result"]["capabilities"]["positionEncoding"], chosen);
        let range = &answers[1]["result"]["range"];
        assert_eq!(range["start"]["character"], character, "{answers:?}");
        assert_eq!(range["end"]["character"], character + 4, "{answers:?}");
    }
}

#[test]
fn a_question_that_cannot_be_understood_is_answered_and_the_next_one_too() {
    let wrong = request(2, "textDocument/hover", &json!({ "position": 7 }));
    let unknown = hover(3, 0);
    let odd = notice("textDocument/didChange", &json!({ "textDocument": 9 }));
    let (_, answers) =
        talk(said(&[begin(&[]), wrong, unknown, odd, open("Every user may ask."), hover(4, 7)]));
    assert_eq!(answers[1]["error"]["code"], -32602);
    assert_eq!(answers[2]["result"], Value::Null, "of a text that is not open nothing is known");
    let said = answers[3]["result"]["contents"]["value"].as_str().unwrap();
    assert!(said.contains("Say “person”") && said.ends_with("people/user"), "{said}");
}

fn anything() -> impl Strategy<Value = Vec<u8>> {
    let place = || {
        (0..4_u32, 0..40_u32).prop_map(|(line, character)| json!({ "line": line, "character": character }))
    };
    let range = || (place(), place()).prop_map(|(start, end)| json!({ "start": start, "end": end }));
    let words = "[ a😀\r\n\"/#*<!>-]{0,6}(users|We utilize it|\\{|`)?[ \r\n]{0,2}";
    let document = json!({ "uri": "untitled:a", "version": 2 });
    let change = (range(), words).prop_map(move |(range, text)| {
        let changes = json!([{ "range": range, "text": text }]);
        notice("textDocument/didChange", &json!({ "textDocument": document, "contentChanges": changes }))
    });
    let document = json!({ "uri": "untitled:a" });
    let ask = range().prop_map(move |range| {
        let params = json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } });
        request(5, "textDocument/codeAction", &params)
    });
    let bytes = proptest::collection::vec(any::<u8>(), 0..20);
    prop_oneof![
        6 => change.prop_map(|it| said(&[it])),
        3 => ask.prop_map(|it| said(&[it])),
        1 => bytes.clone().prop_map(|it| [format!("Content-Length: {}\r\n\r\n", it.len()).into_bytes(), it].concat()),
        1 => "[a-z:{}]{0,9}\r\n\r\n".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_said_the_next_question_is_answered(
        language in proptest::sample::select(vec!["markdown", "html", "rust", "typescriptreact", "python", "plaintext"]),
        talk_of in proptest::collection::vec(anything(), 0..12),
    ) {
        let document = json!({ "uri": "untitled:a", "languageId": language, "version": 1, "text": "Our users read.\r\n" });
        let first = said(&[begin(&[]), notice("textDocument/didOpen", &json!({ "textDocument": document }))]);
        let last = said(&[request(99, "shutdown", &json!(null)), notice("exit", &json!(null))]);
        let (was_agreed, answers) = talk([first, talk_of.concat(), last].concat());
        prop_assert!(was_agreed);
        let wrong = |it: &&Value| it["error"]["code"] == -32603;
        prop_assert!(!answers.iter().any(|it| wrong(&it)), "{:?}", answers);
        prop_assert_eq!(&answers.last().unwrap()["id"], 99);
    }
}
