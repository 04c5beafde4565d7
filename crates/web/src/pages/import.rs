//! Bringing people in: choose a file, see what each column is taken for, try without keeping, watch it go, read what
//! could not be read. The views of a running import are filled by whoever runs it; until then the page says how it is
//! done where the house runs.

use ::house::Permission;
use maud::{Markup, html};

use crate::{
    gate::Desk,
    layout::{self, Here},
    problem::Answer,
};

pub(crate) async fn show(desk: Desk) -> Answer {
    desk.may(Permission::Import)?;
    Ok(layout::page(&desk, Here::Import, "Import", by_command()))
}

fn by_command() -> Markup {
    let kinds = [
        ("people.csv", "a table of people, with any columns"),
        ("contacts.vcf", "an address book"),
        ("archive.mbox", "a mail archive"),
        ("orders.csv", "orders, each with its person, day and amount"),
    ];
    html! {
        div.stack {
            h1 { "Bring people in" }
            p.lead { "Everything that ever happened with each person becomes one conversation. Bringing the same file in twice doubles nothing." }
            p { "Where the house runs, say:" }
            ul.lines { @for (file, what) in kinds { li { div { code { "regard import " (file) } p.small.soft { (what) } } } } }
            p.soft { "You are shown what each column is taken for before anything is kept, and get a report of every line that could not be read." }
        }
    }
}

/// One column of a file, and what it is taken for.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading in the file.
    pub heading: String,
    /// The first values in it.
    pub samples: Vec<String>,
    /// The name of what it is taken for; empty if it is kept aside.
    pub taken_for: String,
}

/// A file that was looked at, before anything of it is kept.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The import's id.
    pub id: String,
    /// The file's name.
    pub file: String,
    /// What was recognised, in words: `people in a table`, `an address book`.
    pub recognised: String,
    /// Its columns; empty for formats that name their parts themselves.
    pub columns: Vec<Column>,
    /// What a column may be taken for: name and words.
    pub choices: Vec<(String, String)>,
    /// What a try without keeping found, in words with counts.
    pub tried: Vec<(String, i64)>,
}

/// An import on its way or done.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The import's id.
    pub id: String,
    /// The file's name.
    pub file: String,
    /// Bytes read.
    pub read: u64,
    /// Bytes altogether.
    pub whole: u64,
    /// Whether it is done.
    pub done: bool,
    /// What came of it so far, in words with counts.
    pub counts: Vec<(String, i64)>,
    /// What could not be read: the line, the field, and why.
    pub refused: Vec<Refused>,
}

/// Something in a file that could not be read.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Which line or entry, counted from 1.
    pub line: u64,
    /// Which field, where it is one.
    pub field: String,
    /// Why.
    pub why: String,
}

/// Choosing a file.
pub fn choose(largest: &str) -> Markup {
    html! {
        div.stack {
            h1 { "Bring people in" }
            p.lead { "An address book, a mail archive, your orders. You see what is understood before anything is kept, and bringing the same file in twice doubles nothing." }
            form.fields method="post" action="/import" enctype="multipart/form-data" {
                div.field {
                    label for="file" { "A file" }
                    input #file type="file" name="file" required accept=".csv,.tsv,.vcf,.mbox,.jsonl,.ndjson,.eml";
                    p.small { "Tables (CSV, TSV), address books (vCard), mail (mbox), or lines of JSON; up to " (largest) ". Larger ones go in with " code { "regard import" } "." }
                }
                p { button { "Look at it" } }
            }
        }
    }
}

/// What is understood, before anything is kept.
pub fn preview(preview: &Preview) -> Markup {
    html! {
        div.stack {
            h1 { (preview.file) }
            p.lead { "This looks like " (preview.recognised) ". Nothing has been kept yet." }
            form.stack method="post" action={"/import/" (preview.id)} {
                @if !preview.columns.is_empty() { (mapping(preview)) }
                (counts(&preview.tried))
                p.row {
                    button name="act" value="keep" { "Bring them in" }
                    button.quiet name="act" value="try" { "Try again without keeping" }
                }
            }
        }
    }
}

fn mapping(preview: &Preview) -> Markup {
    html! {
        div.scroll { table.table {
            thead { tr { th scope="col" { "In the file" } th scope="col" { "For example" } th scope="col" { "Taken for" } } }
            tbody { @for (n, column) in preview.columns.iter().enumerate() {
                tr {
                    th scope="row" { (column.heading) }
                    td { (column.samples.join(" · ")) }
                    td { (taken_for(n, column, &preview.choices)) }
                }
            } }
        } }
    }
}

fn taken_for(n: usize, column: &Column, choices: &[(String, String)]) -> Markup {
    html! {
        select name={"column-" (n)} aria-label={"What “" (column.heading) "” is taken for"} {
            option value="" { "Keep aside" }
            @for (name, words) in choices { option value=(name) selected[*name == column.taken_for] { (words) } }
        }
    }
}

fn counts(counts: &[(String, i64)]) -> Markup {
    html! {
        @if !counts.is_empty() {
            table.table { tbody { @for (words, count) in counts { tr { th scope="row" { (words) } td.number { (count) } } } } }
        }
    }
}

/// How far it is; reads itself anew as it goes.
pub fn progress(progress: &Progress) -> Markup {
    let percent = (progress.read.saturating_mul(100) / progress.whole.max(1)).min(100);
    let src = format!("/import/{}", progress.id);
    let live = (!progress.done).then(|| format!("topic=import&id={}", progress.id));
    html! {
        div.stack #import data-live=[live] data-src=(src) {
            h1 { (progress.file) }
            @if progress.done { p.said.said-well role="status" { "All of it has been read." } }
            @else {
                label for="bar" { (percent) " of 100 read" }
                progress.bar #bar max="100" value=(percent) {}
            }
            (counts(&progress.counts))
            @if !progress.refused.is_empty() { (refused(&progress.refused)) }
            p.row { a.button.quiet href="/people" { "To the people" } }
        }
    }
}

fn refused(refused: &[Refused]) -> Markup {
    html! {
        section {
            h2 { "What could not be read" }
            p.soft { "It is kept as it came, with the reason, so that nothing is lost." }
            div.scroll { table.table {
                thead { tr { th scope="col" { "Line" } th scope="col" { "Field" } th scope="col" { "Why" } } }
                tbody { @for one in refused { tr { td.number { (one.line) } td { (one.field) } td { (one.why) } } } }
            } }
        }
    }
}
