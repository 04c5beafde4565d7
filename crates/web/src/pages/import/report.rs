//! What could not be read, to take along as a table.

use ::house::Permission;
use axum::{
    body::Body,
    extract::{Path, State as With},
    http::header,
    response::IntoResponse,
};
use delivery::{
    DeliveryError,
    importing::{self, Refusal},
};
use futures_util::stream;
use model::ImportId;
use store::Store;

use crate::{State, gate::Desk, problem::Answer};

/// Refusals in one piece of the answer.
const PIECE: i64 = 200;

pub(super) async fn download(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::Import)?;
    let id: ImportId = id.parse()?;
    importing::one(state.store(), id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"not-read.csv\""),
    ];
    Ok((headers, Body::from_stream(pieces(state.store().clone(), id))).into_response())
}

/// The table, piece by piece, as there may be as many refusals as lines in the file.
fn pieces(store: Store, id: ImportId) -> impl futures_util::Stream<Item = Result<Vec<u8>, DeliveryError>> {
    stream::try_unfold(Some(None), move |after: Option<Option<(i64, i64)>>| {
        let store = store.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let page = importing::refusals(&store, id, after, PIECE).await?;
            let next = page.last().map(|last| Some((last.at_byte, last.number)));
            Ok(Some((rows(&page, after.is_none())?, next)))
        }
    })
}

fn rows(page: &[Refusal], first: bool) -> Result<Vec<u8>, DeliveryError> {
    let mut text = Vec::new();
    if first {
        Refusal::write_header(&mut text)?;
    }
    page.iter().try_for_each(|refusal| refusal.write(&mut text))?;
    Ok(text)
}
