//! Bringing people in: hand in a file, see what each column is taken for, try without keeping, watch it go, read what
//! could not be read.

mod earlier;
mod given;
mod going;
mod look;
mod meanings;
mod report;
mod upload;

use ::house::Permission;
use axum::{
    Router,
    extract::State as With,
    routing::{get, post},
};
use delivery::importing::{self, Import};
use maud::{Markup, html};

use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::names,
    problem::Answer,
};

pub(crate) use upload::uploading;

/// Earlier imports on the page.
const EARLIER: i64 = 30;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/import", get(show))
        .route("/import/{id}", get(going::show))
        .route("/import/{id}/refusals.csv", get(report::download))
        .route("/import/{id}/give-up", post(going::give_up))
        .route("/uploads/{digest}/{name}", get(look::show).post(look::act))
}

async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::Import)?;
    let imports = importing::imports(state.store(), EARLIER).await?;
    let names = names(&state).await?;
    let main = html! { div.stack { (choose()) (earlier::list(&desk, &imports, &names)) } };
    Ok(layout::page(&desk, Here::Import, "Import", main))
}

fn choose() -> Markup {
    html! {
        h1 { "Bring people in" }
        p.lead { "An address book, a mail archive, your orders. You see what is understood before anything is kept, and bringing the same file in twice doubles nothing." }
        form.fields method="post" action="/import" enctype="multipart/form-data" {
            div.field {
                label for="file" { "A file" }
                input #file type="file" name="file" required aria-describedby="file-help" accept=".csv,.tsv,.txt,.vcf,.vcard,.mbox,.eml,.jsonl,.ndjson";
                p.small #file-help { "Tables (CSV, TSV), address books (vCard), mail (mbox), or lines of JSON; up to " (upload::LARGEST_GIB) " GiB. Larger ones go in with " code { "regard import" } " where the house runs." }
            }
            p { button { "Look at it" } }
        }
    }
}

/// What became of the records, in words; what did not happen is not mentioned.
fn in_words(counts: &importing::Counts) -> Vec<(&'static str, u64)> {
    let all = [
        ("records read", counts.records),
        ("people who are new", counts.new_people),
        ("records that tell more about somebody known", counts.new_profiles),
        ("records of people as they were known", counts.known),
        ("moments that are new", counts.moments),
        ("moments that were known", counts.known_moments),
        ("records of people who asked to be forgotten: left out", counts.forgotten),
        ("records kept with something to look at", counts.warnings),
        ("records that could not be read", counts.refused),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn counted(counts: &importing::Counts) -> Markup {
    let words = in_words(counts);
    html! {
        @if !words.is_empty() {
            table.table.tally { tbody { @for (words, count) in words { tr { th scope="row" { (words) } td.number { (count) } } } } }
        }
    }
}

/// How an import is, in words.
fn state_words(import: &Import) -> &'static str {
    match import.state.as_str() {
        "given_up" => "given up",
        "done" => "done",
        "stopped" => "stopped",
        _ => "being read",
    }
}
