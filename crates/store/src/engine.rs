//! The two engines, and where the data lives.

use std::path::PathBuf;

/// Which engine a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Inside the program.
    Sqlite,
    /// On a server.
    Postgres,
}

/// Where the data lives.
#[derive(Debug, Clone)]
pub enum Location {
    /// In `regard.db` in this folder.
    Folder(PathBuf),
    /// On a PostgreSQL server; the files in this folder.
    Server {
        /// `postgres://…`
        url: String,
        /// For originals.
        folder: PathBuf,
    },
}
impl Location {
    /// The folder in which what is no table lies.
    pub fn folder(&self) -> &std::path::Path {
        match self {
            Self::Folder(folder) | Self::Server { folder, .. } => folder,
        }
    }
}

/// A server's address without its password, and the password: what stands in a command is seen by everybody on the
/// machine, so other programs are given it in their environment.
pub fn part_password(url: &str) -> (String, Option<String>) {
    let config: Option<tokio_postgres::Config> = url.parse().ok();
    let password = config.as_ref().and_then(|config| config.get_password());
    let bare = url.split_once("://").and_then(|(scheme, rest)| {
        let (who, place) = rest.split_once('@')?;
        let (name, _) = who.split_once(':')?;
        Some(format!("{scheme}://{name}@{place}"))
    });
    match (bare, password) {
        (Some(bare), Some(password)) => (bare, String::from_utf8(password.to_vec()).ok()),
        _ => (url.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_parted_from_its_address() {
        let (bare, password) =
            part_password("postgres://ann:s%40cret@db.example:5433/regard?sslmode=disable");
        assert_eq!(bare, "postgres://ann@db.example:5433/regard?sslmode=disable");
        assert_eq!(password.as_deref(), Some("s@cret"));
        let without = "postgres://ann@db.example/regard";
        assert_eq!(part_password(without), (without.to_owned(), None));
    }
}
