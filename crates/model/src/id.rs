//! Typed ids that say their kind aloud: `per_01k…` is a person, `mom_01k…` a moment.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What an id stands for; the prefix is part of its written form and never changes.
pub trait Named {
    /// Three or four letters before the underscore.
    const PREFIX: &'static str;
}

/// A 128-bit, time-ordered id of one kind of thing, written `prefix_` and 26 letters of base 32.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{text}\u{201d} is not an id of the form {wanted}_\u{2026}")]
pub struct IdError {
    text: String,
    wanted: &'static str,
}

/// Crockford's base 32: no letters that are mistaken for figures.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS: usize = 26;

impl<K> Id<K> {
    /// Wraps a UUID read from the store or made by [`crate::World::id`].
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }

    /// The bare UUID, for the store.
    pub const fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// The same parts always give the same id: how something read twice is known again.
    /// Parts are length-prefixed, so that `["ab","c"]` and `["a","bc"]` differ.
    pub fn derived(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&digest.finalize()[..16]);
        Self::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

impl<K: Named> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.uuid.as_u128();
        let mut letters = [b'0'; LETTERS];
        for letter in letters.iter_mut().rev() {
            *letter = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        write!(f, "{}_", K::PREFIX)?;
        f.write_str(std::str::from_utf8(&letters).map_err(|_| fmt::Error)?)
    }
}

impl<K: Named> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError { text: text.chars().take(60).collect(), wanted: K::PREFIX };
        let letters = text.strip_prefix(K::PREFIX).and_then(|t| t.strip_prefix('_')).ok_or_else(wrong)?;
        // 26 letters hold 130 bits; the first may only carry the three that fit.
        if letters.len() != LETTERS || letters.as_bytes()[0] > b'7' {
            return Err(wrong());
        }
        let mut value = 0u128;
        for byte in letters.bytes() {
            let digit = ALPHABET.iter().position(|a| *a == byte).ok_or_else(wrong)?;
            value = value << 5 | digit as u128;
        }
        Ok(Self::from_uuid(Uuid::from_u128(value)))
    }
}

impl<K: Named> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<K: Named> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl<'de, K: Named> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $id:ident $marker:ident $prefix:literal;)*) => {$(
        #[doc(hidden)]
        pub enum $marker {}
        impl Named for $marker {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $id = Id<$marker>;
    )*};
}

kinds! {
    /// One person, whatever handles they use.
    PersonId PersonKind "per";
    /// One immutable source fragment of a person.
    ProfileId ProfileKind "pro";
    /// One thing that happened with a person.
    MomentId MomentKind "mom";
    /// An organisation or household that people play roles on.
    AccountId AccountKind "acc";
    /// A mailbox that is read and written from.
    MailboxId MailboxKind "mbx";
    /// Our side of a messenger: a service or a program through which people write to us.
    MessengerId MessengerKind "msg";
    /// Something we said we would do.
    PromiseId PromiseKind "prm";
    /// Something one of us did for somebody without asking.
    GoodwillId GoodwillKind "gdw";
    /// Something we said no to.
    RefusalId RefusalKind "rfs";
    /// That one of us follows somebody.
    FollowerId FollowerKind "fol";
    /// Something begun to be written.
    DraftId DraftKind "drf";
    /// A saved reply.
    ReplyId ReplyKind "rpl";
    /// Something worth passing on.
    PieceId PieceKind "pie";
    /// A digest, as it is written once for all.
    DigestId DigestKind "dig";
    /// A talk on a website.
    TalkId TalkKind "tlk";
    /// A place on a website where people can talk with us.
    SiteId SiteKind "sit";
    /// One role one person plays on one account over a time.
    RoleId RoleKind "rol";
    /// One joining of two people, which can be undone.
    MergeId MergeKind "mrg";
    /// One value entered for a field of a person.
    FieldId FieldKind "fld";
    /// A file kept beside the database.
    FileId FileKind "fil";
    /// Somebody who works here.
    StaffId StaffKind "stf";
    /// One signed-in browser.
    SessionId SessionKind "ses";
    /// A key for the API.
    TokenId TokenKind "tok";
    /// One run of an import.
    ImportId ImportKind "imp";
    /// One piece of work to be done after a commit.
    JobId JobKind "job";
    /// One line of the audit log.
    AuditId AuditKind "aud";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_wrote_and_refuses_another_kind() {
        let id = PersonId::from_uuid(Uuid::from_u128(0x0192_3456_789a_bcde_f012_3456_789a_bcde));
        let text = id.to_string();
        assert_eq!(text.parse::<PersonId>().unwrap(), id);
        assert_eq!(text.len(), "per_".len() + 26);
        assert!(text.parse::<MomentId>().is_err());
        assert!("per_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<PersonId>().is_err(), "more than 128 bits");
        assert!("per_".parse::<PersonId>().is_err());
    }

    #[test]
    fn derived_ids_depend_on_every_part_and_its_length() {
        assert_eq!(ProfileId::derived(&[b"a", b"b"]), ProfileId::derived(&[b"a", b"b"]));
        assert_ne!(ProfileId::derived(&[b"ab", b"c"]), ProfileId::derived(&[b"a", b"bc"]));
    }
}
