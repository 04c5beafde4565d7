//! A mail as it looks, and the files within it. What strangers made is shown in a frame in which nothing runs and nothing is fetched
//! from elsewhere.

use ::house::Permission;
use axum::{
    extract::{Path, Query, State as With},
    http::header,
    response::IntoResponse,
};
use channels::mail;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::{Moment, MomentId, PersonId};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    State, assets,
    gate::Desk,
    icon::{Icon, icon},
    originals,
    pages::parts::size,
    problem::{Answer, Problem},
};

/// Nothing runs; links open beside the desk; pictures are those that came with the mail.
const POLICY: &str = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    img-src 'self'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
/// The kind of an original that is a whole mail.
const MAIL: &str = "message/rfc822";

/// What a mail brought, to be opened one by one, and the way to how it looks.
pub(super) fn enclosed(moment: &Moment) -> Markup {
    let base = format!("/people/{}/moments/{}", moment.person, moment.id);
    let files = moment.data.get("attachments").and_then(Json::as_array);
    let listed = files.into_iter().flatten().filter(|it| it.get("shown") != Some(&Json::Bool(true)));
    let listed: Vec<(u64, &str, u64, bool)> = listed.filter_map(listing).collect();
    html! {
        @if !listed.is_empty() {
            ul.files { @for (part, name, bytes, picture) in &listed {
                li { a.pill.pictured[*picture] href={(base) "/parts/" (part)} download=(name) {
                    @if *picture { img src={(base) "/parts/" (part)} alt="" loading="lazy"; } @else { (icon(Icon::Clip)) }
                    (name) span.soft { (size(*bytes)) }
                } }
            } }
        }
        @if moment.data.get("html") == Some(&Json::Bool(true)) && is_here(moment) {
            details.looks {
                summary { "As it looks" }
                iframe src={(base) "/looks"} title={"How \u{201c}" (moment.title) "\u{201d} looks"} loading="lazy"
                    sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" {}
                p.small.soft { "Pictures that are elsewhere come only if you ask for them." }
            }
        }
    }
}

fn listing(it: &Json) -> Option<(u64, &str, u64, bool)> {
    let told = it.get("media_type").and_then(Json::as_str).unwrap_or_default();
    let (part, name, size) =
        (it.get("part")?.as_u64()?, it.get("name")?.as_str()?, it.get("size")?.as_u64()?);
    Some((part, name, size, is_picture(told)))
}

/// Whether browsers and mail programs show such a file.
pub(super) fn is_picture(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

fn is_here(moment: &Moment) -> bool {
    moment.originals.iter().any(|it| it.media_type == MAIL)
}

/// The mail that a moment was read from, as it came.
async fn raw(state: &State, desk: &Desk, person: String, moment: String) -> Result<Vec<u8>, Problem> {
    desk.may(Permission::ReadPeople)?;
    let (person, moment): (PersonId, MomentId) = (person.parse()?, moment.parse()?);
    let missing = || Problem::missing("This mail");
    let found = state.store().read(move |db| memory::timeline::moment_by_id(db, moment)).await?;
    let found = found.filter(|it| it.person == person).ok_or_else(missing)?;
    let digest = found.originals.into_iter().find(|it| it.media_type == MAIL).ok_or_else(missing)?.digest;
    originals::read(state, digest, "This mail").await
}

/// What somebody wants to see.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    /// Whether pictures from elsewhere are wanted.
    pictures: bool,
}

/// The mail as it looks.
pub(super) async fn show(
    With(state): With<State>,
    desk: Desk,
    Path((person, moment)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let raw = raw(&state, &desk, person, moment).await?;
    let place = wanted.pictures.then_some("pictures/");
    let shown = tokio::task::spawn_blocking(move || mail::html(&raw, "parts/", place)).await;
    let shown = shown.map_err(|error| store::StoreError::Panicked(error.to_string()))?;
    let shown = shown.ok_or_else(|| Problem::missing("A look of this mail"))?;
    let page = html! {
        (DOCTYPE)
        html {
            head {
                meta charset="utf-8";
                title { "A mail as it looks" }
                base target="_blank";
                link rel="stylesheet" href=(assets::url("looks.css"));
            }
            body {
                @if shown.elsewhere > 0 { (before(shown.elsewhere, wanted.pictures)) }
                (PreEscaped(shown.html))
            }
        }
    };
    Ok(([(header::CONTENT_SECURITY_POLICY, POLICY)], axum::response::Html(page.into_string()))
        .into_response())
}

/// What it means to see pictures that are elsewhere, before they are fetched.
fn before(count: usize, seen: bool) -> Markup {
    let (are, them) = if count == 1 { ("picture is", "it") } else { ("pictures are", "them") };
    html! {
        p.elsewhere role="note" {
            @if seen {
                (count) " " (are) " fetched from elsewhere by Regard; the sender does not learn by whom."
            } @else {
                (count) " " (are) " elsewhere; to fetch " (them) " tells the sender that this mail was read. "
                a href="looks?pictures=true" target="_self" { "Show pictures" }
            }
        }
    }
}

/// A picture that a mail speaks of and that is elsewhere, fetched for whoever asked to see it. It is not kept; only the browser that asked
/// has it for a while, so that scrolling does not ask for it again.
pub(super) async fn picture(
    With(state): With<State>,
    desk: Desk,
    Path((person, moment, number)): Path<(String, String, usize)>,
) -> Answer {
    let raw = raw(&state, &desk, person, moment).await?;
    let found = delivery::pictures::fetch(raw, number, state.config().pictures_also_from).await?;
    let found = found.filter(|it| model::picture(it).is_some());
    let bytes = found.ok_or_else(|| Problem::missing("This picture"))?;
    let kept = [(header::CACHE_CONTROL, "private, max-age=3600")];
    Ok((kept, originals::handed_out("picture", bytes)).into_response())
}

/// One file of a mail: a picture to be looked at, anything else to be kept.
pub(super) async fn part(
    With(state): With<State>,
    desk: Desk,
    Path((person, moment, number)): Path<(String, String, u32)>,
) -> Answer {
    let raw = raw(&state, &desk, person, moment).await?;
    let found = tokio::task::spawn_blocking(move || mail::attachment(&raw, number)).await;
    let found = found.map_err(|error| store::StoreError::Panicked(error.to_string()))?;
    let found = found.ok_or_else(|| Problem::missing("This file"))?;
    Ok(originals::handed_out(&found.name, found.bytes))
}
