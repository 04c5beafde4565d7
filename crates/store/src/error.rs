//! What can go wrong in an engine, in words that say what to do.

/// A result with the store's error.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// What can go wrong in an engine.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A uniqueness rule was broken; holds what the engine says of it.
    #[error("this is already there ({0})")]
    Conflict(String),
    /// No room left on the disk.
    #[error("the disk is full: nothing was written; free some space, then try again")]
    Full,
    /// Lost a race too often.
    #[error("the database is too busy; try again")]
    Busy,
    /// A stored value was not of the form the program expects.
    #[error("column {column} holds something unexpected: {why}")]
    Column {
        /// Counted from 0.
        column: usize,
        /// What was wrong.
        why: String,
    },
    /// The database was written by a newer version.
    #[error(
        "this database is newer than this program (it has step {step}); install the newer version, or restore a backup taken before it"
    )]
    Newer {
        /// The step this program does not know.
        step: String,
    },
    /// A migration was changed after it ran.
    #[error(
        "migration {0} differs from the one that ran on this database; programs of one version must not differ"
    )]
    Changed(String),
    /// The work itself broke; nothing of it was kept.
    #[error("an error in the program stopped this; nothing of it was kept ({0})")]
    Panicked(String),
    /// The store was closed, or cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// Anything else the engine says.
    #[error("the database says: {0}")]
    Engine(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::*;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ConstraintViolation) => Self::Conflict(text),
            Some(DiskFull) => Self::Full,
            Some(DatabaseBusy | DatabaseLocked) => Self::Busy,
            _ => Self::Engine(text),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            return Self::Unreachable(error.to_string());
        };
        let text =
            format!("{}{}", said.message(), said.detail().map(|d| format!(": {d}")).unwrap_or_default());
        match said.code().code() {
            code if code.starts_with("23") => Self::Conflict(text),
            "53100" => Self::Full,
            "40001" | "40P01" => Self::Busy,
            code if code.starts_with("57") || code.starts_with("08") => Self::Unreachable(text),
            _ => Self::Engine(text),
        }
    }
}

impl From<deadpool_postgres::PoolError> for StoreError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(error) => error.into(),
            other => Self::Unreachable(other.to_string()),
        }
    }
}
