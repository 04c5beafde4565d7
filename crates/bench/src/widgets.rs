//! A thousand browsers with an open talk: what a line that nobody uses holds, and how soon a word reaches the other side.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use conversations::{
    sites::{self, Site},
    talks::{self, Heard, Key, Talk},
};
use model::Stopwatch;
use store::{Engine, Store};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{sleep, timeout},
};

use crate::{
    machine,
    place::Place,
    program,
    report::{Line, Report, median, percentile},
    wire,
};

/// Browsers with an open talk.
const WIDGETS: usize = 1000;
/// Words said in each direction, and the pause between two.
const WORDS: usize = 400;
const PAUSE: Duration = Duration::from_millis(20);
/// After so long without a word the lines are idle.
const REST: Duration = Duration::from_secs(5);
/// A word that takes longer counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// Goals: kilobytes a line, milliseconds to the other side.
const HELD: f64 = 50.0;
const LATE: f64 = 100.0;

/// What the browsers and the desk show.
struct Ground {
    site: String,
    talks: Vec<(Key, Talk)>,
    cookie: String,
}

/// Measures the program on this engine.
pub async fn measure(engine: Engine, below: &Path, quick: bool, report: &mut Report) -> Result<()> {
    let (widgets, words) = if quick { (100, 40) } else { (WIDGETS, WORDS) };
    let place = Place::fresh(engine, below).await?;
    let ground = prepare(place.open().await?, widgets).await?;
    let (running, port, _) =
        program::start(&program::beside_us()?, &place.location, &["--behind-proxy"]).await?;
    let process = running.id().context("the program stopped by itself")?.to_string();
    let held = || machine::memory_of(&process, "VmRSS");
    let (tell, mut told) = unbounded_channel();
    // The first makes what all share.
    widget(port, &ground, 0, tell.clone()).await?;
    sleep(REST).await;
    let before = held()?;
    for n in 1..widgets {
        widget(port, &ground, n, tell.clone()).await?;
    }
    sleep(REST).await;
    let kilobytes = (held()? - before) * 1000.0 / (widgets - 1) as f64;
    while told.try_recv().is_ok() {}

    let to_them = to_them(port, &ground, words, &mut told).await?;
    let to_us = to_us(port, &ground, words).await?;
    let mut add = |what: String, ours: String, goal: String, met: bool| {
        report.add(Line {
            what,
            engine: Some(engine),
            ours,
            bare: String::new(),
            ratio: None,
            goal,
            met: Some(met),
        });
    };
    let what = format!("{widgets} open talks on websites, idle; held for each");
    add(what, format!("{kilobytes:.1} KB"), format!("at most {HELD} KB"), kilobytes <= HELD);
    for (what, times) in [("from the desk to a website", to_them), ("from a website to the desk", to_us)] {
        let (middle, late) = (median(&times), percentile(&times, 0.95));
        let what = format!("a word {what}, {widgets} open talks, {} words", times.len());
        let shown = format!("p50 {middle:.1} ms, p95 {late:.1} ms");
        add(what, shown, format!("p95 at most {LATE} ms"), late <= LATE);
    }
    Ok(())
}

/// A site, a talk for each browser with a first word in it, and somebody at the desk.
async fn prepare(store: Store, widgets: usize) -> Result<Ground> {
    let world = store.world().clone();
    let site = Site {
        id: world.id(),
        name: "The shop".into(),
        origins: vec!["https://shop.example".into()],
        vouched_only: false,
        apps: false,
        mailbox: None,
        greeting: String::new(),
        created_at: world.now(),
        turns: 0,
    };
    let (id, kept) = (site.id, world.clone());
    store.write(move |tx| sites::keep(tx, &kept, &site)).await?;
    let mut talks = Vec::with_capacity(widgets);
    for _ in 0..widgets {
        let (key, world) = (Key::new(&world), world.clone());
        let shown = key.clone();
        let heard =
            Heard { name: "first".into(), text: "Hello".into(), page: String::new(), files: Vec::new() };
        let (talk, _) = store.write(move |tx| talks::hear(tx, &world, id, &shown, &heard)).await?;
        talks.push((key, talk));
    }
    let (cookie, _) = program::sign_in(&store).await?;
    Ok(Ground { site: id.to_string(), talks, cookie })
}

