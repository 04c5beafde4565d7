//! Signing what we send (DKIM, RFC 6376), so that others can tell our mail from what somebody else writes in our name.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use lettre::{
    Message,
    message::{
        dkim::{
            DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
        },
        header::HeaderName,
    },
};
use rsa::{
    RsaPrivateKey,
    pkcs1::{EncodeRsaPrivateKey as _, LineEnding},
    pkcs8::EncodePublicKey as _,
    rand_core::OsRng,
};

/// What RFC 8301 asks for; longer ones do not fit into what many name servers let people enter.
const BITS: usize = 2048;
/// What must not be changed on the way (RFC 6376, 5.4; RFC 8058, 4). Only what a mail has is named: a list may add its own.
const SIGNED: [&str; 14] = [
    "From",
    "Reply-To",
    "Subject",
    "Date",
    "To",
    "Cc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Signs mail from one domain.
#[derive(Clone, PartialEq, Eq)]
pub struct Signer {
    /// The domain that answers for the mail: that of the address it is from.
    pub domain: String,
    /// Which of the domain's keys it is.
    pub selector: String,
    /// The key, as PEM (PKCS #1).
    pub key: String,
}

impl std::fmt::Debug for Signer {
    /// Without the key, which belongs into no log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({} for {})", self.selector, self.domain)
    }
}

/// A new key, which takes a second or two.
pub struct NewKey {
    /// The secret half, as PEM (PKCS #1).
    pub secret: String,
    /// What the domain tells the world of it: the value of a TXT record (RFC 6376, 3.6.1).
    pub record: String,
}

/// Why mail cannot be signed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("mail cannot be signed: {0}")]
pub struct SigningError(String);

/// Makes a key.
pub fn new_key() -> Result<NewKey, SigningError> {
    let broken = |error: &dyn std::fmt::Display| SigningError(error.to_string());
    let key = RsaPrivateKey::new(&mut OsRng, BITS).map_err(|error| broken(&error))?;
    let secret = key.to_pkcs1_pem(LineEnding::LF).map_err(|error| broken(&error))?;
    let public = key.to_public_key().to_public_key_der().map_err(|error| broken(&error))?;
    Ok(NewKey {
        secret: secret.to_string(),
        record: format!("v=DKIM1; k=rsa; p={}", BASE64_STANDARD.encode(public.as_bytes())),
    })
}

impl Signer {
    /// Puts a signature on a mail.
    pub(super) fn sign(&self, mail: &mut Message) -> Result<(), SigningError> {
        let key = DkimSigningKey::new(&self.key, DkimSigningAlgorithm::Rsa);
        let key = key.map_err(|error| SigningError(error.to_string()))?;
        let has = |name: &&str| mail.headers().get_raw(name).is_some();
        let signed = SIGNED.into_iter().filter(has).map(HeaderName::new_from_ascii_str).collect();
        let relaxed = DkimCanonicalizationType::Relaxed;
        let looks = DkimCanonicalization { header: relaxed, body: relaxed };
        mail.sign(&DkimConfig::new(self.selector.clone(), self.domain.clone(), key, signed, looks));
        Ok(())
    }
}
