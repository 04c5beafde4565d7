//! Two programs that serve and one that works, on one PostgreSQL database: what is done at one is heard at the other, and what shall be
//! said leaves once.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::{process::Stdio, time::Duration};

use cast::{letters::letter, post::Post};
use common::{
    calling::{Program, Server, answering, free_port, move_in},
    houses,
    mailing::{answers, mailbox, states},
    open, regard, runtime,
};
use conversations::outbox::State;
use store::Location;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const LETTERS: usize = 30;

/// A browser that listens for people at one of the programs, from the moment when the line stands.
async fn listens(port: u16, cookie: &str) -> TcpStream {
    let mut line = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let asked =
        format!("GET /live?topic=person HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n\r\n");
    line.write_all(asked.as_bytes()).await.unwrap();
    let head = hears(&mut line, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    line
}

async fn hears(line: &mut TcpStream, words: &str) -> String {
    let (mut heard, mut part) = (String::new(), [0; 1024]);
    let hearing = async {
        while !heard.contains(words) {
            let length = line.read(&mut part).await.unwrap();
            assert_ne!(length, 0, "the line broke after {heard}");
            heard += &String::from_utf8_lossy(&part[..length]);
        }
    };
    let in_time = timeout(Duration::from_secs(20), hearing).await;
    assert!(in_time.is_ok(), "“{words}” was never heard, only “{heard}”");
    heard
}

async fn serving(location: &Location) -> (Server, u16) {
    let port = free_port();
    let mut command = regard(location);
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
    (answering(command.stdout(Stdio::null()).stderr(Stdio::null()), port).await, port)
}

async fn told(location: &Location, post: &Post) {
    let store = open(location).await;
    let (nora, ann) = move_in(&store).await;
    let cookie = format!("regard={}", nora.secret.expose());
    let till = Program::new(&store, &nora.viewer).await;

    let ((_one, here), (_other, there)) = (serving(location).await, serving(location).await);
    let _work = Server(regard(location).arg("work").stderr(Stdio::null()).spawn().unwrap());
    for (n, (told_at, heard_at)) in [(here, there), (there, here), (here, there)].into_iter().enumerate() {
        let mut line = listens(heard_at, &cookie).await;
        let (status, said) = till.note(told_at, ann, &format!("word {n}"), "").await.unwrap();
        assert!(status.is_success(), "{said}");
        hears(&mut line, "changed").await;
    }

    // Mail comes in by whichever reads, and is heard at both.
    let (ours, ben) = (post.address("hello", "lantern.example"), post.address("ben", "customer.example"));
    let id = mailbox(&store, post, &ours).await;
    let (mut line, mut beside) = (listens(here, &cookie).await, listens(there, &cookie).await);
    post.send(&ben, &ours, &letter(&ben, &ours, "Hours", "When are you open?\r\n")).await;
    hears(&mut line, "changed").await;
    hears(&mut beside, "changed").await;
    let count = "select count(*) from moments where kind = 'email' and title = 'Hours'";
    let all = || store.read(move |db| db.number(count, &[]));
    assert_eq!(all().await.unwrap(), 1);

    // All three look into the outbox.
    let to: Vec<String> = (0..LETTERS).map(|_| post.address("reader", "customer.example")).collect();
    answers(&store, id, &ours, &to).await;
    for address in &to {
        assert_eq!(post.arrived(address, 1).await.len(), 1);
    }
    for _ in 0..300 {
        if states(&store).await.values().all(|it| *it == State::Left) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let states = states(&store).await;
    assert!(states.len() == LETTERS && states.values().all(|it| *it == State::Left), "{states:?}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    for address in &to {
        assert_eq!(post.lies_in(address).await.len(), 1, "nobody got it twice");
    }
    assert_eq!(all().await.unwrap(), 1, "nor was anything heard twice");
}

#[test]
fn several_programs_on_one_database_are_one_house() {
    let Some(post) = Post::at_hand() else { return };
    let folder = tempfile::tempdir().unwrap();
    for location in houses(folder.path()).into_iter().filter(|it| matches!(it, Location::Server { .. })) {
        runtime().block_on(told(&location, &post));
    }
}
