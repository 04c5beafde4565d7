//! Live regions: a browser hears that its subject changed, and reads it anew. Notices carry no content.

use std::{convert::Infallible, time::Duration};

use ::house::Permission;
use axum::{
    extract::{Query, State as With},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::StreamExt;
use serde::Deserialize;
use store::Notice;
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};

use crate::{State, gate::Desk, problem::Answer};

/// Asks web servers between us and a browser to pass on what comes live as it comes.
pub(crate) const UNCOLLECTED: [(&str, &str); 1] = [("x-accel-buffering", "no")];

/// A stream ends after so long and the browser asks again, so that who was let go hears nothing more.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What a browser wants to hear of.
#[derive(Deserialize)]
pub(crate) struct Subject {
    /// One or several, with commas between.
    topic: String,
    #[serde(default)]
    id: String,
}

impl Subject {
    fn is_meant(&self, notice: &Notice) -> bool {
        let topic = self.topic.split(',').any(|it| it == notice.topic);
        topic && (self.id.is_empty() || notice.id.is_empty() || notice.id == self.id)
    }
}

pub(crate) async fn listen(With(state): With<State>, desk: Desk, Query(subject): Query<Subject>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let notices = BroadcastStream::new(state.store().notices());
    let events = notices.filter_map(move |notice| {
        let meant = match notice {
            Ok(notice) => subject.is_meant(&notice),
            // Fell behind: something was missed, so look.
            Err(BroadcastStreamRecvError::Lagged(_)) => true,
        };
        async move { meant.then(|| Ok::<_, Infallible>(Event::default().data("changed"))) }
    });
    let stopping = state.stopping();
    let end = async move {
        tokio::select! { () = stopping => {}, () = tokio::time::sleep(LONGEST) => {} }
    };
    let stream = events.take_until(Box::pin(end));
    Ok((UNCOLLECTED, Sse::new(stream).keep_alive(KeepAlive::default())).into_response())
}
