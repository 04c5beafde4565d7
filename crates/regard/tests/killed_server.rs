//! The server is killed at random moments while many write: every moment it acknowledged is there, once.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use common::{Dice, houses, kill, open, regard, runtime};
use house::{House, Newcomer};
use memory::{prepare, take};
use model::PersonId;
use store::Location;

const KILLS: usize = 50;
const WRITERS: usize = 8;

/// Somebody who works here, as their browser shows it, and somebody to write about.
async fn settle(location: &Location) -> (String, PersonId) {
    let store = open(location).await;
    let house = House::new(store.clone());
    let (secret, _) = house.first_link().await.unwrap().unwrap();
    let newcomer = Newcomer {
        name: "Nora".into(),
        email: "nora@example.com".into(),
        password: "a few words in a row".into(),
        browser: "a test".into(),
    };
    let entered = house.enter(&secret, newcomer).await.unwrap();
    let world = store.world().clone();
    let ann = prepare(cast::ann());
    let taken = store.write(move |tx| take(tx, &world, std::slice::from_ref(&ann))).await.unwrap();
    (entered.secret.expose().to_owned(), taken[0].person.unwrap())
}

/// Sends one note; true if the server said that it is kept.
fn tell(
    stream: &mut TcpStream,
    port: u16,
    cookie: &str,
    person: PersonId,
    key: &str,
) -> std::io::Result<bool> {
    let form = format!("kind=note&key={key}&body=word{key}");
    write!(
        stream,
        "POST /people/{person}/moments HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: regard={cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )?;
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let status = line.split(' ').nth(1).unwrap_or("").to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        if answer.read_line(&mut header)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if header.trim().is_empty() {
            break;
        }
        if let Some(size) = header.to_lowercase().strip_prefix("content-length:") {
            length = size.trim().parse().unwrap_or(0);
        }
    }
    answer.read_exact(&mut vec![0; length])?;
    assert!(status == "303", "the server answered {status}");
    Ok(true)
}

fn ready(port: u16) -> bool {
    (0..600).any(|_| {
        thread::sleep(Duration::from_millis(20));
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
        let mut answer = String::new();
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").is_ok()
            && stream.read_to_string(&mut answer).is_ok()
            && answer.starts_with("HTTP/1.1 200")
    })
}

fn write_until_killed(
    port: u16,
    cookie: &str,
    person: PersonId,
    next: &AtomicU64,
    kept: &Mutex<Vec<String>>,
) {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return };
    loop {
        let key = format!("{:032x}", next.fetch_add(1, Ordering::SeqCst));
        match tell(&mut stream, port, cookie, person, &key) {
            Ok(true) => kept.lock().unwrap().push(key),
            _ => return,
        }
    }
}

fn told(location: &Location) {
    let (cookie, person) = runtime().block_on(settle(location));
    let (next, kept) = (Arc::new(AtomicU64::new(1)), Arc::new(Mutex::new(Vec::new())));
    let mut dice = Dice::new(5);
    for _ in 0..KILLS {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = regard(location)
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert!(ready(port), "the server came back");
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (cookie, next, kept) = (cookie.clone(), next.clone(), kept.clone());
                thread::spawn(move || write_until_killed(port, &cookie, person, &next, &kept))
            })
            .collect();
        thread::sleep(Duration::from_millis(20 + dice.below(300)));
        kill(&mut server);
        writers.into_iter().for_each(|writer| writer.join().unwrap());
    }
    let kept = kept.lock().unwrap();
    assert!(kept.len() > KILLS * 3, "only {} were acknowledged", kept.len());
    let found = runtime().block_on(bodies(location));
    for key in kept.iter() {
        assert_eq!(found.get(&format!("word{key}")), Some(&1), "{key}");
    }
    assert!(found.values().all(|times| *times == 1), "nothing is there twice");
    eprintln!("{KILLS} kills, {} acknowledged, {} found", kept.len(), found.len());
}

async fn bodies(location: &Location) -> BTreeMap<String, usize> {
    let store = open(location).await;
    let all = store
        .read(|db| db.rows("select body from moments where kind = 'note'", &[], |row| row.get::<String>(0)))
        .await
        .unwrap();
    let mut found = BTreeMap::new();
    all.into_iter().for_each(|body| *found.entry(body).or_insert(0) += 1);
    found
}

#[test]
fn every_acknowledged_moment_survives_fifty_kills_and_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    houses(folder.path()).iter().for_each(told);
}
