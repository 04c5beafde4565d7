//! What is told of a finding: why it matters, and what to say instead.

use language::{Finding, Level};
use lsp_types::{Diagnostic, DiagnosticSeverity, NumberOrString, Range};

/// Who tells it.
pub(super) const SOURCE: &str = "regard";

/// More than this many words to choose from are no help.
const CHOICE: usize = 3;

/// As it is shown beside the text.
pub(super) fn diagnostic(found: &Finding, range: Range) -> Diagnostic {
    Diagnostic {
        range,
        severity: Some(severity(found.rule.level)),
        code: Some(NumberOrString::String(found.rule.id.clone())),
        source: Some(SOURCE.into()),
        message: sentence(found),
        ..Diagnostic::default()
    }
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Note => DiagnosticSeverity::INFORMATION,
        Level::Warning => DiagnosticSeverity::WARNING,
        Level::Error => DiagnosticSeverity::ERROR,
    }
}

/// Why it matters, and what to say instead.
pub(super) fn sentence(found: &Finding) -> String {
    match choice(found) {
        Some(say) => format!("{} Say {say}.", found.rule.why),
        None => found.rule.why.clone(),
    }
}

/// The same for whoever points at it.
pub(super) fn hover(found: &Finding) -> String {
    format!("{}\n\n{}", sentence(found), found.rule.id)
}

fn choice(found: &Finding) -> Option<String> {
    let words: Vec<String> = found.say.iter().take(CHOICE).map(|it| format!("“{it}”")).collect();
    let (last, others) = words.split_last()?;
    Some(if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) })
}
