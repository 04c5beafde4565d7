//! Proving who we are with tokens (OAuth 2.0, RFC 6749, with RFC 7636): where somebody is sent to say yes, and how tokens are got
//! and renewed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::server::LineError;
use crate::http;

/// Where mail of a provider is, and who may let us in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The name it goes by in forms.
    pub name: &'static str,
    /// The name people know.
    pub label: &'static str,
    /// Where somebody says yes.
    pub authorize: &'static str,
    /// Where tokens come from.
    pub token: &'static str,
    /// What we ask for.
    pub scope: &'static str,
    /// Its server for reading, by TLS at the usual port.
    pub imap: &'static str,
    /// Its server for sending, with its port and the protection of the line.
    pub smtp: (&'static str, u16, &'static str),
}

/// Providers whose addresses need not be looked up.
pub const KNOWN: &[Known] = &[
    Known {
        name: "google",
        label: "Google",
        authorize: "https://accounts.google.com/o/oauth2/v2/auth",
        token: "https://oauth2.googleapis.com/token",
        scope: "https://mail.google.com/",
        imap: "imap.gmail.com",
        smtp: ("smtp.gmail.com", 465, "tls"),
    },
    Known {
        name: "microsoft",
        label: "Microsoft",
        authorize: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        token: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        scope: "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        imap: "outlook.office365.com",
        smtp: ("smtp.office365.com", 587, "starttls"),
    },
];

/// Who lets us in, and who we are to them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Where somebody says yes.
    pub authorize: String,
    /// Where tokens come from.
    pub token: String,
    /// What we ask for.
    pub scope: String,
    /// The name under which the organisation made us known there.
    pub client_id: String,
    /// The secret that goes with it; empty if there is none.
    pub client_secret: String,
}

/// What a provider gave us.
#[derive(Clone, PartialEq, Eq)]
pub struct Granted {
    /// Opens the mailbox for a while.
    pub access: String,
    /// Gets the next one; nothing if the one we have stays good.
    pub refresh: Option<String>,
    /// For how many seconds it opens.
    pub seconds: i64,
}

/// If a provider does not say for how long (RFC 6749, 5.1 only recommends it).
const USUAL_SECONDS: i64 = 3600;

