//! What can be done about a finding with one key: say it otherwise, put right all that is sure, or allow it.

use std::collections::{BTreeSet, HashMap};

use language::{Auditor, Finding, Kind, fixed};
use lsp_types::{CodeAction, CodeActionKind, Diagnostic, Range, TextEdit, Uri, WorkspaceEdit};

use super::{
    advice,
    allowing::{self, Allowing},
    document::Document,
    places::{Units, Walk},
};

/// Everything that is sure, at once. Editors that put things right on saving ask for it by this name.
pub(super) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.regard");

/// So many rules can be allowed at one place; where each comment may stand is tried, and takes as long as to look.
const ALLOWED: usize = 4;

/// What can be done where the editor asks, of the kinds that it asks for.
pub(super) fn actions(
    document: &mut Document,
    auditor: &Auditor,
    range: Range,
    only: Option<&[CodeActionKind]>,
    units: Units,
) -> Vec<CodeAction> {
    let Some(kind) = document.kind else { return Vec::new() };
    let asks = |kind: &CodeActionKind| only.is_none_or(|all| all.iter().any(|it| holds(it, kind)));
    let bytes = units.bytes(&document.text, range);
    let all = document.found(auditor);
    let mut actions = Vec::new();
    if asks(&CodeActionKind::QUICKFIX) {
        let touched = all.iter().filter(|it| it.range.start <= bytes.end && bytes.start <= it.range.end);
        actions = about(document, auditor, kind, &touched.collect::<Vec<_>>(), units);
    }
    if asks(&FIX_ALL) && all.iter().any(|it| it.fix.is_some()) {
        actions.extend(fix_all(document, auditor, kind, &all, units));
    }
    actions
}

// A kind holds those whose names go on behind a dot.
fn holds(asked: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(asked.as_str());
    rest.is_some_and(|it| it.is_empty() || it.starts_with('.') || asked.as_str().is_empty())
}

fn about(
    document: &Document,
    auditor: &Auditor,
    kind: Kind,
    touched: &[&Finding],
    units: Units,
) -> Vec<CodeAction> {
    let mut walk = Walk::new(&document.text, units);
    let mut allowed = BTreeSet::new();
    let (mut say, mut allow) = (Vec::new(), Vec::new());
    for found in touched {
        let diagnostic = advice::diagnostic(found, walk.range(&found.range));
        say.extend(instead(document, found, &diagnostic));
        if allowed.len() < ALLOWED && allowed.insert(found.rule.id.as_str()) {
            let place = allowing::allow(&document.text, kind, found, auditor);
            allow.extend(place.map(|it| allowing_it(document, it, &diagnostic, units)));
        }
    }
    say.extend(allow);
    say
}

fn instead(document: &Document, found: &Finding, diagnostic: &Diagnostic) -> Vec<CodeAction> {
    // What goes over a line may have marks of a comment or of a quotation within.
    if found.found.contains(['\n', '\r']) {
        return Vec::new();
    }
    let action = |(n, say): (usize, &String)| CodeAction {
        title: format!("Say “{say}”"),
        is_preferred: Some(n == 0 && found.fix.as_ref().is_some_and(|it| it.text == *say)),
        ..quick_fix(document, TextEdit::new(diagnostic.range, say.clone()), diagnostic)
    };
    found.say.iter().enumerate().map(action).collect()
}

fn allowing_it(document: &Document, it: Allowing, diagnostic: &Diagnostic, units: Units) -> CodeAction {
    let at = Walk::new(&document.text, units).at(it.at);
    let place = if it.is_for_all { "in this whole file" } else { "here" };
    CodeAction {
        title: format!("Allow it {place}, with a reason"),
        ..quick_fix(document, TextEdit::new(Range::new(at, at), it.text), diagnostic)
    }
}

fn quick_fix(document: &Document, edit: TextEdit, diagnostic: &Diagnostic) -> CodeAction {
    CodeAction {
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic.clone()]),
        edit: Some(changing(document.uri.clone(), vec![edit])),
        ..CodeAction::default()
    }
}

