//! What the world is told of the domains that our mail is from: who may send it, how it is signed, what becomes of the rest, and where
//! answers go. Looked at when somebody asks, and only for domains of our own mailboxes.

mod judging;
mod sql;

use std::net::SocketAddr;

use channels::names::Names;
use futures_util::future::join_all;
use model::Time;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Notice, Read, Store, params};

use crate::{
    DeliveryError,
    mailboxes::{self, Mailbox, domain},
    signing::{self, SigningKey},
};

/// Domains that are looked at together; each asks a handful of questions, and somebody waits for all of them.
const MOST: usize = 20;
/// Names above a domain that are asked for its policy: mail domains have three or four parts.
const ABOVE: usize = 3;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Who may send.
    Spf,
    /// The key that mail is signed with.
    Dkim,
    /// What becomes of mail that nobody vouches for.
    Dmarc,
    /// Where answers go.
    Mx,
}

impl About {
    /// Its name among those who keep domains.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Spf => "SPF",
            Self::Dkim => "DKIM",
            Self::Dmarc => "DMARC",
            Self::Mx => "MX",
        }
    }
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// As it should be.
    Good,
    /// It works, and could be better.
    Better,
    /// Mail suffers from it.
    Wrong,
    /// It cannot be told from here.
    Open,
    /// No name server told.
    Unanswered,
}

/// What somebody may enter where the domain's names are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Under which name.
    pub name: String,
    /// As a TXT record with this text.
    pub text: String,
}

/// One thing that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub about: About,
    /// How it is.
    pub how: How,
    /// In words, with what to do.
    pub said: String,
    /// What to enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
}

/// What was seen of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Look {
    /// The domain.
    pub domain: String,
    /// When.
    pub at: Time,
    /// What.
    pub findings: Vec<Finding>,
}

/// What we know of a domain ourselves.
#[derive(Debug, Clone)]
struct Ours {
    domain: String,
    /// The server that its mail is handed to.
    server: Option<String>,
    key: Option<SigningKey>,
}

/// What was seen last of each domain.
pub fn looks(db: &mut Read<'_>) -> Result<Vec<Look>, DeliveryError> {
    Ok(db.rows(sql::ALL, params![], |row| {
        Ok(Look { domain: row.get(0)?, at: row.get(1)?, findings: row.json(2)? })
    })?)
}

/// Looks at every domain of ours, and keeps what was seen. `dns` is the name server to ask, if not this machine's own.
pub async fn look(store: &Store, dns: Option<SocketAddr>) -> Result<Vec<Look>, DeliveryError> {
    let seen = look_only(store, dns).await?;
    keep(store, seen.clone()).await?;
    Ok(seen)
}

/// The same without keeping it, since a doctor changes nothing.
pub async fn look_only(store: &Store, dns: Option<SocketAddr>) -> Result<Vec<Look>, DeliveryError> {
    let ours = ours(store).await?;
    seen(store, dns, ours).await
}

/// Looks at one domain of ours, and keeps what was seen. Nothing if it is none of ours.
pub async fn look_at(
    store: &Store,
    dns: Option<SocketAddr>,
    domain: &str,
) -> Result<Option<Look>, DeliveryError> {
    let mut ours = ours(store).await?;
    ours.retain(|it| it.domain == domain);
    let seen = seen(store, dns, ours).await?;
    keep(store, seen.clone()).await?;
    Ok(seen.into_iter().next())
}

async fn keep(store: &Store, seen: Vec<Look>) -> Result<(), DeliveryError> {
    store
        .write(move |tx| {
            for it in &seen {
                let findings = json!(it.findings).to_string();
                tx.run(sql::KEEP, params![it.domain, it.at, findings])?;
            }
            Ok(tx.announce(Notice::about("mailbox", "domains"))?)
        })
        .await
}

/// The domains of our mailboxes and keys; nobody else's business is asked about.
async fn ours(store: &Store) -> Result<Vec<Ours>, DeliveryError> {
    let (boxes, keys) =
        store.read(|db| Ok::<_, DeliveryError>((mailboxes::all(db)?, signing::keys(db)?))).await?;
    let of_box = |it: &Mailbox| domain(&it.address).to_lowercase();
    let mut domains: Vec<String> =
        boxes.iter().map(of_box).chain(keys.iter().map(|it| it.domain.clone())).collect();
    domains.sort();
    domains.dedup();
    let known = domains.into_iter().take(MOST).map(|domain| Ours {
        server: boxes.iter().find(|it| of_box(it) == domain).map(|it| it.servers.smtp.host.clone()),
        key: keys.iter().find(|it| it.domain == domain).cloned(),
        domain,
    });
    Ok(known.collect())
}

async fn seen(store: &Store, dns: Option<SocketAddr>, ours: Vec<Ours>) -> Result<Vec<Look>, DeliveryError> {
    if ours.is_empty() {
        return Ok(Vec::new());
    }
    let names = Names::at(dns).map_err(|why| DeliveryError::Wish(why.to_string()))?;
    let at = store.world().now();
    let looks = ours.iter().map(|it| {
        let names = &names;
        async move { Look { domain: it.domain.clone(), at, findings: findings(names, it).await } }
    });
    Ok(join_all(looks).await)
}

async fn findings(names: &Names, ours: &Ours) -> Vec<Finding> {
    let key = async {
        match &ours.key {
            Some(key) => Some(names.texts(&key.name()).await),
            None => None,
        }
    };
    let policies = join_all(above(&ours.domain).into_iter().map(|it| async move {
        let said = names.texts(&format!("_dmarc.{it}")).await;
        (it, said)
    }));
    let (own, key, policies, servers) =
        tokio::join!(names.texts(&ours.domain), key, policies, names.mail_servers(&ours.domain));
    vec![
        judging::spf(ours, own),
        judging::dkim(ours, key),
        judging::dmarc(ours, policies),
        judging::mx(ours, servers),
    ]
}

/// A domain and those it belongs to: what is said of mail there counts for it as well, where it says nothing itself.
fn above(domain: &str) -> Vec<String> {
    let labels: Vec<&str> = domain.split('.').collect();
    let starts = 0..labels.len().saturating_sub(1).max(1);
    starts.take(ABOVE + 1).map(|at| labels[at..].join(".")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_looked_for_above_a_domain_but_not_at_the_end_of_all_names() {
        assert_eq!(above("mail.shop.example"), ["mail.shop.example", "shop.example"]);
        assert_eq!(above("shop.example"), ["shop.example"]);
        assert_eq!(above("localhost"), ["localhost"]);
        assert_eq!(above("a.b.c.d.e.f.example").len(), ABOVE + 1);
    }
}
