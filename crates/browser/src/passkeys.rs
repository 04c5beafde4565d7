//! A passkey in software, so that signing in with one can be tested.

use anyhow::{Context, Result};
use serde_json::json;

use crate::{Browser, command::Request};

/// A virtual authenticator, as if built into the device, that answers yes to every question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticator(String);

impl Browser {
    /// Gives the device an authenticator. Passkeys work on `http://localhost`, not on `http://127.0.0.1`.
    pub async fn add_authenticator(&mut self) -> Result<Authenticator> {
        let kind = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserConsenting": true,
            "isUserVerified": true,
        });
        let answer = self.client().issue_cmd(Request::post("webauthn/authenticator", kind)).await?;
        Ok(Authenticator(answer.as_str().context("the authenticator has no id")?.to_owned()))
    }
    /// How many passkeys it holds.
    pub async fn passkeys(&mut self, of: &Authenticator) -> Result<usize> {
        let path = format!("webauthn/authenticator/{}/credentials", of.0);
        let answer = self.client().issue_cmd(Request::get(path)).await?;
        Ok(answer.as_array().map_or(0, Vec::len))
    }
    /// Says whether the person proves to be themselves (finger, face, code) when asked.
    pub async fn verify(&mut self, of: &Authenticator, proves: bool) -> Result<()> {
        let path = format!("webauthn/authenticator/{}/uv", of.0);
        self.client().issue_cmd(Request::post(path, json!({ "isUserVerified": proves }))).await?;
        Ok(())
    }
    /// Takes the authenticator away, as if the device were lost.
    pub async fn remove_authenticator(&mut self, it: Authenticator) -> Result<()> {
        self.client().issue_cmd(Request::delete(format!("webauthn/authenticator/{}", it.0))).await?;
        Ok(())
    }
}
