//! Handing a message over (SMTP), and knowing exactly how far it came: an answer that never came after the last byte is neither
//! a yes nor a no.

use gate::Cleared;
use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::{net::TcpStream, time::timeout};

use super::server::{LineError, PATIENCE, Proof, Security, Server, away};

/// Servers look a message over before they answer; RFC 5321 (4.5.3.2.6) gives them ten minutes.
const VERDICT: std::time::Duration = std::time::Duration::from_secs(600);

/// What became of a message for one recipient, with the server's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// The server has it; that is not yet the person.
    Over(String),
    /// Not now: the same may go well later.
    Later(String),
    /// Never, as it is.
    Refused(String),
    /// Everything was said and no answer came: the server may have it or not.
    Unknown(String),
}

/// Hands a message over for each recipient whom the gate let pass, in their order. An error means that nobody was asked for anything.
pub async fn send(
    server: &Server,
    proof: Option<&Proof>,
    name: &str,
    sender: &str,
    recipients: &[Cleared],
    message: &[u8],
) -> Result<Vec<Handed>, LineError> {
    let mut line = Line::open(server, proof, name).await?;
    let outcome = line.send(sender, recipients, message).await;
    line.close().await;
    Ok(outcome)
}

/// A line to a server that is kept open for many messages.
pub struct Line {
    line: AsyncSmtpConnection,
    broken: bool,
}

impl Line {
    /// Calls the server.
    ///
    /// # Errors
    /// That nobody was reached, or that we are not let in.
    pub async fn open(server: &Server, proof: Option<&Proof>, name: &str) -> Result<Self, LineError> {
        Ok(Self { line: open(server, proof, name).await?, broken: false })
    }

    /// Whether nothing more can be said on it.
    pub fn is_broken(&self) -> bool {
        self.broken || self.line.has_broken()
    }

    /// Hands a message over for each recipient whom the gate let pass, in their order.
    pub async fn send(&mut self, sender: &str, recipients: &[Cleared], message: &[u8]) -> Vec<Handed> {
        let mut outcome = vec![Handed::Later("nobody was asked".into()); recipients.len()];
        let accepted = match self.offer(sender, recipients, message, &mut outcome).await {
            Ok(accepted) => accepted,
            Err(all) => {
                outcome.iter_mut().for_each(|it| *it = all.clone());
                Vec::new()
            }
        };
        if accepted.is_empty() {
            // What was begun is forgotten, so that the next message begins anew.
            self.broken |= asked(&mut self.line, Rset).await.is_err();
            return outcome;
        }
        let verdict = match asked(&mut self.line, Data).await {
            Err(error) => refusal(&error),
            Ok(()) => said_all(&mut self.line, message).await,
        };
        if !matches!(verdict, Handed::Over(_)) {
            self.broken |=
                matches!(verdict, Handed::Unknown(_)) || asked(&mut self.line, Rset).await.is_err();
        }
        for n in accepted {
            outcome[n] = verdict.clone();
        }
        outcome
    }