/// One browser: its open line tells every word that comes, with the number in it.
async fn widget(port: u16, ground: &Ground, n: usize, tell: UnboundedSender<usize>) -> Result<()> {
    let path = format!("/chat/{}/live?since=1", ground.site);
    let shown = format!("Authorization: Bearer {}\r\n{}", ground.talks[n].0.expose(), from(n));
    let line = wire::open(port, "GET", &path, &shown, "").await?;
    tokio::spawn(wire::listen(line, move |text| {
        for word in text.split("\"text\":\"word ").skip(1) {
            let number = word.split('"').next().unwrap_or_default();
            let _ = number.parse().map(|number| tell.send(number));
        }
    }));
    Ok(())
}

/// Each browser is somewhere else.
fn from(n: usize) -> String {
    format!("X-Forwarded-For: 10.0.{}.{}\r\n", n / 250, n % 250 + 1)
}

/// What the desk says, until it is in the browser that it is for; in milliseconds.
async fn to_them(
    port: u16,
    ground: &Ground,
    words: usize,
    told: &mut UnboundedReceiver<usize>,
) -> Result<Vec<f64>> {
    let mut times = Vec::with_capacity(words);
    for n in 0..words {
        let talk = &ground.talks[n].1;
        let path = format!("/people/{}/talks/{}", talk.person, talk.id);
        let form = format!("key=bench{n}&seen=1&text=word+{n}");
        let shown =
            format!("Cookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n", ground.cookie);
        let watch = Stopwatch::start();
        let answer = tokio::spawn(wire::ask(port, path, shown, form));
        let heard = timeout(PATIENCE, async { while told.recv().await.is_some_and(|it| it != n) {} }).await;
        times.push(watch.elapsed().as_secs_f64() * 1000.0);
        let answer = answer.await??;
        ensure!(heard.is_ok() && answer.starts_with("HTTP/1.1 303"), "word {n} did not arrive: {answer}");
        sleep(PAUSE).await;
    }
    Ok(times)
}

/// What browsers say, until the desk hears that there is something; in milliseconds.
async fn to_us(port: u16, ground: &Ground, words: usize) -> Result<Vec<f64>> {
    let (tell, mut told) = unbounded_channel();
    let cookie = format!("Cookie: {}\r\n", ground.cookie);
    let line = wire::open(port, "GET", "/live?topic=person", &cookie, "").await?;
    tokio::spawn(wire::listen(line, move |text| {
        if text.contains("changed") {
            let _ = tell.send(());
        }
    }));
    sleep(PAUSE).await;
    let mut times = Vec::with_capacity(words);
    for n in 0..words {
        while told.try_recv().is_ok() {}
        let path = format!("/chat/{}/lines", ground.site);
        let shown = format!(
            "Authorization: Bearer {}\r\nContent-Type: application/json\r\n{}",
            ground.talks[n].0.expose(),
            from(n)
        );
        let body = format!("{{\"name\":\"n{n}\",\"text\":\"mine {n}\",\"page\":\"\"}}");
        let watch = Stopwatch::start();
        let answer = tokio::spawn(wire::ask(port, path, shown, body));
        let heard = timeout(PATIENCE, told.recv()).await;
        times.push(watch.elapsed().as_secs_f64() * 1000.0);
        let answer = answer.await??;
        ensure!(heard.is_ok() && answer.starts_with("HTTP/1.1 200"), "word {n} was not heard: {answer}");
        sleep(PAUSE).await;
    }
    Ok(times)
}
