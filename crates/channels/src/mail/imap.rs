//! A line to a mailbox (IMAP): looking into folders without leaving a trace, fetching what is new, waiting for more.

use std::{collections::BTreeSet, time::Duration};

use async_imap::{
    Authenticator, Client, Session,
    error::Error,
    extensions::idle::IdleResponse,
    types::{Fetch, NameAttribute, UnsolicitedResponse as Told},
};
use futures_util::TryStreamExt;
use tokio::time::timeout;

use super::{
    MESSAGE_LIMIT,
    server::{LineError, PATIENCE, Proof, Security, Server, Wire, away},
};

/// A large message over a slow line.
const FETCHING: Duration = Duration::from_secs(300);
/// Bytes fetched at once: what is held in memory.
const AT_ONCE: usize = 8 * 1024 * 1024;
/// Messages asked for at once.
const MESSAGES: usize = 100;

/// What a folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Where mail arrives.
    Inbox,
    /// What was sent from other programs.
    Sent,
    /// Anything else.
    Other,
}

/// A folder of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its name, as the server writes it.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
}

/// A folder that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Numbers of messages mean something as long as this stays the same.
    pub validity: u32,
}

/// A message as it lies on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its number in the folder, for ever.
    pub uid: u32,
    /// The message; only its headers if the whole is longer than any mail should be.
    pub bytes: Vec<u8>,
    /// The bytes it has on the server.
    pub size: usize,
}

/// An open line to a mailbox.
pub struct Line {
    session: Session<Box<dyn Wire>>,
    server: Server,
    idles: bool,
}

impl Line {
    /// Calls the server and proves who we are.
    pub async fn open(server: &Server, proof: &Proof) -> Result<Self, LineError> {
        let plain = server.reach().await?;
        let line: Box<dyn Wire> = match server.security {
            Security::Tls => server.close_off(plain).await?,
            Security::Plain => Box::new(plain),
            Security::StartTls => {
                let mut client = Client::new(plain);
                greet(&mut client, server).await?;
                let asked = timeout(PATIENCE, client.run_command_and_check_ok("STARTTLS", None)).await;
                asked.map_err(|_| away(server, "no answer to STARTTLS"))?.map_err(|error| {
                    LineError::Refused(format!("{} offers no STARTTLS: {error}", server.host))
                })?;
                server.close_off(client.into_inner()).await?
            }
        };
        let mut client = Client::new(line);
        if server.security != Security::StartTls {
            greet(&mut client, server).await?;
        }
        let entering = async {
            match proof {
                Proof::Password { login, password } => client.login(login, password).await,
                Proof::Token { login, token } => {
                    let answer = format!("user={login}\u{1}auth=Bearer {token}\u{1}\u{1}");
                    client.authenticate("XOAUTH2", Once(Some(answer))).await
                }
            }
        };
        let entered =
            timeout(PATIENCE, entering).await.map_err(|_| away(server, "no answer to signing in"))?;
        let session = entered.map_err(|(error, _)| match error {
            Error::No(_) | Error::Bad(_) => {
                LineError::Refused(format!("{} does not let us in: {}", server.host, said(&error)))
            }
            other => away(server, said(&other)),
        })?;
        let mut line = Self { session, server: server.clone(), idles: false };
        let abilities = asked(server, PATIENCE, line.session.capabilities()).await?;
        line.idles = abilities.has_str("IDLE");
        Ok(line)
    }

