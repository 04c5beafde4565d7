//! The receipt of a forgetting: what went, what stays, why and until when. It names nobody, is signed so that anybody can check it
//! who has our public key, and names the digest of the receipt before it, so that none can be taken out or put in unseen.

use std::collections::BTreeMap;

use model::{AuditId, Time};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use store::Engine;

/// What a receipt says of its own form. Another form is another name.
pub const FORMAT: &str = "regard receipt 1";
/// Which edition of what goes and what stays was followed: it rises with every change of it.
pub const POLICY: i64 = 1;
/// A receipt is about 3 KiB; whoever hands in more hands in something else.
const LARGEST: usize = 1 << 20;

/// What went, what stays, and why. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its form.
    pub format: String,
    /// Its id.
    pub id: AuditId,
    /// Its place in the chain, counted from 1.
    pub number: i64,
    /// The digest of the receipt before it; nothing for the first.
    pub before: Option<String>,
    /// When it was asked for.
    pub asked_at: Time,
    /// When it was done.
    pub at: Time,
    /// Who had it done: `us`, `themselves`, or `again` when a backup had brought them back.
    pub asked_by: String,
    /// How many rows of each kind went.
    pub gone: BTreeMap<String, i64>,
    /// What stays, each with its reason.
    pub stays: Vec<Stays>,
    /// By when free space of the database is overwritten.
    pub free_space_by: Time,
    /// By when the backups that still hold it are thrown away.
    pub backups_gone_by: Time,
    /// Whom we had handed their data to, and told.
    pub told: Vec<String>,
    /// The edition of what goes and what stays.
    pub policy: i64,
    /// The public key (Ed25519) that it is signed with, in hexadecimal.
    pub key: String,
    /// Signs all the rest, in the form of RFC 8785; in hexadecimal.
    #[serde(default)]
    pub signature: String,
    /// Whether free space was overwritten at once. It is known only after the receipt was signed, so it is no part of it.
    #[serde(skip)]
    pub overwritten: bool,
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stays {
    /// What.
    pub what: String,
    /// Why it may.
    pub basis: String,
    /// Until when, where that is known.
    pub until: Option<Time>,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// It is no receipt of a form that is known here.
    #[error("this is no receipt of the form \u{201c}{FORMAT}\u{201d}: {0}")]
    Form(String),
    /// It says another key.
    #[error("it is signed with another key than this house's: {0}")]
    Key(String),
    /// The signature is not one of what it says.
    #[error("its signature does not fit: something in it was changed")]
    Signature,
}

/// The key that signs, from its secret half.
pub(super) fn key_pair(seed: &[u8]) -> Option<Ed25519KeyPair> {
    Ed25519KeyPair::from_seed_unchecked(seed).ok()
}

/// The public half, as receipts name it.
pub(super) fn public(pair: &Ed25519KeyPair) -> String {
    hex(pair.public_key().as_ref())
}

impl Receipt {
    /// What it is known by in the chain: the digest of all it says, without the signature.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(said(&serde_json::to_value(self).unwrap_or_default())))
    }

    /// The same, signed.
    pub(super) fn signed(mut self, pair: &Ed25519KeyPair) -> Self {
        let said = said(&serde_json::to_value(&self).unwrap_or_default());
        self.signature = hex(pair.sign(said.as_bytes()).as_ref());
        self
    }
}

/// A receipt as somebody hands it in, if the key signed every word of it. Give the public key of the house that they trust;
/// without one it is only said that the key which the receipt itself names signed it.
pub fn verify(text: &str, key: Option<&str>) -> Result<Receipt, Unproven> {
    if text.len() > LARGEST {
        return Err(Unproven::Form(format!("it has more than {LARGEST} bytes")));
    }
    let value: Json = serde_json::from_str(text).map_err(|error| Unproven::Form(error.to_string()))?;
    let receipt: Receipt =
        serde_json::from_value(value.clone()).map_err(|error| Unproven::Form(error.to_string()))?;
    if receipt.format != FORMAT {
        return Err(Unproven::Form(receipt.format));
    }
    if key.is_some_and(|key| key != receipt.key) {
        return Err(Unproven::Key(receipt.key));
    }
    let (public, signature) = (bytes(&receipt.key), bytes(&receipt.signature));
    let (Some(public), Some(signature)) = (public, signature) else { return Err(Unproven::Signature) };
    UnparsedPublicKey::new(&ED25519, public)
        .verify(said(&value).as_bytes(), &signature)
        .map_err(|_| Unproven::Signature)?;
    Ok(receipt)
}

/// What is signed: everything but the signature.
fn said(receipt: &Json) -> String {
    let mut receipt = receipt.clone();
    if let Some(all) = receipt.as_object_mut() {
        all.remove("signature");
    }
    let mut text = String::new();
    canonical(&receipt, &mut text);
    text
}

