//! Fetching a picture that a mail speaks of. Whoever wrote the mail chose the address, so it leads nowhere but to what everybody in the
//! world can reach, and brings nothing but a picture.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use reqwest::{Response, Url, header::LOCATION};
use tokio::{net::lookup_host, sync::Semaphore, time::timeout};

use crate::http;

/// Photographs in letters stay below it by far.
const LARGEST: usize = 5 << 20;
/// Somebody waits for it, and a server that takes longer may want to hold us up.
const PATIENCE: Duration = Duration::from_secs(10);
/// From a service that counts clicks to where the picture is.
const REDIRECTS: usize = 3;
/// Fetched at once, for everybody together: each is held in memory whole.
const AT_ONCE: usize = 8;
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoPicture(String);

/// Fetches a picture. `also` is one address that may be asked though nobody outside reaches it.
///
/// # Errors
/// [`NoPicture`] with the reason.
pub async fn fetch(address: &str, also: Option<SocketAddr>) -> Result<Vec<u8>, NoPicture> {
    let late = |_| NoPicture(format!("it did not come within {} seconds", PATIENCE.as_secs()));
    let _turn = TURNS.acquire().await.map_err(|error| NoPicture(error.to_string()))?;
    timeout(PATIENCE, followed(address, also)).await.map_err(late)?
}

async fn followed(address: &str, also: Option<SocketAddr>) -> Result<Vec<u8>, NoPicture> {
    let mut url: Url = address.parse().map_err(|error| NoPicture(format!("it has no address: {error}")))?;
    for _ in 0..=REDIRECTS {
        let answer = get(&url, also).await?;
        let status = answer.status();
        if status.is_success() {
            let bytes = http::bytes_up_to(answer, LARGEST).await.map_err(NoPicture)?;
            // What its server calls it does not count.
            model::picture(&bytes).ok_or_else(|| NoPicture("it is no picture".into()))?;
            return Ok(bytes);
        }
        let next = answer.headers().get(LOCATION).and_then(|it| it.to_str().ok());
        let next = next.filter(|_| status.is_redirection()).and_then(|it| url.join(it).ok());
        url = next.ok_or_else(|| NoPicture(format!("its server answers {status}")))?;
    }
    Err(NoPicture("its server sends us from one address to the next".into()))
}

/// Asks where it is, looks at the answer, and goes exactly there: a name that means another place a moment later gains nothing.
async fn get(url: &Url, also: Option<SocketAddr>) -> Result<Response, NoPicture> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NoPicture(format!("{}: is no way to fetch it", url.scheme())));
    }
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or_default();
    let unknown = |error: std::io::Error| NoPicture(format!("{host} cannot be found: {error}"));
    let places: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) => lookup_host((host, port)).await.map_err(unknown)?.collect(),
    };
    if places.is_empty() || !places.iter().all(|it| may_be_asked(*it, also)) {
        return Err(NoPicture(format!("{host} is no place that everybody can reach")));
    }
    let failed = |error: reqwest::Error| NoPicture(http::in_words(&error));
    let trust = http::trust(None).map_err(NoPicture)?;
    let client = http::building(trust).user_agent("Regard").resolve_to_addrs(host, &places);
    client.build().map_err(failed)?.get(url.clone()).send().await.map_err(failed)
}

/// Whether a mail may have us ask there: on the usual ports, of machines that everybody can reach.
fn may_be_asked(place: SocketAddr, also: Option<SocketAddr>) -> bool {
    Some(place) == also || ([80, 443].contains(&place.port()) && is_public(place.ip()))
}

fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Not those that IANA has set apart (RFC 6890), nor where clouds keep what their machines are told.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let set_apart = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        // Between a provider and its customers.
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (18..20).contains(&b));
    !set_apart && ip != Ipv4Addr::new(168, 63, 129, 16)
}

/// Only what is given out to the world, without what carries an older address within it.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let given_out = a & 0xe000 == 0x2000;
    let set_apart = matches!((a, b), (0x2001, 0..0x200 | 0xdb8) | (0x2002, _) | (0x3fff, 0..0x1000));
    given_out && !set_apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_everybody_reaches_is_asked() {
        let public = |text: &str| is_public(text.parse().unwrap());
        for fine in ["93.184.216.34", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111"] {
            assert!(public(fine), "{fine}");
        }
        for apart in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "fe80::1",
            "fd00:ec2::254",
            "fc00::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!public(apart), "{apart}");
        }
    }

    #[test]
    fn odd_doors_are_not_knocked_at() {
        let may = |text: &str| may_be_asked(text.parse().unwrap(), Some("127.0.0.1:9000".parse().unwrap()));
        assert!(may("1.1.1.1:443") && may("1.1.1.1:80") && may("127.0.0.1:9000"));
        assert!(!may("1.1.1.1:25") && !may("127.0.0.1:9001") && !may("127.0.0.2:9000"));
    }
}
