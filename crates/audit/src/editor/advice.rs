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
        Some(say) => format!("{} {say}", found.rule.why),
        None => found.rule.why.clone(),
    }
}

/// The same for whoever points at it.
pub(super) fn hover(found: &Finding) -> String {
    format!("{}\n\n{}", sentence(found), found.rule.id)
}

// In the language of the rule, since why it matters is said in it, too.
fn choice(found: &Finding) -> Option<String> {
    let (say, or) = match found.rule.id.split('/').next() {
        Some("de") => ("Besser:", "oder"),
        Some("fr") => ("Mieux :", "ou"),
        Some("es") => ("Mejor:", "o"),
        _ => ("Say", "or"),
    };
    let words: Vec<String> = found.say.iter().take(CHOICE).map(|it| format!("“{it}”")).collect();
    let (last, others) = words.split_last()?;
    let before = if others.is_empty() { String::new() } else { format!("{} {or} ", others.join(", ")) };
    Some(format!("{say} {before}{last}."))
}

#[cfg(test)]
mod tests {
    use language::{Auditor, Kind};

    use super::*;

    #[test]
    fn advice_is_given_in_the_language_of_the_text() {
        let told = |text: &str| sentence(&Auditor::shipped().audit(text, Kind::Plain).findings[0]);
        let english = told("Then we utilize it.");
        assert!(english.ends_with(" Say “use”."), "{english}");
        let several = told("A user can pay by card.");
        assert!(several.ends_with(" Say “A person” or “You”."), "{several}");
        let german = told("Viele Nutzer können jetzt auch Bilder zeigen, und das ist schön.");
        assert!(german.ends_with(" Besser: “Menschen”."), "{german}");
    }
}
