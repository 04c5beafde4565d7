//! Handing a message over (SMTP), and knowing exactly how far it came: an answer that never came after the last byte is neither
//! a yes nor a no.

use gate::Cleared;
use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::time::timeout;

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
    let mut line = open(server, proof, name).await?;
    let mut outcome = vec![Handed::Later("nobody was asked".into()); recipients.len()];
    let all = |outcome: &mut Vec<Handed>, with: &Handed| outcome.iter_mut().for_each(|it| *it = with.clone());
    let ascii = sender.is_ascii() && recipients.iter().all(|it| it.address().is_ascii());
    let mut parameters = Vec::new();
    if !ascii {
        if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
            all(&mut outcome, &Handed::Refused("this server takes no addresses with such letters".into()));
            return Ok(outcome);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let from: Address = match sender.parse() {
        Ok(from) => from,
        Err(_) => {
            all(&mut outcome, &Handed::Refused(format!("{sender} is no mail address")));
            return Ok(outcome);
        }
    };
    if let Err(error) = asked(&mut line, Mail::new(Some(from), parameters)).await {
        all(&mut outcome, &refusal(&error));
        line.abort().await;
        return Ok(outcome);
    }
    let mut accepted = Vec::new();
    for (n, recipient) in recipients.iter().map(Cleared::address).enumerate() {
        let Ok(to) = recipient.parse::<Address>() else {
            outcome[n] = Handed::Refused(format!("{recipient} is no mail address"));
            continue;
        };
        match asked(&mut line, Rcpt::new(to, Vec::new())).await {
            Ok(()) => accepted.push(n),
            Err(error) => outcome[n] = refusal(&error),
        }
    }
    if accepted.is_empty() {
        line.abort().await;
        return Ok(outcome);
    }
    let verdict = match asked(&mut line, Data).await {
        Err(error) => refusal(&error),
        Ok(()) => said_all(&mut line, message).await,
    };
    for n in accepted {
        outcome[n] = verdict.clone();
    }
    line.abort().await;
    Ok(outcome)
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
    let outer = if server.security == Security::Tls { Some(tls()?) } else { None };
    let place = (server.host.as_str(), server.port);
    let called = AsyncSmtpConnection::connect_tokio1(place, Some(PATIENCE), &hello, outer, None);
    let called = timeout(PATIENCE, called).await.map_err(|_| away(server, "no answer"))?;
    let mut line = called.map_err(|error| away(server, error))?;
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
