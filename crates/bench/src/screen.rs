//! How soon a mail is on the screen: from the moment when Postfix has taken it, by way of Dovecot, which tells of it (IDLE),
//! until the inbox that somebody has open shows it.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use cast::{letters::letter, post::Post};
use delivery::mailboxes::{self, NewMailbox, Place as Server, Secret, Servers};
use model::Stopwatch;
use store::Engine;
use tokio::{
    sync::mpsc::unbounded_channel,
    time::{sleep, timeout},
};

use crate::{
    place::Place,
    program,
    report::{Line, Report, percentile},
    wire,
};

/// Mails, and the pause between two.
const MAILS: usize = 100;
const PAUSE: Duration = Duration::from_millis(200);
/// A mail that takes longer counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// The goal, in milliseconds.
const LATE: f64 = 2000.0;

/// Measures the program on this engine.
pub async fn measure(engine: Engine, below: &Path, quick: bool, report: &mut Report) -> Result<()> {
    let mails = if quick { 5 } else { MAILS };
    let Some(post) = Post::at_hand() else { return Ok(()) };
    let place = Place::fresh(engine, below).await?;
    let store = place.open().await?;
    let (cookie, _) = program::sign_in(&store).await?;
    let ours = post.address("hello", "lantern.example");
    mailboxes::add(&store, mailbox(&post, &ours)).await?;
    drop(store);
    let (_running, port, _) = program::start(&program::beside_us()?, &place.location, &[]).await?;
    let cookie = format!("Cookie: {cookie}\r\n");
    let (tell, mut told) = unbounded_channel();
    let line = wire::open(port, "GET", "/live?topic=person", &cookie, "").await?;
    tokio::spawn(wire::listen(line, move |_| {
        let _ = tell.send(());
    }));

    let ann = post.address("ann", "customer.example");
    let mut times = Vec::new();
    // The first ones wait until the mailbox is read at all.
    for n in 0..mails + 2 {
        let words = format!("word{n}end");
        post.send(&ann, &ours, &letter(&ann, &ours, "Beans", &format!("{words}\r\n"))).await;
        let watch = Stopwatch::start();
        let shown = async {
            // As the page does: it is read anew whenever the house says that somebody's page changed.
            while !wire::get(port, "/conversations", &cookie).await?.contains(&words) {
                told.recv().await.context("the program hung up")?;
            }
            anyhow::Ok(())
        };
        let shown = timeout(PATIENCE, shown).await;
        ensure!(shown.is_ok(), "mail {n} was not on the screen after {} s", PATIENCE.as_secs());
        shown??;
        if n >= 2 {
            times.push(watch.elapsed().as_secs_f64() * 1000.0);
        }
        sleep(PAUSE).await;
    }
    let late = percentile(&times, 0.95);
    report.add(Line {
        what: format!("from Postfix to the screen, by Dovecot and IDLE, {mails} mails"),
        engine: Some(engine),
        ours: format!("p50 {:.0} ms, p95 {late:.0} ms", percentile(&times, 0.5)),
        bare: String::new(),
        ratio: None,
        goal: format!("p95 below {LATE:.0} ms"),
        met: Some(late < LATE),
    });
    Ok(())
}

fn mailbox(post: &Post, address: &str) -> NewMailbox {
    let server = |port: &str, security: &str| Server {
        host: "localhost".into(),
        port: post.port(port),
        security: security.into(),
    };
    let servers = Servers {
        imap: server("imaps", "tls"),
        smtp: server("smtp", "starttls"),
        login: address.into(),
        smtp_login: true,
        plus: true,
        brought: false,
        authority: Some(post.authority()),
        folders: Vec::new(),
    };
    let secret = Secret::Password("secret".into());
    NewMailbox { address: address.into(), name: "Lantern Row".into(), servers, secret }
}
