//! A file that was handed in, looked at before anything of it is kept: what it holds, what each column is taken for,
//! and what would come of it.

use std::path::PathBuf;

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use channels::people::Meaning;
use delivery::{
    DeliveryError,
    importing::{self, Counts, Format, Preview, Refusal, Wish, uploads},
};
use maud::{Markup, html};
use model::{Fragment, ImportId};
use serde_json::json;

use super::{counted, given, given::Given, going, meanings};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{glimpse, heading},
    problem::{Answer, Problem},
};

/// Larger files take longer to try than anybody waits for a page.
const LARGEST_TRY: u64 = 5 << 20;
/// Examples shown of each column.
const EXAMPLES: usize = 3;
/// People and moments shown of the first records.
const FIRST: usize = 6;

/// A file, how it shall be read, and what that would give.
struct Look {
    wish: Wish,
    size: u64,
    preview: Result<Preview, String>,
    tried: Option<(Counts, Vec<Refusal>)>,
}

pub(super) async fn show(
    With(state): With<State>,
    desk: Desk,
    Path((digest, name)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::Import)?;
    let look = look(&state, &digest, &name, given::usual(&desk.settings)).await?;
    Ok(page(&desk, &look))
}

/// Tries it without keeping, brings it in, or lets it go.
pub(super) async fn act(
    With(state): With<State>,
    desk: Desk,
    Path((digest, name)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    desk.may(Permission::Import)?;
    let given = Given::new(pairs);
    if given.one("act") == "drop" {
        uploads::let_go(state.store(), &find(&state, &digest, &name)?).await?;
        return Ok(Redirect::to("/import").into_response());
    }
    let mut look = look(&state, &digest, &name, given.wish(&desk.settings)?).await?;
    let readable = look.preview.as_ref().is_ok_and(|preview| preview.missing.is_none());
    if readable && given.one("act") == "keep" {
        let id = bring_in(&state, &desk, &look).await?;
        return Ok(Redirect::to(&format!("/import/{id}")).into_response());
    }
    if readable && look.size <= LARGEST_TRY {
        look.tried = Some(importing::dry_run(state.store(), look.wish.clone(), |_| {}).await?);
    }
    Ok(page(&desk, &look))
}

fn find(state: &State, digest: &str, name: &str) -> Result<PathBuf, Problem> {
    let found = uploads::find(state.store(), &format!("{digest}/{name}"));
    found.ok_or_else(|| Problem::missing("The file"))
}

async fn look(state: &State, digest: &str, name: &str, wish: Wish) -> Result<Look, Problem> {
    let path = find(state, digest, name)?;
    let about = tokio::fs::metadata(&path).await.map_err(|_| Problem::missing("The file"))?;
    let wish = Wish { path, name: Some(name.to_owned()), ..wish };
    let preview = match importing::preview(wish.clone(), state.world().now()).await {
        Ok(preview) => Ok(preview),
        Err(DeliveryError::Wish(why)) => Err(why),
        Err(error) => return Err(error.into()),
    };
    Ok(Look { wish, size: about.len(), preview, tried: None })
}

async fn bring_in(state: &State, desk: &Desk, look: &Look) -> Result<ImportId, Problem> {
    let (store, wish, by) = (state.store(), &look.wish, Some(desk.viewer.staff()));
    let id = importing::later(store, wish.clone(), by).await?;
    let told =
        json!({ "bytes": look.size, "holds": look.preview.as_ref().map_or("", |p| p.format.as_str()) });
    let (world, act) = (state.world().clone(), Act::by(&desk.viewer, "import.asked_for", id).with(told));
    store.write(move |tx| ::house::note(tx, &world, &act)).await?;
    Ok(id)
}

fn page(desk: &Desk, look: &Look) -> axum::response::Response {
    let name = look.wish.source();
    let main = html! {
        div.stack {
            h1 { (name) }
            @match &look.preview {
                Ok(preview) => { p.lead { "This looks like " (recognised(preview.format)) ". Nothing has been kept yet." } }
                Err(why) => { p.said role="alert" { (why) } }
            }
            @if let Some(why) = look.preview.as_ref().ok().and_then(|p| p.missing.as_ref()) { p.said role="alert" { (why) } }
            form.stack method="post" { (form(look)) }
        }
    };
    layout::page(desk, Here::Import, &name, main)
}

fn form(look: &Look) -> Markup {
    let format = look.preview.as_ref().map(|preview| preview.format).ok().or(look.wish.format);
    html! {
        input type="hidden" name="was" value=(format.map_or("", Format::as_str));
        (details(format, &look.wish))
        @if let Ok(preview) = &look.preview {
            @if !preview.mapping.is_empty() { (mapping(preview)) }
            (first(preview))
        }
        @if let Some((counts, refusals)) = &look.tried { (tried(counts, refusals)) }
        @if look.size > LARGEST_TRY { p.soft { "The file is large, so what could not be read is shown on the way." } }
        p.row {
            @if look.size <= LARGEST_TRY { button.quiet name="act" value="try" { "Try it without keeping" } }
            @else { button.quiet name="act" value="try" { "Look again" } }
            button name="act" value="keep" { "Bring them in" }
            button.plain name="act" value="drop" { "Let it go" }
        }
    }
}

fn recognised(format: Format) -> &'static str {
    match format {
        Format::People => "a table of people",
        Format::Orders => "a table of orders",
        Format::Cards => "an address book",
        Format::Mbox | Format::Maildir => "a mail archive",
        Format::Lines => "lines of JSON",
    }
}

