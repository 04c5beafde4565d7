//! For those that show advice beside changes: SARIF 2.1.0, the form in which findings of many programs are exchanged.

use std::{
    collections::HashMap,
    io::{self, Write},
    sync::Arc,
};

use language::Rule;
use serde_json::{Value, json};

use super::Report;
use crate::{
    baseline::digest,
    look::{Found, Place, Told},
    rules::said,
    summary::Summary,
};

/// What the digest is made of; another name when that changes.
const FINGERPRINT: &str = "sentence/v1";

/// Tells in SARIF.
pub struct Sarif<W> {
    out: W,
    is_open: bool,
    with_baseline: bool,
    rules: Vec<Arc<Rule>>,
    numbers: HashMap<String, usize>,
    seen: HashMap<String, usize>,
}

impl<W: Write> Sarif<W> {
    /// Begins the document with the first text, or with the end. With a baseline, each finding says whether it was there.
    pub fn new(out: W, with_baseline: bool) -> Self {
        let (rules, numbers, seen) = (Vec::new(), HashMap::new(), HashMap::new());
        Self { out, is_open: false, with_baseline, rules, numbers, seen }
    }

    fn open(&mut self) -> io::Result<&'static str> {
        if self.is_open {
            return Ok(",\n");
        }
        self.is_open = true;
        self.out.write_all(
            b"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\n\"results\":[\n",
        )?;
        Ok("")
    }

    fn number(&mut self, rule: &Arc<Rule>) -> usize {
        if let Some(number) = self.numbers.get(&rule.id) {
            return *number;
        }
        self.rules.push(Arc::clone(rule));
        self.numbers.insert(rule.id.clone(), self.rules.len() - 1);
        self.rules.len() - 1
    }

    fn result(&mut self, path: &str, it: &Found) -> Value {
        let (rule, from) = (&it.finding.rule, Place { line: it.finding.line, column: it.finding.column });
        // The same sentence may stand in a file several times, and each is a finding of its own.
        let digest = digest(&it.finding);
        let many = self.seen.entry(format!("{path}\n{}\n{digest}", rule.id)).or_default();
        *many += 1;
        let fingerprint = format!("{digest}:{many}");
        let mut region = region(from, it.end);
        region["snippet"] = json!({ "text": it.finding.found });
        let mut result = json!({
            "ruleId": rule.id,
            "ruleIndex": self.number(rule),
            "level": rule.level.name(),
            "message": { "text": message(it) },
            "locations": [{ "physicalLocation": { "artifactLocation": place(path), "region": region } }],
            "partialFingerprints": { FINGERPRINT: fingerprint },
        });
        if self.with_baseline {
            result["baselineState"] = json!(if it.is_old { "unchanged" } else { "new" });
        }
        if let (Some(fix), Some((from, to))) = (&it.finding.fix, it.fix) {
            let replacement =
                json!({ "deletedRegion": self::region(from, to), "insertedContent": { "text": fix.text } });
            result["fixes"] = json!([{
                "description": { "text": format!("Say “{}”.", fix.text) },
                "artifactChanges": [{ "artifactLocation": place(path), "replacements": [replacement] }],
            }]);
        }
        result
    }
}

impl<W: Write> Report for Sarif<W> {
    fn text(&mut self, told: &Told) -> io::Result<()> {
        if !told.is_more {
            self.seen.clear();
        }
        for it in &told.findings {
            let between = self.open()?;
            let result = self.result(&told.path, it);
            write!(self.out, "{between}{result}")?;
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.open()?;
        let unread = summary.unread.iter().map(|it| {
            json!({
                "level": if it.is_failure() { "error" } else { "note" },
                "message": { "text": format!("{} was not read: {}", it.path, it.why.told()) },
            })
        });
        let went_well = !summary.unread.iter().any(|it| it.is_failure());
        let invocation = json!({ "executionSuccessful": went_well, "toolExecutionNotifications": unread.collect::<Vec<_>>() });
        let driver = json!({
            "name": "regard audit-language",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": self.rules.iter().map(|it| rule(it)).collect::<Vec<_>>(),
        });
        writeln!(
            self.out,
            "\n],\n\"columnKind\":\"unicodeCodePoints\",\n\"invocations\":[{invocation}],\n\"tool\":{}}}]}}",
            json!({ "driver": driver })
        )?;
        self.out.flush()
    }
}

fn rule(it: &Rule) -> Value {
    let say = if it.say.is_empty() {
        String::new()
    } else {
        format!(" Say, for example: {}.", said(it).join(", "))
    };
    let example = it.yes.first().map(|it| format!(" Found in: “{it}”")).unwrap_or_default();
    json!({
        "id": it.id,
        "shortDescription": { "text": it.why },
        "help": { "text": format!("{}{say}{example}", it.why) },
        "defaultConfiguration": { "level": it.level.name() },
    })
}

fn message(it: &Found) -> String {
    let (found, why) = (&it.finding.found, &it.finding.rule.why);
    let say = it.finding.say.first().map(|it| format!(" Say “{it}”.")).unwrap_or_default();
    format!("“{found}”: {why}{say}")
}

fn region(from: Place, to: Place) -> Value {
    json!({ "startLine": from.line, "startColumn": from.column, "endLine": to.line, "endColumn": to.column })
}

// Addresses know fewer letters than names of files.
fn place(path: &str) -> Value {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    if path.starts_with('/') { json!({ "uri": format!("file://{uri}") }) } else { json!({ "uri": uri }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_addresses() {
        assert_eq!(place("docs/a b.md")["uri"], "docs/a%20b.md");
        assert_eq!(place("/tmp/ä.md")["uri"], "file:///tmp/%C3%A4.md");
    }
}
