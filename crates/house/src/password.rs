//! Passwords: slow to check on purpose (argon2id), and never kept.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::{House, HouseError, Result};

/// Shorter ones fall to guessing even behind a rate limit.
pub const SHORTEST_PASSWORD: usize = 12;
/// Longer ones would let strangers make us hash books.
pub const LONGEST_PASSWORD: usize = 200;

/// A hash of nothing anybody knows: checked where there is no account, so that both answers take equally long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIG91cnM$7eVKJ0yqKmy0OqTkJ0YQxL2Yp3nLQGb1m6pC0xM0S2k";

/// Whether a password will do for this person.
pub(crate) fn check(password: &str, name: &str, email: &str) -> Result<()> {
    let letters = password.chars().count();
    if letters < SHORTEST_PASSWORD {
        return Err(HouseError::invalid(
            "password",
            format!(
                "needs at least {SHORTEST_PASSWORD} characters; a few words in a row are easy to remember"
            ),
        ));
    }
    if letters > LONGEST_PASSWORD {
        return Err(HouseError::invalid("password", format!("has more than {LONGEST_PASSWORD} characters")));
    }
    let (lower, distinct) = (password.to_lowercase(), distinct(password));
    let obvious = [name, email, email.split('@').next().unwrap_or_default()];
    if distinct < 5 || obvious.iter().any(|o| !o.is_empty() && lower == o.to_lowercase()) {
        return Err(HouseError::invalid("password", "is easy to guess; take a few words in a row"));
    }
    Ok(())
}

fn distinct(text: &str) -> usize {
    text.chars().collect::<std::collections::BTreeSet<_>>().len()
}

impl House {
    /// The hash to keep, made where it does not hold up others.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        let salt: [u8; 16] = self.store.world().random();
        self.hashing(move || {
            Argon2::default()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|e| HouseError::invalid("password", e.to_string()))
        })
        .await?
    }

    /// Whether the password belongs to the hash; without a hash it takes as long and says no.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.hashing(move || {
            let known = hash.as_deref().filter(|hash| !hash.is_empty());
            let fits = PasswordHash::new(known.unwrap_or(NOBODY))
                .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
            fits && known.is_some()
        })
        .await
    }

    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _turn = self.hashing.acquire().await.map_err(|_| HouseError::SignedOut)?;
        tokio::task::spawn_blocking(work).await.map_err(|e| store::StoreError::Panicked(e.to_string()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nobody_is_one_that_can_be_checked() {
        assert!(PasswordHash::new(NOBODY).is_ok(), "else strangers could time who works here");
    }

    #[test]
    fn passwords_that_are_guessed_first_are_refused_with_advice() {
        let why = |p: &str| check(p, "Ada Lovelace", "ada.lovelace@example.org").map_err(|e| e.to_string());
        assert!(why("short").is_err_and(|e| e.contains("at least 12")));
        assert!(why("aaaaaaaaaaaaaaaa").is_err());
        assert!(why("Ada Lovelace").is_err());
        assert!(why("ada.lovelace").is_err());
        assert!(why(&"x1y2z".repeat(60)).is_err());
        assert!(why("the kettle sings at noon").is_ok());
    }
}
