//! What the world's directory of names (DNS) says: only what is asked for, and never for long.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::{Name, RData, RecordType},
};

/// A name server that says nothing for so long is asked once more, and then not there.
const PATIENCE: Duration = Duration::from_secs(2);
/// All tries together: somebody waits for the answer.
const ALTOGETHER: Duration = Duration::from_secs(5);

/// Nobody knows: that is not the same as nothing being there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(String);

/// Somebody who can be asked.
#[derive(Clone)]
pub struct Names(TokioResolver);

impl Names {
    /// The name server that is given, else those that this machine asks for everything. Nothing is remembered between two
    /// questions: what was just entered shall be seen.
    ///
    /// # Errors
    /// [`NoAnswer`] if this machine does not say whom it asks.
    pub fn at(server: Option<SocketAddr>) -> Result<Self, NoAnswer> {
        let broken = |error: NetError| NoAnswer(format!("no name server can be asked: {error}"));
        let mut builder = match server {
            Some(server) => {
                let mut it = NameServerConfig::udp_and_tcp(server.ip());
                it.connections.iter_mut().for_each(|line| line.port = server.port());
                let config = ResolverConfig::from_name_servers(vec![it]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
            None => TokioResolver::builder_tokio().map_err(broken)?,
        };
        let options = builder.options_mut();
        (options.timeout, options.attempts, options.cache_size) = (PATIENCE, 1, 0);
        Ok(Self(builder.build().map_err(broken)?))
    }

    /// The texts under a name, each put together from its parts; none if there are none.
    ///
    /// # Errors
    /// [`NoAnswer`] if nobody knows.
    pub async fn texts(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let found = self.ask(name, RecordType::TXT).await?;
        let texts = found.into_iter().filter_map(|it| match it {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        });
        Ok(texts.collect())
    }

    /// The servers that take mail for a domain, the first to be tried first. A domain that takes none says `.`.
    ///
    /// # Errors
    /// [`NoAnswer`] if nobody knows.
    pub async fn mail_servers(&self, domain: &str) -> Result<Vec<String>, NoAnswer> {
        let found = self.ask(domain, RecordType::MX).await?;
        let mut servers: Vec<(u16, String)> = found
            .into_iter()
            .filter_map(|it| match it {
                RData::MX(server) => Some((server.preference, server.exchange.to_utf8())),
                _ => None,
            })
            .collect();
        servers.sort();
        Ok(servers.into_iter().map(|(_, it)| it).collect())
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, NoAnswer> {
        let mut name: Name =
            name.parse().map_err(|error| NoAnswer(format!("“{name}” is no name: {error}")))?;
        // The name as it stands, and never with this machine's own domain behind it.
        name.set_fqdn(true);
        let asked = tokio::time::timeout(ALTOGETHER, self.0.lookup(name, kind)).await;
        match asked {
            Ok(Ok(found)) => Ok(found.answers().iter().map(|it| it.data.clone()).collect()),
            Ok(Err(error)) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
            Ok(Err(NetError::Timeout)) | Err(_) => {
                Err(NoAnswer(format!("no answer within {} seconds", ALTOGETHER.as_secs())))
            }
            Ok(Err(error)) => Err(NoAnswer(error.to_string())),
        }
    }
}