    /// Says who writes and to whom; gives those who were accepted, or what holds for all.
    async fn offer(
        &mut self,
        sender: &str,
        recipients: &[Cleared],
        message: &[u8],
        outcome: &mut [Handed],
    ) -> Result<Vec<usize>, Handed> {
        let ascii = sender.is_ascii() && recipients.iter().all(|it| it.address().is_ascii());
        let mut parameters = Vec::new();
        if !ascii {
            if !self.line.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Handed::Refused("this server takes no addresses with such letters".into()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !message.is_ascii() {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let from: Result<Address, _> = sender.parse();
        let from = from.map_err(|_| Handed::Refused(format!("{sender} is no mail address")))?;
        asked(&mut self.line, Mail::new(Some(from), parameters)).await.map_err(|error| refusal(&error))?;
        let mut accepted = Vec::new();
        for (n, recipient) in recipients.iter().map(Cleared::address).enumerate() {
            let Ok(to) = recipient.parse::<Address>() else {
                outcome[n] = Handed::Refused(format!("{recipient} is no mail address"));
                continue;
            };
            match asked(&mut self.line, Rcpt::new(to, Vec::new())).await {
                Ok(()) => accepted.push(n),
                Err(error) => outcome[n] = refusal(&error),
            }
        }
        Ok(accepted)
    }

    /// Hangs up.
    pub async fn close(mut self) {
        self.line.abort().await;
    }
}

/// Calls as if to send something, and goes again.
pub async fn knock(server: &Server, proof: Option<&Proof>, name: &str) -> Result<(), LineError> {
    let mut line = open(server, proof, name).await?;
    line.abort().await;
    Ok(())
}

async fn open(server: &Server, proof: Option<&Proof>, name: &str) -> Result<AsyncSmtpConnection, LineError> {
    let hello = ClientId::Domain(name.to_owned());
    let tls = || tls(server);
    let place = (server.host.as_str(), server.port);
    let called = async {
        if server.security == Security::Tls {
            let called = AsyncSmtpConnection::connect_tokio1(place, None, &hello, Some(tls()?), None);
            return called.await.map_err(|error| away(server, error));
        }
        let stream = TcpStream::connect(place).await.map_err(|error| away(server, error))?;
        // The end of a message is written by itself; without this it would wait for an answer to what came before.
        stream.set_nodelay(true).map_err(|error| away(server, error))?;
        let called = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
        called.await.map_err(|error| away(server, error))
    };
    let mut line = timeout(PATIENCE, called).await.map_err(|_| away(server, "no answer"))??;
    if server.security == Security::StartTls {
        if !line.can_starttls() {
            return Err(LineError::Refused(format!("{} offers no STARTTLS", server.host)));
        }
        let upgraded = timeout(PATIENCE, line.starttls(tls()?, &hello)).await;
        upgraded.map_err(|_| away(server, "no answer to TLS"))?.map_err(|error| away(server, error))?;
    }
    let Some(proof) = proof else { return Ok(line) };
    let (credentials, mechanisms): (_, &[Mechanism]) = match proof {
        Proof::Password { login, password } => {
            (Credentials::new(login.clone(), password.clone()), &[Mechanism::Plain, Mechanism::Login])
        }
        Proof::Token { login, token } => {
            (Credentials::new(login.clone(), token.clone()), &[Mechanism::Xoauth2])
        }
    };
    let entered = timeout(PATIENCE, line.auth(mechanisms, &credentials)).await;
    match entered.map_err(|_| away(server, "no answer to signing in"))? {
        Ok(_) => Ok(line),
        Err(error) if error.is_permanent() || error.is_client() => {
            Err(LineError::Refused(format!("{} does not let us in: {error}", server.host)))
        }
        Err(error) => Err(away(server, error)),
    }
}

fn tls(server: &Server) -> Result<TlsParameters, LineError> {
    let bad = |error: Error| LineError::Refused(format!("TLS cannot be set up: {error}"));
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(authority) = &server.authority {
        parameters =
            parameters.add_root_certificate(Certificate::from_pem(authority.as_bytes()).map_err(bad)?);
    }
    parameters.build().map_err(bad)
}

async fn asked(line: &mut AsyncSmtpConnection, what: impl std::fmt::Display) -> Result<(), Error> {
    line.command(what).await.map(drop)
}

/// Before the last byte was said, a broken line means that nothing happened.
fn refusal(error: &Error) -> Handed {
    match error.is_permanent() {
        true => Handed::Refused(error.to_string()),
        false => Handed::Later(error.to_string()),
    }
}

async fn said_all(line: &mut AsyncSmtpConnection, message: &[u8]) -> Handed {
    match timeout(VERDICT, line.message(message)).await {
        Err(_) => Handed::Unknown("no answer came after all was said".into()),
        Ok(Ok(answer)) => Handed::Over(answer.message().collect::<Vec<_>>().join(" ")),
        Ok(Err(error)) if error.is_permanent() => Handed::Refused(error.to_string()),
        Ok(Err(error)) if error.is_transient() => Handed::Later(error.to_string()),
        Ok(Err(error)) => Handed::Unknown(format!("the line broke before the answer: {error}")),
    }
}
