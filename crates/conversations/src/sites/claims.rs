//! What a site says of somebody, in a token that it signs: a JSON Web Token (RFC 7519) with HMAC and SHA-256. Nothing else is
//! read, so that nobody can choose how they are checked; the libraries for it bring RSA and elliptic curves a second time.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::Mac;
use model::{Fields, Handle, SiteId, Time, World};
use serde::Deserialize;
use store::Write;

use super::{Site, signing_key};
use crate::{ConversationError, Result, seal::seal};

/// A token says who sits there now, so it is a short word: one that is good for longer was not meant so.
const LONGEST_SECONDS: i64 = 24 * 3600;
/// Clocks differ.
const LEEWAY_SECONDS: i64 = 60;
/// A larger one is no token.
const LARGEST: usize = 8192;

/// Who somebody is, as the site vouches.
#[derive(Clone)]
pub struct Claims {
    /// The site.
    pub site: SiteId,
    told: Told,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
}

/// The words of the token that we read (RFC 7519, 4.1, and those of OpenID Connect for name, mail and telephone).
#[derive(Deserialize, Clone)]
struct Told {
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    aud: Option<Audience>,
    name: Option<String>,
    email: Option<String>,
    phone_number: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Claims {
    /// Reads a token of a site.
    ///
    /// # Errors
    /// [`ConversationError::Unfit`] names what is wrong with it: its form, its signature, its time, or whom it is for.
    pub fn read(tx: &mut Write<'_>, world: &World, site: &Site, token: &str) -> Result<Self> {
        let signing = signing_key(tx, world, site)?;
        let told = verified(token, &signing, &site.id.to_string(), world.now())
            .map_err(|why| ConversationError::Unfit { field: "token", why: why.to_owned() })?;
        Ok(Self { site: site.id, told })
    }

    /// By which name the site knows them.
    pub(crate) fn subject(&self) -> &str {
        &self.told.sub
    }

    /// Under which name the site tells of them.
    pub(crate) fn record(&self) -> String {
        format!("{} {}", self.site, self.told.sub)
    }

    /// What they go by.
    pub(crate) fn handles(&self) -> Vec<Handle> {
        let Told { sub, email, phone_number, .. } = &self.told;
        let email = email.as_deref().map(Handle::email);
        let phone = phone_number.as_deref().map(|it| Handle::phone(it, None));
        let all = [Some(Handle::external(&self.site.to_string(), sub)), email, phone];
        all.into_iter().flatten().flatten().map(Handle::proven).collect()
    }

    /// What else is known of them.
    pub(crate) fn fields(&self) -> Fields {
        let name = self.told.name.iter().map(|it| ("name".to_owned(), it.chars().take(200).collect()));
        name.collect()
    }
}

/// What a token tells, if it is signed with the key, for us, and good now.
fn verified(token: &str, key: &str, audience: &str, now: Time) -> Result<Told, &'static str> {
    const NO_TOKEN: &str = "is no JSON Web Token";
    let parts: Vec<&str> = token.trim().split('.').collect();
    let ([head, body, signature], true) = (parts.as_slice(), token.len() <= LARGEST) else {
        return Err(NO_TOKEN);
    };
    let bytes = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| NO_TOKEN);
    let head: Head = serde_json::from_slice(&bytes(head)?).map_err(|_| NO_TOKEN)?;
    if head.alg != "HS256" {
        return Err("is not signed with HS256");
    }
    let mac = seal(key.as_bytes(), token.trim().rsplit_once('.').map_or("", |it| it.0));
    mac.verify_slice(&bytes(signature)?).map_err(|_| "is not signed with this site's key")?;
    let told: Told = serde_json::from_slice(&bytes(body)?).map_err(
        |_| "needs sub (a text) and exp (a time in seconds), and may tell name, email, phone_number",
    )?;
    let second = now.micros() / 1_000_000;
    let meant = match &told.aud {
        None => true,
        Some(Audience::One(it)) => it == audience,
        Some(Audience::Several(all)) => all.iter().any(|it| it == audience),
    };
    match () {
        () if told.exp + LEEWAY_SECONDS <= second => Err("is not good any more"),
        () if told.exp > second + LONGEST_SECONDS + LEEWAY_SECONDS => Err("is good for longer than a day"),
        () if told.nbf.is_some_and(|it| it > second + LEEWAY_SECONDS) => Err("is not good yet"),
        () if !meant => Err("is for somebody else: aud names another site"),
        () if told.sub.trim().is_empty() || told.sub.len() > 255 => Err("has a sub of no use"),
        () => Ok(told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7515, A.1, whose time is 2011.
    const EXAMPLE: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const NOW: i64 = 1_800_000_000;

    fn signed(head: &str, body: &serde_json::Value, key: &str) -> String {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let text = format!("{}.{}", part(head), part(&body.to_string()));
        let mac = seal(key.as_bytes(), &text);
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn read(token: &str, key: &str) -> Result<String, &'static str> {
        verified(token, key, "sit_1", Time::from_seconds(NOW)).map(|told| told.sub)
    }

    #[test]
    fn only_what_the_site_signed_is_believed_and_only_for_a_while() {
        let head = r#"{"alg":"HS256","typ":"JWT"}"#;
        let good =
            serde_json::json!({"sub": "7", "exp": NOW + 300, "aud": "sit_1", "email": "ann@example.com"});
        assert_eq!(read(&signed(head, &good, "k"), "k"), Ok("7".into()));
        assert_eq!(read(&signed(head, &good, "other"), "k"), Err("is not signed with this site's key"));
        assert_eq!(read(&signed(r#"{"alg":"none"}"#, &good, "k"), "k"), Err("is not signed with HS256"));
        for (name, value, why) in [
            ("exp", serde_json::json!(NOW - 61), "is not good any more"),
            ("exp", serde_json::json!(NOW + 90_000), "is good for longer than a day"),
            ("nbf", serde_json::json!(NOW + 90), "is not good yet"),
            ("aud", serde_json::json!("sit_2"), "is for somebody else: aud names another site"),
            ("sub", serde_json::json!(" "), "has a sub of no use"),
        ] {
            let mut body = good.clone();
            body[name] = value;
            assert_eq!(read(&signed(head, &body, "k"), "k"), Err(why));
        }
        let mut text = good;
        text["exp"] = serde_json::json!("never");
        assert!(read(&signed(head, &text, "k"), "k").is_err_and(|why| why.starts_with("needs")));
        assert_eq!(read("a.b", "k"), Err("is no JSON Web Token"));
    }

    #[test]
    fn the_example_of_the_standard_is_signed_as_we_sign() {
        let jwk = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let key = BASE64_URL_SAFE_NO_PAD.decode(jwk).unwrap_or_default();
        let (text, signature) = EXAMPLE.rsplit_once('.').unwrap_or_default();
        let mac = seal(&key, text);
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()), signature);
    }
}
