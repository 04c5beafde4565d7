//! Asking other programs over HTTP: one client, trusting whom mail servers are trusted by.

use std::{net::IpAddr, sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, Response, Url, redirect::Policy};
use rustls::ClientConfig;

/// A program that says nothing for so long is not there.
const PATIENCE: Duration = Duration::from_secs(30);
/// No answer that we ask for is longer.
const LONGEST: usize = 256 * 1024;

/// A client. It follows no redirects: what we send is secret, and meant for the address that was written down.
pub(crate) fn client(trust: ClientConfig) -> reqwest::Result<Client> {
    building(trust).build()
}

/// The same, to be finished by whoever wants it otherwise.
pub(crate) fn building(trust: ClientConfig) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(trust)
        .redirect(Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .user_agent(concat!("Regard/", env!("CARGO_PKG_VERSION")))
}

/// Whom everybody trusts, and these authorities (PEM) besides.
pub(crate) fn trust(authority: Option<&str>) -> Result<ClientConfig, String> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for found in CertificateDer::pem_slice_iter(authority.unwrap_or_default().as_bytes()) {
        let found = found.map_err(|error| error.to_string())?;
        roots.add(found).map_err(|error| error.to_string())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// An address that secrets may be sent to: over TLS, or to this machine itself.
pub(crate) fn safe(address: &str) -> Result<Url, String> {
    let url: Url = address.trim().parse().map_err(|error| format!("“{address}” is no address: {error}"))?;
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(format!("“{address}” must begin with https://")),
    }
}

/// An error's last cause says most; its address would show what is asked.
pub(crate) fn in_words(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// The answer's bytes, as many as may come.
pub(crate) async fn bytes(answer: Response) -> Result<Vec<u8>, String> {
    bytes_up_to(answer, LONGEST).await
}

/// The same for answers that may be longer.
pub(crate) async fn bytes_up_to(mut answer: Response, most: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| error.to_string())? {
        bytes.extend_from_slice(&part);
        if bytes.len() > most {
            return Err(format!("the answer is longer than {most} bytes"));
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_tls_or_nowhere_else() {
        for fine in
            ["https://login.example/token", "http://127.0.0.1:80/t", "http://localhost/t", "http://[::1]/t"]
        {
            assert!(safe(fine).is_ok(), "{fine}");
        }
        for bad in
            ["http://login.example/token", "http://localhost.evil.example/", "ftp://localhost/", "token"]
        {
            assert!(safe(bad).is_err(), "{bad}");
        }
    }
}
