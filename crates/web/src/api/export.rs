//! Everything, to take along: one source fragment a line, as JSON, written while it is read.

use axum::{body::Body, extract::State as With, http::header, response::IntoResponse};
use bytes::Bytes;
use futures_util::stream;
use house::Permission;
use memory::{
    looks::{Looker, What},
    people::{self, Cursor, Filter},
};
use model::{Fragment, PersonId};
use serde_json::json;
use store::Store;

use super::{caller::Caller, shapes::Refusals};
use crate::{
    State, looks,
    problem::{Answer, Problem},
};

/// The media type of lines of JSON.
pub(crate) const LINES: &str = "application/jsonl";
/// People read at once; the rest waits until whoever asked has taken these.
const PAGE: i64 = 50;

/// Everything, to take along
///
/// One source fragment a line; imports take them in again and make an equal memory. The files that came with moments
/// are named by their digest and downloaded one by one. If the connection ends early, something went wrong: ask again.
#[utoipa::path(
    get, path = "/export", tag = "export",
    responses((status = 200, description = "Lines of JSON", body = String, content_type = "application/jsonl"), Refusals)
)]
pub(crate) async fn everything(With(state): With<State>, caller: Caller) -> Answer {
    caller.may(Permission::Export)?;
    caller.noted(&state, "everything.exported", "", json!({})).await?;
    let looker = looks::looker(&caller.viewer);
    let pages = stream::try_unfold((state.store().clone(), Some(None)), move |(store, after)| {
        let looker = looker.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let page =
                page(&store, after, looker).await.map_err(|problem| std::io::Error::other(problem.detail))?;
            Ok::<_, std::io::Error>(page.map(|(bytes, last)| (bytes, (store, last.map(Some)))))
        }
    });
    Ok(([(header::CONTENT_TYPE, LINES)], Body::from_stream(pages)).into_response())
}

/// The lines of a page of people, and where the next page begins; nothing after the last.
async fn page(
    store: &Store,
    after: Option<Cursor>,
    looker: Looker,
) -> Result<Option<(Bytes, Option<Cursor>)>, Problem> {
    let read = store.read(move |db| {
        let found = people::list(db, &Filter { after, ..Filter::default() }, PAGE)?;
        let mut text = Vec::new();
        for line in &found {
            text.extend(lines(&memory::fragments_of(db, line.id)?)?);
        }
        let next = found.last().filter(|_| found.len() as i64 == PAGE).map(|line| line.cursor);
        let people: Vec<PersonId> = found.iter().map(|line| line.id).collect();
        Ok::<_, Problem>((people, Bytes::from(text), next))
    });
    let (people, bytes, next) = read.await?;
    if people.is_empty() {
        return Ok(None);
    }
    // Whoever takes out everything looks at each of them.
    let world = store.world().clone();
    let write = store.write(move |tx| memory::looks::note_all(tx, &world, &people, &looker, What::Export));
    write.await?;
    Ok(Some((bytes, next)))
}

/// Fragments as lines.
pub(crate) fn lines(fragments: &[Fragment]) -> Result<Vec<u8>, Problem> {
    let mut text = Vec::new();
    for fragment in fragments {
        serde_json::to_writer(&mut text, fragment)
            .map_err(|error| Problem::unfit("fragment", error.to_string()))?;
        text.push(b'\n');
    }
    Ok(text)
}
