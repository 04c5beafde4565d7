//! The auditor that knows the voice of the house: made once, and again when the voice has changed.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use conversations::speaking;
use language::Auditor;
use store::Store;

use crate::problem::Problem;

/// The auditor, and the voice from which it was made.
#[derive(Default)]
pub(crate) struct Ours {
    made: Mutex<Option<(String, Arc<Auditor>)>>,
}

impl Ours {
    /// It. Another process may have kept another voice, so that is read each time.
    pub(crate) async fn now(&self, store: &Store) -> Result<Arc<Auditor>, Problem> {
        let kept = store.read(speaking::kept).await?;
        if let Some(made) = self.of(&kept.text) {
            return Ok(made);
        }
        let broke = |_| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR);
        let made = tokio::task::spawn_blocking(move || Auditor::with(&kept.voice)).await.map_err(broke)?;
        let made = Arc::new(made.map_err(|it| Problem::unfit("voice", it.to_string()))?);
        let mut last = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((kept.text, made.clone()));
        Ok(made)
    }

    fn of(&self, text: &str) -> Option<Arc<Auditor>> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.as_ref().filter(|(voice, _)| voice == text).map(|(_, auditor)| auditor.clone())
    }
}