/// One text for one value (RFC 8785; receipts hold no fractions): names in their order, nothing between the parts.
pub(super) fn canonical(value: &Json, out: &mut String) {
    match value {
        Json::Object(all) => {
            let sorted: BTreeMap<&String, &Json> = all.iter().collect();
            part(out, ('{', '}'), sorted.into_iter(), |(name, value), out| {
                out.push_str(&Json::from(name.as_str()).to_string());
                out.push(':');
                canonical(value, out);
            });
        }
        Json::Array(all) => part(out, ('[', ']'), all.iter(), canonical),
        plain => out.push_str(&plain.to_string()),
    }
}

fn part<T>(
    out: &mut String,
    (open, close): (char, char),
    all: impl Iterator<Item = T>,
    each: impl Fn(T, &mut String),
) {
    out.push(open);
    for (n, it) in all.enumerate() {
        if n > 0 {
            out.push(',');
        }
        each(it, out);
    }
    out.push(close);
}

/// What stays behind, for which reason, until when.
pub(super) fn stays(engine: Engine, by_themselves: bool, backups_gone_by: Time) -> Vec<Stays> {
    let hashes = if by_themselves {
        "A keyed hash of the record and of each address and number that was proven, from which they cannot be read: so that nothing brings this person back unasked. Nothing of an address that was only claimed: it may be somebody else's."
    } else {
        "A keyed hash of each address and number, from which they cannot be read: so that a later import does not bring this person back unasked."
    };
    let stay = |what: &str, basis: &str, until| Stays { what: what.into(), basis: basis.into(), until };
    let mut all = vec![
        stay(
            hashes,
            "Their wish to stay forgotten, which could not be kept otherwise (GDPR, article 6(1)(f)).",
            None,
        ),
        stay(
            "This receipt, beside the database as well, and lines of the audit log: they name only ids.",
            "Proof of what was done (GDPR, articles 5(2) and 17(3)(e)).",
            None,
        ),
        stay(
            "What stands in other people's conversations, even where it mentions this person; and what is known of an organisation that others were with, too.",
            "It is theirs, and so is what they have with us (GDPR, article 6(1)(b) and (f)).",
            None,
        ),
        stay(
            "What left the house before: mail on the servers of those who sent and got it, and files that one of us took out.",
            "It is not the house's any more; whoever has it answers for it.",
            None,
        ),
        stay(
            "Backups taken before. If one is put back, whoever was forgotten since is forgotten again.",
            "That the data of everybody else can be restored (GDPR, article 32(1)(c)).",
            Some(backups_gone_by),
        ),
    ];
    if engine == Engine::Postgres {
        all.push(stay(
            "PostgreSQL's write-ahead log and archives, until the server recycles them.",
            "That the data of everybody else can be restored (GDPR, article 32(1)(c)).",
            None,
        ));
    }
    all
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|it| it.len() == 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        let now = Time::from_seconds(1_800_000_000);
        Receipt {
            format: FORMAT.into(),
            id: AuditId::from_uuid(Default::default()),
            number: 1,
            before: None,
            asked_at: now,
            at: now,
            asked_by: "us".into(),
            gone: BTreeMap::from([("moments".into(), 3), ("\u{e4}mter \"x\"".into(), 1)]),
            stays: stays(Engine::Postgres, false, now.plus_days(30)),
            free_space_by: now,
            backups_gone_by: now.plus_days(30),
            told: Vec::new(),
            policy: POLICY,
            key: String::new(),
            signature: String::new(),
            overwritten: true,
        }
    }

    fn signed(seed: u8) -> (Receipt, String) {
        let pair = key_pair(&[seed; 32]).unwrap();
        let receipt = Receipt { key: public(&pair), ..receipt() }.signed(&pair);
        let text = serde_json::to_string_pretty(&receipt).unwrap();
        (receipt, text)
    }

    #[test]
    fn a_receipt_is_good_as_it_was_signed_and_in_no_other_words() {
        let (receipt, text) = signed(7);
        let read = verify(&text, Some(&receipt.key)).unwrap();
        assert_eq!((read.digest(), read.gone), (receipt.digest(), receipt.gone.clone()));
        for (was, is) in [
            ("\"moments\": 3", "\"moments\": 2"),
            ("\"us\"", "\"themselves\""),
            ("\"told\": []", "\"told\": [], \"more\": 1"),
        ] {
            assert!(text.contains(was), "{text}");
            assert_eq!(verify(&text.replacen(was, is, 1), None), Err(Unproven::Signature), "{is}");
        }
        let other = signed(8).0.key;
        assert_eq!(verify(&text, Some(&other)), Err(Unproven::Key(receipt.key.clone())));
        assert_eq!(verify(&text.replace(&receipt.key, &other), None), Err(Unproven::Signature));
        assert!(matches!(verify(&text.replace(FORMAT, "regard receipt 2"), None), Err(Unproven::Form(_))));
        assert!(matches!(verify("{}", None), Err(Unproven::Form(_))));
    }

    #[test]
    fn one_value_has_one_text_whatever_the_order_of_its_names() {
        let mut text = String::new();
        canonical(
            &serde_json::from_str(r#"{"b": [1, {"d": null, "c": "\u00e4\n"}], "a": true}"#).unwrap(),
            &mut text,
        );
        assert_eq!(text, "{\"a\":true,\"b\":[1,{\"c\":\"\u{e4}\\n\",\"d\":null}]}");
    }
}
