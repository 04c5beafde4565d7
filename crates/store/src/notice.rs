//! Live notices: what changed, told to every process after the commit. They carry no content, only where to look.

use serde::{Deserialize, Serialize};

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