/// What the file does not say of itself.
fn details(format: Option<Format>, wish: &Wish) -> Markup {
    let is = |formats: &[Format]| format.is_none_or(|format| formats.contains(&format));
    let offered = Format::ALL.into_iter().filter(|format| *format != Format::Maildir);
    let text = |name: &str, label: &str, value: &Option<String>, hint: &str| {
        html! { div.field { label for=(name) { (label) } input id=(name) name=(name) value=[value.as_deref()] placeholder=(hint); } }
    };
    html! {
        div.side-by-side {
            div.field {
                label for="format" { "What it holds" }
                select #format name="format" {
                    @for one in offered { option value=(one) selected[Some(one) == format] { (heading(recognised(one))) } }
                }
            }
            @if is(&[Format::People, Format::Orders, Format::Cards]) { (text("country", "Country of phone numbers", &wish.country, "DE")) }
            @if is(&[Format::Orders]) {
                (text("currency", "Currency, where none is written", &wish.currency, "EUR"))
                (text("date_format", "How days are written, if not guessed well", &wish.date_format, "%d.%m.%Y"))
            }
        }
        @if is(&[Format::Mbox]) {
            div.field.fields {
                label for="own" { "Your own mail addresses and domains, one on each line" }
                textarea #own name="own" aria-describedby="own-help" { (wish.own.join("\n")) }
                p.small #own-help { "Mail from there was said by you, not heard from somebody." }
            }
        }
    }
}

fn mapping(preview: &Preview) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="What each column is taken for" { table.table.mapping {
            thead { tr { th scope="col" { "In the file" } th scope="col" { "For example" } th scope="col" { "Taken for" } } }
            tbody { @for (n, (column, meaning)) in preview.mapping.iter().enumerate() {
                tr {
                    th scope="row" { (column) input type="hidden" name="heading" value=(column); }
                    td { (examples(preview, n)) }
                    td { (taken_for(preview.format, column, meaning)) }
                }
            } }
        } }
    }
}

fn examples(preview: &Preview, column: usize) -> String {
    let cells = preview.sheet.iter().flat_map(|sheet| sheet.column(column));
    let filled = cells.filter(|cell| !cell.trim().is_empty()).take(EXAMPLES);
    filled.map(|cell| glimpse(cell, 40)).collect::<Vec<_>>().join(" · ")
}

fn taken_for(format: Format, column: &str, meaning: &Meaning) -> Markup {
    let now = meaning.to_string();
    html! {
        select name="meaning" aria-label={"What “" (column) "” is taken for"} {
            @for (name, words) in meanings::choices(format, column, meaning) {
                option value=(name) selected[name == now] { (words) }
            }
        }
    }
}

fn first(preview: &Preview) -> Markup {
    let who: Vec<_> = preview.first.iter().take(FIRST).collect();
    html! {
        @if !who.is_empty() {
            section {
                h2 { "The first of them, as understood" }
                ul.lines { @for fragment in who { li { (understood(fragment)) } } }
            }
        }
        @for why in &preview.refused { p.said { (why) } }
    }
}

fn understood(fragment: &Fragment) -> Markup {
    let handles: Vec<_> = fragment.handles.iter().map(|handle| handle.value.as_str()).collect();
    let name = fragment.fields.get("name").map(String::as_str);
    let (who, below) = match (name, handles.as_slice()) {
        (Some(name), all) => (name, all),
        (None, [first, rest @ ..]) => (*first, rest),
        (None, []) => ("Somebody without a name", &[][..]),
    };
    html! {
        div {
            b { (who) }
            @if !below.is_empty() { p.small.soft { (below.join(" · ")) } }
            @for moment in fragment.moments.iter().take(FIRST) { p.small { (moment.at.date()) ": " (glimpse(&moment.title, 80)) } }
        }
    }
}

fn tried(counts: &Counts, refusals: &[Refusal]) -> Markup {
    html! {
        section {
            h2 { "Tried, and nothing kept" }
            p.said.said-well role="status" { "This is what would come of it." }
            (counted(counts))
            @if !refusals.is_empty() { (going::table(refusals)) }
        }
    }
}
