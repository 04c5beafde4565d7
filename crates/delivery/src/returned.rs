//! What did not arrive says something about the address: that nobody is there, or not now. Whoever writes from it again is there.

use model::World;
use permission::{
    Point,
    suppressed::{self, BOUNCES, Kind},
};
use store::Write;

use crate::DeliveryError;

/// Leaves an address alone as its server's words ask, if they speak of the address at all.
pub(crate) fn keep(
    tx: &mut Write<'_>,
    world: &World,
    address: &str,
    said: &str,
) -> Result<(), DeliveryError> {
    if let Some(kind) = kind(said) {
        suppressed::suppress(tx, world, &Point::mail(address), kind)?;
    }
    Ok(())
}

/// Somebody writes from it.
pub(crate) fn is_alive(tx: &mut Write<'_>, address: &str) -> Result<(), DeliveryError> {
    Ok(suppressed::lift(tx, &Point::mail(address), BOUNCES)?)
}

/// What the enhanced status (RFC 3463) says of the address: 5.1.* and 5.2.1 that nobody is there; 4.* and a full mailbox that it may be
/// better tomorrow. Everything else speaks of us or of the message.
fn kind(said: &str) -> Option<Kind> {
    let status = said.split(|c: char| c.is_whitespace() || c == '-' || c == '#').find_map(status)?;
    match status {
        (5, 1, _) | (5, 2, 0 | 1) => Some(Kind::HardBounce),
        (5, 2, 2) | (4, 1 | 2 | 4, _) => Some(Kind::SoftBounce),
        _ => None,
    }
}

fn status(word: &str) -> Option<(u16, u16, u16)> {
    let mut parts = word.trim_matches(|c: char| !c.is_ascii_digit()).split('.').map(str::parse::<u16>);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(class @ (2 | 4 | 5))), Some(Ok(subject)), Some(Ok(detail)), None) => {
            Some((class, subject, detail))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_speaks_of_the_address_counts() {
        assert_eq!(kind("550 5.1.1 <ann@example.com>: nobody here"), Some(Kind::HardBounce));
        assert_eq!(kind("5.1.10 smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound"), Some(Kind::HardBounce));
        assert_eq!(kind("smtp; 550-5.2.1 The account is disabled"), Some(Kind::HardBounce));
        assert_eq!(kind("552 5.2.2 mailbox full"), Some(Kind::SoftBounce));
        assert_eq!(kind("4.4.1 (connect to 10.0.0.1 timed out)"), Some(Kind::SoftBounce));
        for about_us in ["550 5.7.1 blocked", "5.7.515 not authenticated", "554 5.3.4 too big", "5.6.0", "no"]
        {
            assert_eq!(kind(about_us), None, "{about_us}");
        }
    }
}
