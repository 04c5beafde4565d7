//! Live notices: what changed, told to every process after the commit. They carry no content, only where to look.

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Something changed. Whoever cares reads it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What sort of thing: `person`, `import`, `jobs`.
    pub topic: String,
    /// Which one; empty for "some".
    pub id: String,
}

impl Notice {
    /// That this one changed.
    pub fn about(topic: &str, id: impl ToString) -> Self {
        Self { topic: topic.to_owned(), id: id.to_string() }
    }
}

/// Resolves at the next notice of this sort, or where some were missed; never once the store is closed.
pub async fn hear(notices: &mut Receiver<Notice>, is_meant: impl Fn(&Notice) -> bool) {
    loop {
        match notices.recv().await {
            Ok(notice) if !is_meant(&notice) => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
