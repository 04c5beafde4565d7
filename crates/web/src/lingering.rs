//! Whoever sends more than we take hears so: the rest is read and let go before the answer leaves.
//!
//! A connection that is closed over unread bytes is reset, and the answer is lost with it; one that the
//! sender's program keeps for later is closed under its next question.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use futures_util::{Stream, StreamExt, stream};

/// What is let go of at most, in bytes, and how long that may take; more is cut off.
const MOST: usize = 256 << 20;
const LONGEST: Duration = Duration::from_secs(20);

/// A body that outlives whoever was given it to read.
type Kept = Arc<Mutex<BodyDataStream>>;

/// Lets an answer of 413 be heard.
pub(crate) async fn linger(request: Request, next: Next) -> Response {
    // Whoever asks before sending has nothing under way.
    if request.body().is_end_stream() || request.headers().contains_key(header::EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let kept: Kept = Arc::new(Mutex::new(body.into_data_stream()));
    let given = Body::from_stream(pieces(kept.clone()));
    let mut response = next.run(Request::from_parts(parts, given)).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE
        && !tokio::time::timeout(LONGEST, read_out(kept)).await.unwrap_or(false)
    {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn pieces(kept: Kept) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    stream::poll_fn(move |cx| kept.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx))
}

/// Whether the end was reached.
async fn read_out(kept: Kept) -> bool {
    let (mut pieces, mut read) = (pieces(kept), 0);
    while let Some(piece) = pieces.next().await {
        read += piece.as_ref().map_or(MOST, Bytes::len);
        if read >= MOST {
            return false;
        }
    }
    true
}