    /// The folders that can hold mail.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, LineError> {
        let session = &mut self.session;
        let names = async { session.list(Some(""), Some("*")).await?.try_collect::<Vec<_>>().await };
        let names = asked(&self.server, PATIENCE, names).await?;
        let closed = |attribute: &NameAttribute<'_>| matches!(attribute, NameAttribute::NoSelect);
        let open = names.iter().filter(|name| !name.attributes().iter().any(closed));
        Ok(open
            .map(|name| {
                let sent = name.attributes().iter().any(|it| matches!(it, NameAttribute::Sent));
                let purpose = match name.name() {
                    inbox if inbox.eq_ignore_ascii_case("inbox") => Purpose::Inbox,
                    _ if sent => Purpose::Sent,
                    _ => Purpose::Other,
                };
                Folder { name: name.name().to_owned(), purpose }
            })
            .collect())
    }

    /// Looks into a folder; nothing in it is marked as read.
    pub async fn look(&mut self, folder: &str) -> Result<Opened, LineError> {
        let found = asked(&self.server, PATIENCE, self.session.examine(folder)).await?;
        let validity = found.uid_validity.ok_or_else(|| away(&self.server, "it does not number its mail"))?;
        Ok(Opened { validity })
    }

    /// The numbers of the folder's messages from one on.
    pub async fn numbers(&mut self, from: u32) -> Result<BTreeSet<u32>, LineError> {
        let query = format!("UID {from}:*");
        let found = asked(&self.server, FETCHING, self.session.uid_search(&query)).await?;
        // A range that begins behind the last message still means the last.
        Ok(found.into_iter().filter(|uid| *uid >= from).collect())
    }

    /// The first of these messages, as many as are held in memory at once. What vanished meanwhile is left out; the second
    /// part says how many of the numbers were looked at.
    pub async fn fetch(&mut self, uids: &[u32]) -> Result<(Vec<Fetched>, usize), LineError> {
        let asked = &uids[..uids.len().min(MESSAGES)];
        let sizes = self.sizes(asked).await?;
        let (mut whole, mut heads, mut bytes, mut looked) = (Vec::new(), Vec::new(), 0, 0);
        for uid in asked {
            let size = sizes.iter().find(|(it, _)| it == uid).map(|(_, size)| *size);
            match size {
                None => {}
                Some(size) if size > MESSAGE_LIMIT => heads.push(*uid),
                Some(size) if bytes + size <= AT_ONCE || whole.is_empty() => {
                    bytes += size;
                    whole.push(*uid);
                }
                Some(_) => break,
            }
            looked += 1;
        }
        let mut found = self.bytes(&whole, "BODY.PEEK[]").await?;
        found.extend(self.bytes(&heads, "BODY.PEEK[HEADER]").await?);
        for it in &mut found {
            it.size = sizes.iter().find(|(uid, _)| *uid == it.uid).map_or(it.bytes.len(), |(_, size)| *size);
        }
        found.sort_by_key(|it| it.uid);
        Ok((found, looked))
    }

    async fn sizes(&mut self, uids: &[u32]) -> Result<Vec<(u32, usize)>, LineError> {
        let found = self.fetched(uids, "(UID RFC822.SIZE)").await?;
        Ok(found.iter().filter_map(|it| Some((it.uid?, it.size? as usize))).collect())
    }

    async fn bytes(&mut self, uids: &[u32], what: &str) -> Result<Vec<Fetched>, LineError> {
        let found = self.fetched(uids, &format!("(UID {what})")).await?;
        let read = found.iter().filter_map(|it| {
            Some(Fetched { uid: it.uid?, bytes: it.body().or(it.header())?.to_vec(), size: 0 })
        });
        Ok(read.collect())
    }

    async fn fetched(&mut self, uids: &[u32], query: &str) -> Result<Vec<Fetch>, LineError> {
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let session = &mut self.session;
        let found = async { session.uid_fetch(&set, query).await?.try_collect::<Vec<_>>().await };
        asked(&self.server, FETCHING, found).await
    }

    /// Waits until the folder that is looked into changes, or for so long; a server that cannot tell is asked again after `slow`.
    pub async fn wait(mut self, most: Duration, slow: Duration) -> Result<Self, LineError> {
        // A server tells of new mail in passing, too, beside its answer to something else; it does not say so twice.
        let told = self.session.unsolicited_responses.clone();
        let in_passing =
            || std::iter::from_fn(|| told.try_recv().ok()).any(|it| matches!(it, Told::Exists(_)));
        if in_passing() {
            return Ok(self);
        }
        if !self.idles {
            tokio::time::sleep(slow.min(most)).await;
            asked(&self.server, PATIENCE, self.session.noop()).await?;
            return Ok(self);
        }
        let Self { session, server, idles } = self;
        let mut idle = session.idle();
        let began = timeout(PATIENCE, idle.init()).await.map_err(|_| away(&server, "no answer to IDLE"))?;
        began.map_err(|error| away(&server, said(&error)))?;
        if !in_passing() {
            let (change, _keep) = idle.wait_with_timeout(most);
            let change = change.await.map_err(|error| away(&server, said(&error)))?;
            if matches!(change, IdleResponse::ManualInterrupt) {
                return Err(away(&server, "it closed the line"));
            }
        }
        let ended =
            timeout(PATIENCE, idle.done()).await.map_err(|_| away(&server, "no answer after IDLE"))?;
        Ok(Self { session: ended.map_err(|error| away(&server, said(&error)))?, server, idles })
    }

    /// Whether the folder that is looked into holds a message of this id.
    pub async fn holds(&mut self, message_id: &str) -> Result<bool, LineError> {
        let bare: String =
            message_id.chars().filter(|it| !it.is_control() && !matches!(it, '"' | '\\')).collect();
        let query = format!("HEADER Message-ID \"{bare}\"");
        Ok(!asked(&self.server, FETCHING, self.session.uid_search(&query)).await?.is_empty())
    }

    /// Puts a message into a folder, as read: what was sent from here is seen in other programs too.
    pub async fn put(&mut self, folder: &str, message: &[u8]) -> Result<(), LineError> {
        asked(&self.server, FETCHING, self.session.append(folder, Some("(\\Seen)"), None, message)).await
    }

    /// Says good-bye; whatever comes of it.
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(2), self.session.logout()).await;
    }
}

async fn asked<T>(
    server: &Server,
    most: Duration,
    what: impl Future<Output = Result<T, Error>>,
) -> Result<T, LineError> {
    let answer = timeout(most, what).await;
    let answer = answer.map_err(|_| away(server, "it stopped answering"))?;
    answer.map_err(|error| away(server, said(&error)))
}

/// The answer to the first question; any other is a complaint, which wants an empty line.
struct Once(Option<String>);

impl Authenticator for Once {
    type Response = String;
    fn process(&mut self, _: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

async fn greet<T: Wire>(client: &mut Client<T>, server: &Server) -> Result<(), LineError> {
    let greeting = timeout(PATIENCE, client.read_response()).await;
    match greeting.map_err(|_| away(server, "it says nothing"))? {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(away(server, "it closed the line at once")),
        Err(error) => Err(away(server, error)),
    }
}

/// What went wrong, without the words of a library around it.
fn said(error: &Error) -> String {
    match error {
        Error::No(text) | Error::Bad(text) => text.clone(),
        Error::ConnectionLost => "the line broke".to_owned(),
        other => other.to_string(),
    }
}