impl Provider {
    /// Says which of its fields cannot be used.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        http::safe(&self.authorize).map_err(|why| ("authorize", why))?;
        http::safe(&self.token).map_err(|why| ("token", why))?;
        match self.client_id.trim() {
            "" => {
                Err(("client_id", "is missing: the provider gives it when you register Regard there".into()))
            }
            _ => Ok(()),
        }
    }

    /// Where somebody is sent to say yes for this login; the answer comes to `back`, with `state`.
    pub fn ask_at(&self, login: &str, back: &str, state: &str, verifier: &str) -> Result<String, String> {
        let mut url = http::safe(&self.authorize)?;
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", self.client_id.trim()),
            ("redirect_uri", back),
            ("scope", self.scope.trim()),
            ("state", state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("login_hint", login),
            // Without these Google gives a token that cannot be renewed.
            ("access_type", "offline"),
            ("prompt", "consent"),
        ]);
        Ok(url.into())
    }

    /// Tokens for the code that came back.
    pub async fn redeem(
        &self,
        code: &str,
        back: &str,
        verifier: &str,
        authority: Option<&str>,
    ) -> Result<Granted, LineError> {
        let granted = self
            .asks(
                &[
                    ("grant_type", "authorization_code"),
                    ("code", code),
                    ("redirect_uri", back),
                    ("code_verifier", verifier),
                ],
                authority,
            )
            .await?;
        if granted.refresh.is_none() {
            return Err(LineError::Refused(format!(
                "{} lets us in, but only for a while: it gave nothing to renew that with",
                self.host()
            )));
        }
        Ok(granted)
    }

    /// The next token, for the one that renews. Some providers take each of those once only: what comes back has to be kept.
    pub async fn renew(&self, refresh: &str, authority: Option<&str>) -> Result<Granted, LineError> {
        self.asks(&[("grant_type", "refresh_token"), ("refresh_token", refresh)], authority).await
    }

    async fn asks(&self, fields: &[(&str, &str)], authority: Option<&str>) -> Result<Granted, LineError> {
        let refused = |why: String| LineError::Refused(why);
        let away = |why: String| LineError::Away(format!("{}: {why}", self.host()));
        let address = http::safe(&self.token).map_err(refused)?;
        let trust = http::trust(authority)
            .map_err(|why| refused(format!("the authority's certificate cannot be read: {why}")))?;
        let client = http::client(trust).map_err(|error| refused(error.to_string()))?;
        let mut fields = fields.to_vec();
        fields.push(("client_id", self.client_id.trim()));
        if !self.client_secret.is_empty() {
            fields.push(("client_secret", &self.client_secret));
        }
        let answer = client.post(address).header("accept", "application/json").form(&fields).send().await;
        let answer = answer.map_err(|error| away(http::in_words(&error)))?;
        let status = answer.status();
        let bytes = http::bytes(answer).await.map_err(away)?;
        let said: Json = serde_json::from_slice(&bytes).unwrap_or_default();
        if status.is_success() {
            return granted(&said).ok_or_else(|| away("its answer holds no token".into()));
        }
        let why = ["error_description", "error"].iter().find_map(|it| said[it].as_str());
        let why = why.and_then(|it| it.lines().next()).unwrap_or("no reason is given").to_owned();
        match status.is_client_error() && status.as_u16() != 429 && status.as_u16() != 408 {
            true => Err(refused(format!(
                "{} no longer lets us in ({why}): somebody has to sign in there again",
                self.host()
            ))),
            false => Err(away(format!("it answers {status}"))),
        }
    }

    /// Its name, for words about it.
    pub fn host(&self) -> String {
        let url = http::safe(&self.token).ok();
        url.and_then(|it| it.host_str().map(str::to_owned)).unwrap_or_else(|| "the provider".into())
    }
}

fn granted(said: &Json) -> Option<Granted> {
    let text = |name: &str| said[name].as_str().filter(|it| !it.is_empty()).map(str::to_owned);
    // Some write the number as text.
    let seconds = said["expires_in"].as_i64().or_else(|| said["expires_in"].as_str()?.parse().ok());
    Some(Granted {
        access: text("access_token")?,
        refresh: text("refresh_token"),
        seconds: seconds.unwrap_or(USUAL_SECONDS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Provider {
        Provider {
            authorize: "https://login.example/authorize?tenant=x".into(),
            token: "https://login.example/token".into(),
            scope: "mail offline_access".into(),
            client_id: "regard".into(),
            client_secret: String::new(),
        }
    }

    #[test]
    fn somebody_is_sent_to_the_provider_with_a_challenge_and_not_with_its_answer() {
        let asked =
            provider().ask_at("hello@acme.example", "https://us.example/back", "s1", "verifier").unwrap();
        assert!(asked.starts_with("https://login.example/authorize?tenant=x&response_type=code"), "{asked}");
        // RFC 7636, appendix B, gives the way; this is the base64url of the digest of "verifier".
        assert!(asked.contains("code_challenge=iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ"), "{asked}");
        assert!(!asked.contains("verifier&") && asked.contains("login_hint=hello%40acme.example"));
    }

    #[test]
    fn an_answer_is_read_as_providers_write_it() {
        let said = serde_json::json!({"access_token": "a", "expires_in": "599", "token_type": "Bearer"});
        let granted = granted(&said).unwrap();
        assert_eq!((granted.access.as_str(), granted.refresh, granted.seconds), ("a", None, 599));
        assert!(super::granted(&serde_json::json!({"access_token": ""})).is_none());
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        assert!(provider().check().is_ok());
        let open = Provider { token: "http://login.example/token".into(), ..provider() };
        assert_eq!(open.check().unwrap_err().0, "token");
        assert_eq!(Provider { client_id: " ".into(), ..provider() }.check().unwrap_err().0, "client_id");
    }
}
