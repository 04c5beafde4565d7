//! What goes over the wire. Something that cannot be understood is answered with an error, and listening goes on.

use std::{
    io::{self, BufRead, Read, Write},
    sync::mpsc::SyncSender,
};

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

/// More than any file that people wrote, told with all its marks.
const LARGEST: usize = 64 << 20;

/// More than the head of any message.
const LONGEST_LINE: u64 = 4_096;

/// What was heard.
#[derive(Debug)]
pub(super) enum Heard {
    /// A message.
    Message(Message),
    /// None, with the answer to it.
    Unclear(Value),
}

/// Listens until the other side is silent for good, or nobody cares any more.
pub(super) fn listen(mut input: impl BufRead, tell: &SyncSender<Heard>) {
    while let Ok(Some(heard)) = read(&mut input) {
        if tell.send(heard).is_err() {
            return;
        }
    }
}

fn read(input: &mut impl BufRead) -> io::Result<Option<Heard>> {
    let Some(size) = size(input)? else { return Ok(None) };
    let Some(size) = size.filter(|it| *it <= LARGEST) else {
        let skip = size.map_or(0, |it| u64::try_from(it).unwrap_or(u64::MAX));
        io::copy(&mut input.take(skip), &mut io::sink())?;
        return Ok(Some(unclear(&Value::Null, ErrorCode::ParseError, "no size, or more than is read")));
    };
    let mut body = vec![0; size];
    input.read_exact(&mut body)?;
    Ok(Some(understood(&body)))
}

fn understood(body: &[u8]) -> Heard {
    let value: Value = match serde_json::from_slice(body) {
        Ok(it) => it,
        Err(error) => return unclear(&Value::Null, ErrorCode::ParseError, &error.to_string()),
    };
    match serde_json::from_value(value.clone()) {
        Ok(message) => Heard::Message(message),
        Err(_) => unclear(&value["id"], ErrorCode::InvalidRequest, "neither question, answer nor notice"),
    }
}

fn unclear(id: &Value, code: ErrorCode, why: &str) -> Heard {
    let id = if id.is_string() || id.is_number() { id } else { &Value::Null };
    Heard::Unclear(json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code as i32, "message": why } }))
}

// The outer one says whether there is anything more at all, the inner one whether a size was told.
fn size(input: &mut impl BufRead) -> io::Result<Option<Option<usize>>> {
    let mut size = None;
    loop {
        let mut line = Vec::new();
        if input.take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            return Ok(Some(size));
        }
        let length = line.split_once(':').filter(|it| it.0.eq_ignore_ascii_case("content-length"));
        size = length.and_then(|it| it.1.trim().parse().ok()).or(size);
    }
}

/// Says something.
pub(super) fn say(output: &mut impl Write, message: &impl serde::Serialize) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(&body)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> Vec<String> {
        let mut input = io::Cursor::new(text.as_bytes().to_vec());
        std::iter::from_fn(|| read(&mut input).ok().flatten())
            .map(|it| match it {
                Heard::Message(Message::Request(it)) => it.method,
                Heard::Message(other) => format!("{other:?}"),
                Heard::Unclear(it) => format!("{} {}", it["id"], it["error"]["code"]),
            })
            .collect()
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn what_is_unclear_is_answered_and_the_next_message_is_heard() {
        let good = framed(r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#);
        let unclear = ["{", r#"{"id":7,"method":3}"#, r#"{"id":{},"method":3}"#, "[]", "\u{feff}"];
        let told: Vec<Vec<String>> =
            unclear.iter().map(|it| heard(&format!("{}{good}", framed(it)))).collect();
        let firsts: Vec<&str> = told.iter().map(|it| it[0].as_str()).collect();
        assert_eq!(firsts, ["null -32700", "7 -32600", "null -32600", "null -32600", "null -32700"]);
        assert!(told.iter().all(|it| it[1] == "shutdown"), "{told:?}");
    }

    #[test]
    fn a_size_that_is_missing_or_far_too_large_is_passed_by() {
        let good = framed(r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#);
        assert_eq!(heard(&format!("X: y\r\n\r\n{good}")), ["null -32700", "shutdown"]);
        assert_eq!(heard("Content-Length: 99999999999999\r\n\r\n{}"), ["null -32700"]);
        assert_eq!(heard("Content-Length: 99\r\n\r\n{}"), Vec::<String>::new(), "the other side has gone");
    }
}
