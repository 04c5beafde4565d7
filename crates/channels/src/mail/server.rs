//! A mail server: where it is, how the line to it is kept from others, how we prove who we are.

use std::{fmt, sync::Arc, time::Duration};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::http;

/// A server that says nothing for so long is not there.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How the line is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From the first byte on.
    Tls,
    /// After asking for it; without it nothing is said.
    StartTls,
    /// Not at all: for servers on the same machine.
    Plain,
}

impl Security {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Plain => "plain",
        }
    }
}

impl std::str::FromStr for Security {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "tls" => Ok(Self::Tls),
            "starttls" => Ok(Self::StartTls),
            "plain" => Ok(Self::Plain),
            _ => Err("is none of tls, starttls, plain".into()),
        }
    }
}

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name; a certificate must be for it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is kept from others.
    pub security: Security,
    /// An authority to trust besides those that everybody trusts, as PEM: an organisation's own.
    pub authority: Option<Arc<str>>,
}

/// How we prove who we are.
#[derive(Clone, PartialEq, Eq)]
pub enum Proof {
    /// With a password.
    Password {
        /// Who.
        login: String,
        /// The password.
        password: String,
    },
    /// With a token that somebody else gave us (XOAUTH2).
    Token {
        /// Who.
        login: String,
        /// The token.
        token: String,
    },
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Password { login, .. } | Self::Token { login, .. }) = self;
        write!(f, "Proof({login})")
    }
}

/// Why a server does not do what we ask of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It cannot be reached, or the line broke. It may be there again later.
    #[error("{0}")]
    Away(String),
    /// It does not let us in: somebody must do something.
    #[error("{0}")]
    Refused(String),
}

pub(crate) fn away(server: &Server, what: impl fmt::Display) -> LineError {
    LineError::Away(format!("{}:{}: {what}", server.host, server.port))
}

/// Bytes both ways.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Wire for T {}

impl Server {
    /// A plain line to it.
    pub(crate) async fn reach(&self) -> Result<TcpStream, LineError> {
        let line = timeout(PATIENCE, TcpStream::connect((self.host.as_str(), self.port))).await;
        let line = line.map_err(|_| away(self, "no answer"))?.map_err(|error| away(self, error))?;
        line.set_nodelay(true).map_err(|error| away(self, error))?;
        Ok(line)
    }

    /// The same line, kept from others.
    pub(crate) async fn close_off<T: Wire + 'static>(&self, line: T) -> Result<Box<dyn Wire>, LineError> {
        let name = ServerName::try_from(self.host.clone())
            .map_err(|_| LineError::Refused(format!("{} is no name of a server", self.host)))?;
        let connector = TlsConnector::from(Arc::new(self.trust()?));
        let line = timeout(PATIENCE, connector.connect(name, line)).await;
        let line = line.map_err(|_| away(self, "no answer to TLS"))?;
        Ok(Box::new(line.map_err(|error| away(self, format!("TLS failed: {error}")))?))
    }

    fn trust(&self) -> Result<ClientConfig, LineError> {
        http::trust(self.authority.as_deref())
            .map_err(|why| LineError::Refused(format!("the authority's certificate cannot be read: {why}")))
    }
}
