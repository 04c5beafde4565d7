//! Visits: whoever followed a link that only their address had is let in for a while, to what is theirs. A link works once and not for long, a
//! visit ends by itself, and what cannot be undone asks for a code besides. Nothing of a visit is kept but that a link was used.

mod sql;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use model::{Time, World};
use sha2::Sha256;
use store::{Read, Write, params};

use crate::{
    PermissionError, Point, Result,
    choosing::{self, Choice},
};

const KEY: &str = "visits";
/// So long a link waits in a mailbox.
const LINK_SECONDS: i64 = 30 * 60;
/// So long a wish waits to be confirmed.
const CONFIRM_SECONDS: i64 = 7 * 86_400;
/// So long a visit lasts.
pub const VISIT_SECONDS: i64 = 2 * 3600;
/// A code holds from when it was asked for until the end of the next span of so many seconds.
const CODE_SECONDS: i64 = 600;

/// What a sealed word lets somebody do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Entering,
    Visiting,
    Confirming,
}

impl For {
    fn as_str(self) -> &'static str {
        match self {
            Self::Entering => "entering",
            Self::Visiting => "visiting",
            Self::Confirming => "confirming",
        }
    }
}

/// What a link ends with that lets whoever reads mail at an address in, once.
pub fn link(tx: &mut Write<'_>, world: &World, point: &Point) -> Result<String> {
    let key = memory::secret(tx, world, KEY)?;
    Ok(sealed(&key, For::Entering, point, world.now().plus_seconds(LINK_SECONDS), &world.random::<12>()))
}

/// Follows a link; gives what their browser shows from now on.
///
/// # Errors
/// [`PermissionError::Unfit`] if it is not ours, too old, or was used.
pub fn enter(tx: &mut Write<'_>, world: &World, token: &str) -> Result<(Point, String)> {
    let unfit = |why: &str| PermissionError::Unfit { field: "link", why: why.into() };
    let key = memory::secret(tx, world, KEY)?;
    let point = opened(&key, For::Entering, token, world.now());
    let point = point.ok_or_else(|| unfit("is too old, or not one of ours; please ask for another"))?;
    let until = world.now().plus_seconds(LINK_SECONDS);
    tx.run(sql::FORGET, params![world.now()])?;
    if tx.run(sql::USE, params![mac(&key, token), until])? == 0 {
        return Err(unfit("was used already; please ask for another"));
    }
    let until = world.now().plus_seconds(VISIT_SECONDS);
    let shown = sealed(&key, For::Visiting, &point, until, &world.random::<12>());
    Ok((point, shown))
}

/// Whose link it is, without using it: looking changes nothing.
pub fn of_link(db: &mut Read<'_>, token: &str, now: Time) -> Result<Option<Point>> {
    let key = memory::known_secret(db, KEY)?;
    Ok(key.and_then(|key| opened(&key, For::Entering, token, now)))
}

/// What a link ends with that confirms what somebody asked for at an address.
pub fn confirmation(tx: &mut Write<'_>, world: &World, point: &Point, chosen: &[Choice]) -> Result<String> {
    let key = memory::secret(tx, world, KEY)?;
    let keys: Vec<String> = chosen.iter().map(Choice::key).collect();
    Ok(sealed(
        &key,
        For::Confirming,
        point,
        world.now().plus_seconds(CONFIRM_SECONDS),
        keys.join(" ").as_bytes(),
    ))
}

/// What a link confirms, at which address: of it what can still be chosen.
pub fn confirmed(db: &mut Read<'_>, token: &str, now: Time) -> Result<Option<(Point, Vec<Choice>)>> {
    let Some(key) = memory::known_secret(db, KEY)? else { return Ok(None) };
    let Some((point, keys)) = opened_whole(&key, For::Confirming, token, now) else { return Ok(None) };
    let keys = String::from_utf8(keys).unwrap_or_default();
    let all = choosing::choices(db)?.into_iter();
    let chosen: Vec<Choice> = all.filter(|it| keys.split(' ').any(|key| key == it.key())).collect();
    Ok((!chosen.is_empty()).then_some((point, chosen)))
}