fn fix_all(
    document: &Document,
    auditor: &Auditor,
    kind: Kind,
    all: &[Finding],
    units: Units,
) -> Option<CodeAction> {
    let text = &document.text;
    let whole = auditor.fix(text, kind);
    let mut walk = Walk::new(text, units);
    let edits = if whole == fixed(text, all) {
        // As when they are put in place: of two that overlap, the first.
        let mut end = 0;
        let fixes = all.iter().filter_map(|it| it.fix.as_ref()).filter(|it| {
            let is_free = it.range.start >= end;
            end = end.max(it.range.end);
            is_free
        });
        fixes.map(|it| TextEdit::new(walk.range(&it.range), it.text.clone())).collect()
    } else {
        // One fix made room for another; what lies between the first and the last is put in place as a whole.
        let (bytes, new) = difference(text, &whole)?;
        vec![TextEdit::new(walk.range(&bytes), new.to_owned())]
    };
    Some(CodeAction {
        title: "Fix all that is sure".into(),
        kind: Some(FIX_ALL),
        edit: Some(changing(document.uri.clone(), edits)),
        ..CodeAction::default()
    })
}

fn difference<'a>(old: &str, new: &'a str) -> Option<(std::ops::Range<usize>, &'a str)> {
    let start = old.char_indices().zip(new.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
    let start = start.unwrap_or(old.len().min(new.len()));
    let (rest, new_rest) = (old.get(start..)?, new.get(start..)?);
    let same = rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(a, b)| a == b);
    let tail: usize = same.map(|(it, _)| it.len_utf8()).sum();
    Some((start..old.len() - tail, &new_rest[..new_rest.len() - tail]))
}

fn changing(uri: Uri, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit::new(HashMap::from([(uri, edits)]))
}

#[cfg(test)]
mod tests {
    use lsp_types::{Position, TextDocumentItem};

    use super::*;

    fn document(path: &str, text: &str) -> Document {
        let uri = format!("file:///{path}").parse().unwrap();
        Document::new(TextDocumentItem::new(uri, String::new(), 1, text.into()))
    }

    fn everything(document: &mut Document, only: Option<&[CodeActionKind]>) -> Vec<CodeAction> {
        let all = Range::new(Position::new(0, 0), Position::new(u32::MAX, 0));
        actions(document, Auditor::shipped(), all, only, Units::Utf16)
    }

    // The edits of an action in place, the last first.
    fn done(document: &Document, action: &CodeAction) -> String {
        let mut text = document.text.clone();
        let mut edits = action.edit.clone().and_then(|it| it.changes?.remove(&document.uri)).unwrap();
        edits.sort_by_key(|it| it.range.start);
        for edit in edits.iter().rev() {
            text.replace_range(Units::Utf16.bytes(&document.text, edit.range), &edit.new_text);
        }
        text
    }

    #[test]
    fn all_that_is_sure_is_put_right_at_once() {
        let text = "😀 We utilize it, and you can\r\nutilize it in order to wait.\r\n";
        let mut document = document("a.md", text);
        let all = everything(&mut document, Some(&[CodeActionKind::SOURCE_FIX_ALL]));
        assert_eq!(all.len(), 1, "{all:?}");
        let fixed = "😀 We use it, and you can\r\nuse it to wait.\r\n";
        assert_eq!(
            (done(&document, &all[0]).as_str(), all[0].title.as_str()),
            (fixed, "Fix all that is sure")
        );
        assert_eq!(difference("a😀c", "a😃c"), Some((1..5, "😃")));
        assert_eq!(difference("aa", "a"), Some((1..2, "")));
    }

    #[test]
    fn each_kind_of_action_comes_only_where_it_is_asked_for() {
        let mut document = document("a.md", "We utilize it.\n");
        let kinds = |only: Option<&[CodeActionKind]>, document: &mut Document| -> Vec<String> {
            let all = everything(document, only).into_iter().filter_map(|it| it.kind);
            all.map(|it| it.as_str().to_owned()).collect()
        };
        assert_eq!(kinds(None, &mut document), ["quickfix", "quickfix", "source.fixAll.regard"]);
        assert_eq!(kinds(Some(&[CodeActionKind::SOURCE]), &mut document), ["source.fixAll.regard"]);
        assert_eq!(kinds(Some(&[CodeActionKind::REFACTOR]), &mut document), Vec::<String>::new());
    }

    #[test]
    fn a_word_can_be_said_otherwise_and_allowed() {
        let mut document = document("a.md", "😀 We utilize it.\r\n");
        let all = everything(&mut document, Some(&[CodeActionKind::QUICKFIX]));
        assert_eq!(all[0].title, "Say “use”");
        assert_eq!(done(&document, &all[0]), "😀 We use it.\r\n");
        let allowed = "😀 We utilize it. <!-- regard: allow jargon/utilize - … -->\r\n";
        assert_eq!(done(&document, all.last().unwrap()), allowed);
    }
}
