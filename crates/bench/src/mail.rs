//! Mail in: a real archive as a mail server brings it, beside a bare loop that parses it and writes bytes, headers and words.

use std::{
    io::Read as _,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::{Context as _, Result, ensure};
use delivery::mailboxes::{self, NewMailbox, Place as Server, Secret, Servers};
use flate2::read::GzDecoder;
use futures_util::future::join_all;
use mail_parser::{Message, MessageParser, mailbox::mbox::MessageIterator};
use model::{MailboxId, Stopwatch};
use store::{Engine, Store};
use tokio_postgres::types::ToSql;

use crate::{
    place::{self, Place},
    report::{Line, Report, median},
    sql,
};

/// Real mail: `data/mail/SOURCE.md` says whose.
const ARCHIVES: &[&[u8]] = &[
    include_bytes!("../../../data/mail/linux-man.mbox.gz"),
    include_bytes!("../../../data/mail/charsets.mbox.gz"),
];
/// Mails kept together by either side.
const TOGETHER: usize = 64;
/// Rounds of each, in turns; the median counts.
const ROUNDS: usize = 5;
/// The goal: this part of the bare rate.
const GOAL: f64 = 0.4;

/// Compares taking mail in with the bare loop.
pub async fn measure(engine: Engine, below: &Path, quick: bool, report: &mut Report) -> Result<()> {
    let mut mails = archive()?;
    if quick {
        mails.truncate(4 * TOGETHER);
    }
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    // All stay until the end: a file system that has just removed thousands of files is slow to make new ones.
    let mut places = Vec::new();
    for _ in 0..if quick { 1 } else { ROUNDS } {
        for (rates, is_bare) in [(&mut bare, true), (&mut ours, false)] {
            let place = Place::fresh(engine, below).await?;
            let seconds = match is_bare {
                true => bare_loop(engine, &place, &mails).await?,
                false => regard(&place, &mails).await?,
            };
            rates.push(mails.len() as f64 / seconds);
            places.push(place);
        }
    }
    let (ours, bare) = (median(&ours), median(&bare));
    report.add(Line {
        what: format!(
            "mail in, {} real mails; beside a bare loop that parses and indexes, {TOGETHER} a commit",
            mails.len()
        ),
        engine: Some(engine),
        ours: format!("{ours:.0}/s"),
        bare: format!("{bare:.0}/s"),
        ratio: Some(ours / bare),
        goal: format!("at least {GOAL}"),
        met: Some(ours / bare >= GOAL),
    });
    Ok(())
}

/// Every mail of the archives, as it came.
fn archive() -> Result<Vec<Vec<u8>>> {
    let mut mails = Vec::new();
    for packed in ARCHIVES {
        let mut bytes = Vec::new();
        GzDecoder::new(*packed).read_to_end(&mut bytes)?;
        for mail in MessageIterator::new(bytes.as_slice()) {
            mails.push(mail.ok().context("an archive of mail ends too early")?.unwrap_contents());
        }
    }
    Ok(mails)
}

/// Seconds from the first mail to the last that somebody could read at the desk.
async fn regard(place: &Place, mails: &[Vec<u8>]) -> Result<f64> {
    let store = place.open().await?;
    let id = mailbox(&store).await?;
    let watch = Stopwatch::start();
    // They are looked into while more are brought, as they are wherever a mail server brings them.
    let bringing = AtomicBool::new(true);
    let bring = async {
        for group in mails.chunks(TOGETHER) {
            mailboxes::bring(&store, &[id], group.to_vec()).await?;
        }
        bringing.store(false, Ordering::Release);
        anyhow::Ok(())
    };
    let sort = async {
        while bringing.load(Ordering::Acquire) {
            mailboxes::sort(&store, id).await?;
            tokio::task::yield_now().await;
        }
        anyhow::Ok(mailboxes::sort(&store, id).await?)
    };
    tokio::try_join!(bring, sort)?;
    let seconds = watch.elapsed().as_secs_f64();
    let kept = store.read(|db| db.number(sql::MAILS_KEPT, &[])).await? as usize;
    // Some are from no address, or say nothing.
    ensure!(kept * 100 > mails.len() * 97, "only {kept} of {} mails were kept", mails.len());
    Ok(seconds)
}

async fn mailbox(store: &Store) -> Result<MailboxId> {
    let nowhere = || Server { host: "localhost".into(), port: 25, security: "plain".into() };
    let servers = Servers {
        imap: nowhere(),
        smtp: nowhere(),
        login: String::new(),
        smtp_login: false,
        plus: false,
        brought: true,
        authority: None,
        folders: Vec::new(),
    };
    let (address, name) = ("hello@lantern.example".into(), "Lantern Row".into());
    let new = NewMailbox { address, name, servers, secret: Secret::Password(String::new()) };
    Ok(mailboxes::add(store, new).await?)
}

/// One connection, statements prepared, as many a commit.
async fn bare_loop(engine: Engine, place: &Place, mails: &[Vec<u8>]) -> Result<f64> {
    // A schema and its settings as the program has them.
    drop(place.open().await?);
    match engine {
        Engine::Sqlite => {
            let db = place::sqlite(&place.location)?;
            db.execute_batch(sql::BARE_MAILS_SQLITE)?;
            let mails = mails.to_vec();
            tokio::task::spawn_blocking(move || sqlite(db, &mails)).await?
        }
        Engine::Postgres => {
            let client = place::postgres(&place.location).await?;
            client.batch_execute(sql::BARE_MAILS_POSTGRES).await?;
            postgres(&client, mails).await
        }
    }
}

fn sqlite(mut db: rusqlite::Connection, mails: &[Vec<u8>]) -> Result<f64> {
    let (parser, watch) = (MessageParser::default(), Stopwatch::start());
    for (n, group) in mails.chunks(TOGETHER).enumerate() {
        let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        {
            let mut raw = tx.prepare_cached(sql::BARE_MAIL)?;
            let mut words = tx.prepare_cached(sql::BARE_MAIL_WORDS_SQLITE)?;
            for (at, bytes) in group.iter().enumerate() {
                let id = (n * TOGETHER + at) as i64;
                let Told { from, subject, date, headers, text } = Told::of(&parser, bytes);
                raw.execute(rusqlite::params![id, bytes, from, subject, date, headers])?;
                words.execute(rusqlite::params![id, text])?;
            }
        }
        tx.commit()?;
    }
    Ok(watch.elapsed().as_secs_f64())
}

async fn postgres(client: &tokio_postgres::Client, mails: &[Vec<u8>]) -> Result<f64> {
    let raw = client.prepare(&sql::BARE_MAIL.replace('?', "$")).await?;
    let words = client.prepare(sql::BARE_MAIL_WORDS_POSTGRES).await?;
    let (parser, watch) = (MessageParser::default(), Stopwatch::start());
    for (n, group) in mails.chunks(TOGETHER).enumerate() {
        let told: Vec<(i64, &Vec<u8>, Told)> = (group.iter().enumerate())
            .map(|(at, bytes)| ((n * TOGETHER + at) as i64, bytes, Told::of(&parser, bytes)))
            .collect();
        client.batch_execute("begin").await?;
        // Sent one behind the other, their answers awaited together.
        let rows = told.iter().map(|(id, bytes, it)| {
            let values: [&(dyn ToSql + Sync); 6] = [id, bytes, &it.from, &it.subject, &it.date, &it.headers];
            client.execute_raw(&raw, values)
        });
        join_all(rows).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let rows = told.iter().map(|(id, _, it)| {
            let values: [&(dyn ToSql + Sync); 2] = [id, &it.text];
            client.execute_raw(&words, values)
        });
        join_all(rows).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        client.batch_execute("commit").await?;
    }
    Ok(watch.elapsed().as_secs_f64())
}

/// What the bare loop takes out of a mail.
struct Told {
    from: String,
    subject: String,
    date: i64,
    headers: String,
    text: String,
}

impl Told {
    fn of(parser: &MessageParser, bytes: &[u8]) -> Self {
        let Some(mail) = parser.parse(bytes) else {
            return Self {
                from: String::new(),
                subject: String::new(),
                date: 0,
                headers: String::new(),
                text: String::new(),
            };
        };
        let from = mail.from().and_then(|it| it.first()).and_then(|it| it.address()).unwrap_or_default();
        let subject = mail.subject().unwrap_or_default().replace('\0', "");
        let text = format!("{subject}\n{}", body(&mail).replace('\0', ""));
        let headers = mail.headers_raw().map(|(name, value)| format!("{name}:{value}")).collect::<String>();
        let date = mail.date().map_or(0, |it| it.to_timestamp());
        Self { from: from.replace('\0', ""), subject, date, headers: headers.replace('\0', ""), text }
    }
}

fn body(mail: &Message<'_>) -> String {
    mail.body_text(0).map(std::borrow::Cow::into_owned).unwrap_or_default()
}
