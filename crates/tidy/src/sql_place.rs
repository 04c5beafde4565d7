//! SQL stands only in files named `sql.rs`, so that every statement can be found, read and planned in one place.

use crate::{File, Finding, arrows::FOR_TESTS, reading::Reading};

/// Texts that look like SQL in a file that is no place for it.
pub fn check(file: &File, reading: &Reading) -> Vec<Finding> {
    if is_place_for_sql(file) {
        return Vec::new();
    }
    let sql = reading.texts.iter().filter(|(text, _)| looks_like_sql(text));
    sql.map(|(_, line)| {
        Finding::at(&file.path, *line, "SQL belongs in a file named sql.rs beside its subject")
    })
    .collect()
}

/// `sql.rs` itself, the store (whose subject is the engines), and what only tests see.
fn is_place_for_sql(file: &File) -> bool {
    let room = file.room().unwrap_or_default();
    matches!(file.name(), "sql.rs" | "tests.rs")
        || room == "store"
        || FOR_TESTS.contains(&room)
        || file.path.contains("/tests/")
}

/// Whether a text is a statement, or part of one with a parameter in it. "Select a person from the list" is a
/// sentence: SQL here is written in small letters, or shouted, but not like a sentence.
pub fn looks_like_sql(text: &str) -> bool {
    let starts_a_sentence = text.trim_start().chars().take(2).collect::<String>();
    let mut letters = starts_a_sentence.chars();
    if letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase) {
        return false;
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| c.is_whitespace() || "(),;".contains(c)).filter(|it| !it.is_empty()).collect();
    words.split_first().is_some_and(|(first, rest)| is_statement(first, rest)) || has_parameter(&words)
}

fn is_statement(first: &str, rest: &[&str]) -> bool {
    let second = rest.first().copied().unwrap_or_default();
    let says = |word: &str| rest.contains(&word);
    match first {
        "select" => says("from") || second.parse::<u8>().is_ok() || second.starts_with("count"),
        "insert" | "replace" => matches!(second, "into" | "or"),
        "update" => says("set"),
        "delete" => second == "from",
        "with" => says("as") && says("select"),
        "create" | "drop" | "alter" => is_thing(second),
        "truncate" => second == "table",
        "pragma" | "savepoint" | "vacuum" | "reindex" => rest.len() < 4,
        "begin" => matches!(second, "immediate" | "exclusive" | "transaction"),
        "explain" => matches!(second, "select" | "query" | "analyze"),
        _ => false,
    }
}

fn is_thing(word: &str) -> bool {
    let things = "table index unique virtual view materialized trigger schema database extension function type role \
                  sequence temp temporary";
    things.split_whitespace().any(|thing| thing == word)
}

fn has_parameter(words: &[&str]) -> bool {
    let clauses = ["where", "values", "and", "or", "set", "limit", "from", "in"];
    words.iter().any(|it| it.contains("$1")) && words.iter().any(|it| clauses.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_from_sentences() {
        for sql in [
            "select id from people",
            "SELECT 1",
            "\n  insert into people (id) values ($1)",
            "update people set name = $2",
            "delete from people",
            "with recent as (select 1) select * from recent",
            "create unique index a on b (c)",
            "pragma journal_mode = wal",
            "vacuum",
            "begin immediate",
            "where person_id = $1",
        ] {
            assert!(looks_like_sql(sql), "{sql}");
        }
        for sentence in
            ["Select a person from the list", "update your browser", "with love", "create", "delete", "begin"]
        {
            assert!(!looks_like_sql(sentence), "{sentence}");
        }
    }

    #[test]
    fn a_statement_outside_of_sql_rs_is_found_even_inside_a_macro() {
        let text = "fn f() {\n    read(sql!(\"select id from people\"));\n}";
        let reading = Reading::of(text).unwrap();
        let found = check(&File::sample("crates/memory/src/people.rs", text), &reading);
        assert_eq!(found[0].line, 2);
        assert_eq!(check(&File::sample("crates/memory/src/people/sql.rs", text), &reading), []);
    }
}
