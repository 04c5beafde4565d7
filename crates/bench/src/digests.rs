//! A digest to many: the program beside a bare loop that only writes the same copies and hands them to the same mail server that forgets
//! everything, on as many lines.

#[allow(clippy::unwrap_used, dead_code, reason = "shared with a story of the program")]
#[path = "../../regard/tests/common/digesting.rs"]
mod readers;

use std::{path::Path, process::Stdio, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use cast::sink::Sink;
use channels::mail::{
    Mailbox, Outgoing,
    smtp::{Handed, Line as Wire},
};
use conversations::{
    digests::{self, Digest},
    links::Links,
    outbox::Issue,
    pieces::{self, Piece},
};
use delivery::digesting::{IN_FLIGHT, Ink, write};
use model::{PieceId, StaffId, Stopwatch};
use permission::Cleared;
use store::{Engine, Location, Store};
use tokio::{process::Command, time::sleep};

use crate::{
    machine,
    place::Place,
    program,
    report::{Line, Report},
};

/// Readers; and in a quick run.
const MANY: usize = 100_000;
const FEW: usize = 4000;
/// Goals: the part of the bare loop's rate, megabytes.
const PART: f64 = 0.5;
const HELD: f64 = 150.0;
/// So long without a copy, and something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures both, one after the other, in one run.
pub async fn measure(engine: Engine, below: &Path, quick: bool, report: &mut Report) -> Result<()> {
    let many = if quick { FEW } else { MANY };
    let place = Place::fresh(engine, below).await?;
    let (ours, megabytes) = program(&place, many).await?;
    let bare = bare(place.open().await?, many).await?;
    let ratio = ours / bare;
    report.add(Line {
        what: format!("a digest to {many} people, on {IN_FLIGHT} lines"),
        engine: Some(engine),
        ours: format!("{ours:.0}/s"),
        bare: format!("{bare:.0}/s"),
        ratio: Some(ratio),
        goal: format!("at least {PART}"),
        met: Some(ratio >= PART),
    });
    report.add(Line {
        what: "the most memory meanwhile".into(),
        engine: Some(engine),
        ours: format!("{megabytes:.0} MB"),
        bare: String::new(),
        ratio: None,
        goal: format!("at most {HELD:.0} MB"),
        met: Some(megabytes <= HELD),
    });
    Ok(())
}

/// The program: copies a second from the first to the last, and the most it held.
async fn program(place: &Place, many: usize) -> Result<(f64, f64)> {
    let sink = Sink::open().await?;
    let store = place.open().await?;
    let mailbox = readers::mailbox(&store, sink.port).await;
    readers::readers(&store, many).await;
    readers::begins(&store, mailbox).await;
    drop(store);
    let mut command = Command::new(program::beside_us()?);
    match &place.location {
        Location::Folder(folder) => command.arg("--data").arg(folder),
        Location::Server { url, folder } => command.arg("--data").arg(folder).arg("--database").arg(url),
    };
    command.arg("work").stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut running = command.spawn()?;
    let process = running.id().context("the program stopped by itself")?.to_string();
    let waiting = Stopwatch::start();
    while sink.count() == 0 {
        ensure!(waiting.elapsed() < PATIENCE, "nothing left within {PATIENCE:?}");
        sleep(Duration::from_millis(2)).await;
    }
    let (watch, began) = (Stopwatch::start(), sink.count());
    let (mut last, mut since) = (began, Stopwatch::start());
    while last < many {
        sleep(Duration::from_millis(5)).await;
        let now = sink.count();
        if now > last {
            (last, since) = (now, Stopwatch::start());
        }
        ensure!(since.elapsed() < PATIENCE, "only {last} of {many} left");
    }
    let rate = (many - began) as f64 / watch.elapsed().as_secs_f64();
    let megabytes = machine::memory_of(&process, "VmHWM")?;
    running.kill().await?;
    ensure!(sink.got().values().all(|times| *times == 1), "somebody got it twice");
    Ok((rate, megabytes))
}

/// What every copy of the bare loop is written with.
struct Copying {
    digest: Digest,
    pieces: Vec<Piece>,
    topics: Vec<(String, String)>,
    staff: Vec<(StaffId, String)>,
    ids: Vec<PieceId>,
    tokens: Vec<String>,
}

impl Copying {
    fn bytes(&self, n: usize) -> Result<Vec<u8>> {
        let ink = Ink {
            digest: &self.digest,
            pieces: &self.pieces,
            topics: &self.topics,
            sender: "",
            organisation: "",
            postal: "",
            staff: &self.staff,
        };
        let issue = Issue {
            digest: self.digest.id,
            pieces: self.ids.clone(),
            topics: vec!["roasts".into()],
            name: Some(format!("Reader Number{n}")),
        };
        let stop = format!("http://127.0.0.1:8080/preferences/{}", self.tokens[n]);
        let written = write(&ink, &issue, &stop);
        let address = |it: String| Mailbox { name: None, address: it };
        Ok(Outgoing {
            id: format!("<{}@lantern.example>", self.tokens[n]),
            at: self.digest.starts_at,
            from: Some(address("news@lantern.example".into())),
            reply_to: Some(format!("news+{}@lantern.example", &self.tokens[n][..40])),
            to: vec![address(readers::address(n))],
            subject: self.digest.subject.clone(),
            text: written.text,
            html: Some(written.html),
            stop: Some(stop),
            ..Outgoing::default()
        }
        .bytes()?)
    }
}

/// The same copies, written and handed over and nothing else.
async fn bare(store: Store, many: usize) -> Result<f64> {
    let sink = Sink::open().await?;
    let (digest, pieces) = store
        .read(|db| Ok::<_, conversations::ConversationError>((digests::all(db, 1)?, pieces::ready(db)?)))
        .await?;
    let links = Links::ready(&store).await?;
    let tokens = (0..many).map(|_| links.token(store.world().id())).collect();
    let copying = Arc::new(Copying {
        digest: digest.into_iter().next().context("the digest is gone")?,
        ids: pieces.iter().map(|it| it.id).collect(),
        pieces,
        topics: vec![("roasts".into(), "Roasts".into())],
        staff: Vec::new(),
        tokens,
    });
    drop(store);
    let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let server = channels::mail::Server {
        host: "localhost".into(),
        port: sink.port,
        security: channels::mail::Security::Plain,
        authority: None,
    };
    let watch = Stopwatch::start();
    let lines = (0..IN_FLIGHT).map(|_| {
        let (copying, next, server) = (copying.clone(), next.clone(), server.clone());
        tokio::spawn(async move {
            let mut line = Wire::open(&server, None, "lantern.example").await?;
            loop {
                let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if n >= many {
                    line.close().await;
                    return Ok::<_, anyhow::Error>(());
                }
                let bytes = copying.bytes(n)?;
                let to = [Cleared::to_ourselves(&readers::address(n))];
                let handed = line.send("news@lantern.example", &to, &bytes).await;
                ensure!(matches!(handed[..], [Handed::Over(_)]), "{handed:?}");
            }
        })
    });
    let lines: Vec<_> = lines.collect();
    for line in lines {
        line.await??;
    }
    let rate = many as f64 / watch.elapsed().as_secs_f64();
    ensure!(sink.count() == many, "{} of {many} came", sink.count());
    Ok(rate)
}