/// Whose visit a browser shows.
pub fn of_visit(db: &mut Read<'_>, shown: &str, now: Time) -> Result<Option<Point>> {
    let key = memory::known_secret(db, KEY)?;
    Ok(key.and_then(|key| opened(&key, For::Visiting, shown, now)))
}

/// A code of six digits for something that cannot be undone, to be read at the address.
pub fn code(tx: &mut Write<'_>, world: &World, point: &Point, what: &str) -> Result<String> {
    let key = memory::secret(tx, world, KEY)?;
    Ok(code_at(&key, point, what, span(world.now())))
}

/// Whether a code is the one that was sent.
pub fn is_code(db: &mut Read<'_>, now: Time, point: &Point, what: &str, code: &str) -> Result<bool> {
    let Some(key) = memory::known_secret(db, KEY)? else { return Ok(false) };
    let shown: String = code.chars().filter(char::is_ascii_digit).collect();
    let spans = [span(now), span(now) - 1];
    Ok(spans.into_iter().any(|it| code_at(&key, point, what, it) == shown))
}

fn span(now: Time) -> i64 {
    now.micros().div_euclid(CODE_SECONDS * 1_000_000)
}

fn code_at(key: &[u8], point: &Point, what: &str, span: i64) -> String {
    let mac = mac(key, &format!("code\0{what}\0{}\0{span}", point.id()));
    let number = mac.iter().take(8).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

fn sealed(key: &[u8], what: For, point: &Point, until: Time, salt: &[u8]) -> String {
    let salt = BASE64_URL_SAFE_NO_PAD.encode(salt);
    let text = format!("{}\n{}\n{}\n{salt}", what.as_str(), until.micros(), point.id());
    let seal = BASE64_URL_SAFE_NO_PAD.encode(mac(key, &text));
    format!("{}.{seal}", BASE64_URL_SAFE_NO_PAD.encode(text))
}

fn opened(key: &[u8], what: For, shown: &str, now: Time) -> Option<Point> {
    opened_whole(key, what, shown, now).map(|(point, _)| point)
}

fn opened_whole(key: &[u8], what: For, shown: &str, now: Time) -> Option<(Point, Vec<u8>)> {
    let (text, seal) = shown.trim().split_once('.')?;
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let seal = BASE64_URL_SAFE_NO_PAD.decode(seal).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    mac.verify_slice(&seal).ok()?;
    let mut lines = text.split('\n');
    let (is_for, until, id) = (lines.next()?, lines.next()?.parse::<i64>().ok()?, lines.next()?);
    let (channel, address) = id.split_once(':')?;
    let holds = is_for == what.as_str() && until > now.micros();
    let salt = BASE64_URL_SAFE_NO_PAD.decode(lines.next()?).ok()?;
    holds.then(|| (Point { channel: channel.to_owned(), address: address.to_owned() }, salt))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("any length will do"));
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_word_holds_for_one_thing_one_address_and_a_while() {
        let (key, at) = ([7; 32], Time::from_seconds(1_800_000_000));
        let ann = Point::mail("Ann@Example.com");
        let word = sealed(&key, For::Entering, &ann, at.plus_seconds(60), &[1; 12]);
        assert_eq!(opened(&key, For::Entering, &word, at), Some(ann.clone()));
        assert_eq!(opened(&key, For::Visiting, &word, at), None, "a link is no visit");
        assert_eq!(opened(&key, For::Entering, &word, at.plus_seconds(60)), None);
        assert_eq!(opened(&[8; 32], For::Entering, &word, at), None);
        let (text, seal) = word.split_once('.').unwrap();
        let other = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
        let other = BASE64_URL_SAFE_NO_PAD.encode(other.replace("ann@", "bob@"));
        assert_eq!(opened(&key, For::Entering, &format!("{other}.{seal}"), at), None);
        let code = code_at(&key, &ann, "erase", span(at));
        assert!(code.len() == 6 && code != code_at(&key, &ann, "export", span(at)));
        assert_ne!(code, code_at(&key, &Point::mail("bob@example.com"), "erase", span(at)));
    }
}
