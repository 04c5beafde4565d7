//! Mail that a mail server brings by itself (LMTP, RFC 2033): each message is in the journal before we say that we have it, so that
//! either of us has it at any time.

use std::time::Duration;

use channels::mail::MESSAGE_LIMIT;
use model::{Handle, MailboxId};
use smtp_proto::{Error as Grammar, Request, request::receiver::DataReceiver};
use store::Store;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::timeout,
};

use crate::{DeliveryError, mailboxes};

/// A server that says nothing for so long is gone (RFC 5321, 4.5.3.2, asks for five minutes).
const PATIENCE: Duration = Duration::from_secs(300);
/// Lines of more bytes are no commands.
const LONGEST_LINE: u64 = 4096;
/// Recipients of one message (RFC 5321, 4.5.3.1.8, asks for a hundred).
const MOST_RECIPIENTS: usize = 200;
/// Servers that bring mail at once.
const AT_ONCE: usize = 32;

/// Takes mail from mail servers until told to stop; what is being handed over is finished first.
pub async fn listen(store: Store, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    let mut talking = JoinSet::new();
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => {}
            Some(_) = talking.join_next() => {}
            arrived = listener.accept(), if talking.len() < AT_ONCE => match arrived {
                Ok((line, from)) => {
                    let (store, stop) = (store.clone(), stop.clone());
                    talking.spawn(async move {
                        if let Err(error) = serve(&store, line, stop).await {
                            tracing::info!(%error, %from, "a mail server went away");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "nobody can bring mail just now");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            },
        }
    }
    while talking.join_next().await.is_some() {}
}

/// One message on its way in.
#[derive(Default)]
struct Envelope {
    begun: bool,
    to: Vec<MailboxId>,
}

/// Talks with one mail server.
async fn serve(store: &Store, line: TcpStream, mut stop: watch::Receiver<bool>) -> std::io::Result<()> {
    let mut line = BufReader::new(line);
    say(&mut line, "220 Regard LMTP").await?;
    let (mut envelope, mut greeted) = (Envelope::default(), false);
    loop {
        let mut text = Vec::new();
        let mut part = (&mut line).take(LONGEST_LINE);
        let reading = part.read_until(b'\n', &mut text);
        let read = tokio::select! {
            read = timeout(PATIENCE, reading) => Some(read),
            // Between two messages nothing is lost by going.
            _ = stop.wait_for(|stop| *stop) => None,
        };
        let Some(read) = read else { return say(&mut line, "421 4.3.2 Regard is going to rest").await };
        let Ok(read) = read else { return say(&mut line, "421 4.4.2 nothing was said for long").await };
        if read? == 0 {
            return Ok(());
        }
        if !text.ends_with(b"\n") {
            return say(&mut line, "500 5.5.2 that line is too long").await;
        }
        let answer = match Request::parse(&mut text.iter()) {
            Ok(Request::Lhlo { .. }) => {
                (envelope, greeted) = (Envelope::default(), true);
                let size = format!("250-SIZE {MESSAGE_LIMIT}");
                for word in [
                    "250-Regard",
                    "250-PIPELINING",
                    "250-ENHANCEDSTATUSCODES",
                    "250-8BITMIME",
                    "250-SMTPUTF8",
                    &size,
                ] {
                    line.write_all(format!("{word}\r\n").as_bytes()).await?;
                }
                "250 HELP".into()
            }
            Ok(Request::Ehlo { .. } | Request::Helo { .. }) => "500 5.5.1 this is LMTP: say LHLO".into(),
            Ok(Request::Mail { .. }) if !greeted => "503 5.5.1 say LHLO first".into(),
            Ok(Request::Mail { .. }) if envelope.begun => "503 5.5.1 one message after the other".into(),
            Ok(Request::Mail { from }) if from.size > MESSAGE_LIMIT => {
                "552 5.3.4 this message is too large".into()
            }
            Ok(Request::Mail { .. }) => {
                envelope.begun = true;
                "250 2.1.0 yes".into()
            }
            Ok(Request::Rcpt { .. }) if !envelope.begun => "503 5.5.1 say MAIL first".into(),
            Ok(Request::Rcpt { .. }) if envelope.to.len() >= MOST_RECIPIENTS => {
                "452 4.5.3 too many recipients".into()
            }
            Ok(Request::Rcpt { to }) => match mailbox(store, &to.address).await {
                Ok(Some(id)) => {
                    envelope.to.push(id);
                    "250 2.1.5 yes".into()
                }
                Ok(None) => "550 5.1.1 nobody here has this address".into(),
                Err(error) => later(&error),
            },
            Ok(Request::Data) if envelope.to.is_empty() => "503 5.5.1 say RCPT first".into(),
            Ok(Request::Data) => {
                say(&mut line, "354 go on").await?;
                let message = timeout(PATIENCE, message(&mut line)).await;
                let Ok(message) = message else {
                    return say(&mut line, "421 4.4.2 nothing was said for long").await;
                };
                let to = std::mem::take(&mut envelope).to;
                // One answer for each recipient, in their order (RFC 2033, 4.2).
                let answers = match message? {
                    None => vec!["552 5.3.4 this message is too large".to_owned(); to.len()],
                    Some(bytes) => keep(store, &to, bytes).await,
                };
                for answer in answers {
                    say(&mut line, &answer).await?;
                }
                continue;
            }
            Ok(Request::Rset) => {
                envelope = Envelope::default();
                "250 2.0.0 yes".into()
            }
            Ok(Request::Noop { .. }) => "250 2.0.0 yes".into(),
            Ok(Request::Vrfy { .. }) => "252 2.1.5 send it and see".into(),
            Ok(Request::Help { .. }) => "214 2.0.0 see the handbook, docs/mailboxes.md".into(),
            Ok(Request::Quit) => return say(&mut line, "221 2.0.0 goodbye").await,
            Ok(_) | Err(Grammar::UnknownCommand | Grammar::InvalidResponse { .. }) => {
                "502 5.5.1 not here".into()
            }
            Err(Grammar::UnsupportedParameter { param }) => format!("504 5.5.4 {param} is not known here"),
            Err(_) => "501 5.5.2 this was not understood".into(),
        };
        say(&mut line, &answer).await?;
    }
}

async fn say(line: &mut BufReader<TcpStream>, words: &str) -> std::io::Result<()> {
    let words: String = words.chars().filter(|it| !it.is_control()).collect();
    line.write_all(format!("{words}\r\n").as_bytes()).await
}

fn later(error: &DeliveryError) -> String {
    tracing::warn!(%error, "mail could not be taken in; its server keeps it and comes again");
    "451 4.3.0 please come again".into()
}

/// The message up to its end; nothing if it is larger than we read.
async fn message(line: &mut BufReader<TcpStream>) -> std::io::Result<Option<Vec<u8>>> {
    let (mut receiver, mut bytes, mut fits) = (DataReceiver::new(), Vec::new(), true);
    // The message begins on a line of its own: a dot there means what it means on every line.
    receiver.ingest(&mut b"\r\n".iter(), &mut bytes);
    bytes.clear();
    loop {
        let part = line.fill_buf().await?;
        if part.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let mut rest = part.iter();
        let is_whole = receiver.ingest(&mut rest, &mut bytes);
        let used = part.len() - rest.as_slice().len();
        line.consume(used);
        if bytes.len() > MESSAGE_LIMIT {
            // Read to its end all the same, so that the server hears why.
            fits = false;
            bytes.clear();
        }
        if is_whole {
            return Ok(fits.then_some(bytes));
        }
    }
}

/// Which mailbox an address is, whatever stands behind a plus.
async fn mailbox(store: &Store, address: &str) -> Result<Option<MailboxId>, DeliveryError> {
    let Ok(address) = Handle::email(address) else { return Ok(None) };
    let address = address.value;
    let all = store.read(mailboxes::all).await?;
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let plain = format!("{}@{domain}", local.split('+').next().unwrap_or(local));
    let known =
        |it: &&mailboxes::Mailbox| it.servers.brought && (it.address == address || it.address == plain);
    Ok(all.iter().find(known).map(|it| it.id))
}

/// Puts a message into the journal of each recipient; what we say to the server about each.
async fn keep(store: &Store, to: &[MailboxId], bytes: Vec<u8>) -> Vec<String> {
    match mailboxes::bring(store, to, vec![bytes]).await {
        Ok(()) => vec!["250 2.0.0 kept".to_owned(); to.len()],
        Err(error) => vec![later(&error); to.len()],
    }
}
