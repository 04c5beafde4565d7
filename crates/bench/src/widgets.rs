//! A thousand browsers with an open talk: what a line that nobody uses holds, and how soon a word reaches the other side.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use conversations::{
    sites::{self, Site},
    talks::{self, Heard, Key, Talk},
};
use house::{House, Newcomer};
use model::Stopwatch;
use store::{Engine, Store};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{sleep, timeout},
};

use crate::{
    machine,
    place::Place,
    program,
    report::{Line, Report, median, percentile},
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
        report.add(Line { what, engine, ours, bare: String::new(), ratio: None, goal, met: Some(met) });
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
    let house = House::new(store.clone());
    let (secret, _) = house.first_link().await?.context("somebody works here already")?;
    let newcomer = Newcomer {
        name: "Ines Okafor".into(),
        email: "ines@roastery.example".into(),
        password: "the kettle sings at noon".into(),
        browser: "a bench".into(),
    };
    let entered = house.enter(&secret, newcomer).await?;
    Ok(Ground { site: id.to_string(), talks, cookie: format!("regard={}", entered.secret.expose()) })
}

/// One browser: its open line tells every word that comes, with the number in it.
async fn widget(port: u16, ground: &Ground, n: usize, tell: UnboundedSender<usize>) -> Result<()> {
    let path = format!("/chat/{}/live?since=1", ground.site);
    let shown = format!("Authorization: Bearer {}\r\n{}", ground.talks[n].0.expose(), from(n));
    let line = open(port, "GET", &path, &shown, "").await?;
    tokio::spawn(listen(line, move |text| {
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

async fn listen(mut line: TcpStream, mut hear: impl FnMut(&str)) {
    let (mut text, mut part) = (String::new(), [0; 4096]);
    while let Ok(length @ 1..) = line.read(&mut part).await {
        text.push_str(&String::from_utf8_lossy(&part[..length]));
        if let Some(end) = text.rfind("\n\n") {
            hear(&text[..end]);
            text.drain(..end);
        }
    }
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
        let answer = tokio::spawn(ask(port, path, shown, form));
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
    let line = open(port, "GET", "/live?topic=person", &cookie, "").await?;
    tokio::spawn(listen(line, move |text| {
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
        let answer = tokio::spawn(ask(port, path, shown, body));
        let heard = timeout(PATIENCE, told.recv()).await;
        times.push(watch.elapsed().as_secs_f64() * 1000.0);
        let answer = answer.await??;
        ensure!(heard.is_ok() && answer.starts_with("HTTP/1.1 200"), "word {n} was not heard: {answer}");
        sleep(PAUSE).await;
    }
    Ok(times)
}

async fn ask(port: u16, path: String, headers: String, body: String) -> Result<String> {
    let mut line = open(port, "POST", &path, &format!("{headers}Connection: close\r\n"), &body).await?;
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

async fn open(port: u16, method: &str, path: &str, headers: &str, body: &str) -> Result<TcpStream> {
    let mut line = TcpStream::connect(("127.0.0.1", port)).await?;
    line.set_nodelay(true)?;
    let asked = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nSec-Fetch-Site: same-origin\r\nAccept: application/json\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    line.write_all(asked.as_bytes()).await?;
    Ok(line)
}
