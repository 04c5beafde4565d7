//! Keys for programs: shown once, kept as a digest, made for named purposes, never worth more than their maker.

use model::{Time, TokenId};
use serde_json::json;
use store::{Row, params};

use crate::{Act, House, HouseError, How, Permission, Result, Scope, Secret, Viewer, audit, sql};

/// So that a key found in a log or a repository says what it is.
const PREFIX: &str = "regard_";
/// Keys of one person; more is a program making keys by mistake.
const MOST: i64 = 100;
/// A use is written down this often at most.
const USED_EVERY_SECONDS: i64 = 300;

/// What a new key is for.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What its maker calls it.
    pub label: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
}

/// A key, as its owner sees it.
#[derive(Debug, Clone)]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// What its maker calls it.
    pub label: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Since when.
    pub created_at: Time,
    /// Last use, to within five minutes.
    pub used_at: Option<Time>,
}

fn words(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

/// Scopes that a newer version wrote are left out: what is not understood gives no right.
fn scopes(text: &str) -> Vec<Scope> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

impl House {
    /// Makes a key. The secret is given this once.
    pub async fn make_token(&self, viewer: &Viewer, new: NewToken) -> Result<(Secret, TokenId)> {
        viewer.may(Permission::MakeTokens)?;
        let label = new.label.trim().to_owned();
        if label.is_empty() || label.chars().count() > 80 {
            return Err(HouseError::invalid("label", "needs 1 to 80 characters, so that you know it again"));
        }
        if new.scopes.is_empty() {
            return Err(HouseError::invalid("scopes", "choose at least one thing the key is for"));
        }
        let world = self.store.world().clone();
        let secret = Secret::shown(&format!("{PREFIX}{}", Secret::new(&world).expose()));
        let (id, digest, viewer): (TokenId, _, _) = (world.id(), secret.digest(), viewer.clone());
        self.store
            .write(move |tx| {
                if tx.number(sql::TOKENS_COUNT, params![viewer.staff()])? >= MOST {
                    return Err(HouseError::invalid(
                        "label",
                        format!("you have {MOST} keys; remove some first"),
                    ));
                }
                let names = words(&new.scopes);
                tx.run(sql::TOKEN_ADD, params![id, digest, viewer.staff(), label, names, world.now()])?;
                let act = Act::by(&viewer, "token.made", id).with(json!({"scopes": names}));
                Ok(audit::note(tx, &world, &act)?)
            })
            .await?;
        Ok((secret, id))
    }

    /// The viewer's own keys, the latest first.
    pub async fn tokens(&self, viewer: &Viewer) -> Result<Vec<ApiToken>> {
        let id = viewer.staff();
        Ok(self.store.read(move |db| db.rows(sql::TOKENS_OF, params![id], read)).await?)
    }

    /// Makes one of the viewer's own keys worthless.
    pub async fn revoke_token(&self, viewer: &Viewer, token: TokenId) -> Result<()> {
        let (viewer, world) = (viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                if tx.run(sql::TOKEN_REVOKE, params![token, viewer.staff(), world.now()])? == 0 {
                    return Err(HouseError::Missing);
                }
                Ok(audit::note(tx, &world, &Act::by(&viewer, "token.revoked", token))?)
            })
            .await
    }

    /// Whose program shows this key.
    pub async fn viewer_by_token(&self, secret: &Secret) -> Result<Viewer> {
        if !secret.expose().starts_with(PREFIX) {
            return Err(HouseError::SignedOut);
        }
        let (digest, now) = (secret.digest(), self.store.world().now());
        let found = self
            .store
            .read(move |db| {
                db.first(sql::TOKEN_FIND, params![digest], |row| {
                    let (id, names): (TokenId, String) = (row.get(0)?, row.get(4)?);
                    let how = How::Token(id, scopes(&names));
                    let viewer = Viewer::new(row.get(1)?, row.get(2)?, row.parse(3)?, how);
                    Ok((id, viewer, row.get::<Option<Time>>(5)?))
                })
            })
            .await?;
        let (id, viewer, used) = found.ok_or(HouseError::SignedOut)?;
        if used.is_none_or(|used| now.seconds_since(used) >= USED_EVERY_SECONDS) {
            self.store.write(move |tx| tx.run(sql::TOKEN_USED, params![id, now])).await?;
        }
        Ok(viewer)
    }
}

fn read(row: &Row<'_>) -> store::Result<ApiToken> {
    Ok(ApiToken {
        id: row.get(0)?,
        label: row.get(1)?,
        scopes: scopes(&row.get::<String>(2)?),
        created_at: row.get(3)?,
        used_at: row.get(4)?,
    })
}
