//! Our mark on what we send: a Message-ID and an address for answers that show which message is answered, and that
//! nobody else can make. A guessed mark would open somebody's conversation to a stranger.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Bits of the seal: 80, more than anybody can try by mail.
const SEAL: usize = 10;
/// Figures and letters that survive servers which write addresses in small letters, without those that look alike
/// (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of an id and of a seal.
const ID: usize = 26;
const SEALED: usize = ID + SEAL * 8 / 5;

/// Makes marks, and knows its own again.
#[derive(Clone)]
pub struct Marks {
    keyed: Hmac<Sha256>,
}

impl Marks {
    /// With the house's secret key.
    pub fn new(key: [u8; 32]) -> Self {
        // A key shorter than the digest's block is filled up with zeros (RFC 2104, 2).
        let mut block = [0; 64];
        block[..32].copy_from_slice(&key);
        Self { keyed: Hmac::new(&block.into()) }
    }

    /// A Message-ID for a message, in angle brackets: `<k.ID.SEAL@domain>`. The dots keep filters from taking it for the
    /// random ids of junk.
    pub fn message_id(&self, message: Uuid, domain: &str) -> String {
        let (id, seal) = self.parts(message);
        format!("<k.{id}.{seal}@{domain}>")
    }

    /// Where answers to a message are sent: `reply+IDSEAL@domain` for the mailbox `reply@domain`. At most 64 octets before
    /// the `@` (RFC 5321, 4.5.3.1.1) as long as the mailbox has at most 21; a longer one gives nothing.
    pub fn reply_to(&self, message: Uuid, mailbox: &str) -> Option<String> {
        let (local, domain) = mailbox.rsplit_once('@')?;
        let (id, seal) = self.parts(message);
        let marked = format!("{local}+{id}{seal}");
        (marked.len() <= 64).then(|| format!("{marked}@{domain}"))
    }

    /// Which message a Message-ID or an address of ours was made for; nothing if we did not make it.
    pub fn message(&self, text: &str) -> Option<Uuid> {
        let text = text.trim().trim_matches(['<', '>']).to_ascii_lowercase();
        let (local, _) = text.rsplit_once('@')?;
        let marked = match local.strip_prefix("k.") {
            Some(rest) => rest.replacen('.', "", 1),
            None => local.rsplit_once('+')?.1.to_owned(),
        };
        if marked.len() != SEALED || !marked.is_ascii() {
            return None;
        }
        let (id, seal) = marked.split_at(ID);
        let message = Uuid::from_u128(read(id)?);
        let seal = u128::to_be_bytes(read(seal)?);
        // In constant time: how long a refusal takes must not tell how much of a guess was right.
        self.mac(message).verify_truncated_left(&seal[16 - SEAL..]).is_ok().then_some(message)
    }

    fn parts(&self, message: Uuid) -> (String, String) {
        let sealed = self.mac(message).finalize().into_bytes();
        let seal = sealed[..SEAL].iter().fold(0u128, |seal, byte| seal << 8 | u128::from(*byte));
        (written(message.as_u128(), ID), written(seal, SEALED - ID))
    }

    fn mac(&self, message: Uuid) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(b"mail mark ");
        mac.update(message.as_bytes());
        mac
    }
}

fn written(number: u128, letters: usize) -> String {
    (0..letters).rev().map(|n| char::from(LETTERS[(number >> (5 * n) & 31) as usize])).collect()
}

fn read(text: &str) -> Option<u128> {
    text.bytes().try_fold(0u128, |number, letter| {
        let value = LETTERS.iter().position(|known| *known == letter)? as u128;
        // What does not fit is none of ours.
        (number >> 123 == 0).then_some(number << 5 | value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: Uuid = Uuid::from_u128(0x0199_aaaa_bbbb_7ccc_8ddd_eeee_ffff_0001);

    fn marks() -> Marks {
        Marks::new([7; 32])
    }

    #[test]
    fn a_mark_is_known_again_however_servers_write_it() {
        let id = marks().message_id(MESSAGE, "mail.acme-shop.example");
        assert!(id.starts_with("<k.") && id.ends_with("@mail.acme-shop.example>"), "{id}");
        let reply = marks().reply_to(MESSAGE, "hello@acme.example").unwrap();
        assert!(reply.split('@').next().unwrap().len() <= 64, "{reply}");
        for written in [id.clone(), id.to_uppercase(), format!(" {id} "), reply.clone(), reply.to_uppercase()]
        {
            assert_eq!(marks().message(&written), Some(MESSAGE), "{written}");
        }
        assert_eq!(marks().reply_to(MESSAGE, &format!("{}@acme.example", "x".repeat(40))), None);
    }

    #[test]
    fn a_mark_that_is_changed_anywhere_or_made_by_others_is_none() {
        let id = marks().message_id(MESSAGE, "acme.example");
        let local = id.find('@').unwrap();
        for at in 3..local {
            let old = id.as_bytes()[at];
            let new = if old == b'0' { '1' } else { '0' };
            let mut forged = id.clone();
            forged.replace_range(at..=at, &new.to_string());
            assert_eq!(marks().message(&forged), None, "{forged}");
        }
        let theirs = Marks::new([8; 32]).message_id(MESSAGE, "acme.example");
        for forged in [theirs.as_str(), "<k.1@acme.example>", "hello+tag@acme.example", "", "<@>", "k.é@x"] {
            assert_eq!(marks().message(forged), None, "{forged}");
        }
    }
}
