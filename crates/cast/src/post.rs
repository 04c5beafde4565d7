//! The mail house, and what lies in its mailboxes.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use channels::mail::{Proof, Security, Server, imap::Line};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::sleep,
};

use crate::letters::Letter;

/// A mail house that was started for the tests.
#[derive(Clone)]
pub struct Post {
    home: PathBuf,
}

impl Post {
    /// The one that `bin/mail` started.
    pub fn at_hand() -> Option<Self> {
        let Ok(home) = std::env::var("REGARD_TEST_MAIL") else {
            let required = std::env::var("REGARD_REQUIRE_MAIL").is_ok();
            assert!(!required, "REGARD_TEST_MAIL is not set, and REGARD_REQUIRE_MAIL demands mail servers");
            eprintln!("!! REGARD_TEST_MAIL is not set: this story was NOT told");
            return None;
        };
        Some(Self { home: home.into() })
    }

    /// One of its ports.
    pub fn port(&self, name: &str) -> u16 {
        std::fs::read_to_string(self.home.join(name)).unwrap().trim().parse().unwrap()
    }

    /// The authority that stands for its certificate, as PEM.
    pub fn authority(&self) -> String {
        std::fs::read_to_string(self.home.join("ca.pem")).unwrap()
    }

    /// An address that no other story uses.
    pub fn address(&self, name: &str, domain: &str) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        format!("{name}-{}-{}@{domain}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Hands a mail to Postfix, as anybody's mail server would.
    pub async fn send(&self, from: &str, to: &str, letter: &Letter) {
        self.send_raw(from, to, letter.bytes()).await;
    }

    /// The same with any bytes.
    pub async fn send_raw(&self, from: &str, to: &str, bytes: &[u8]) {
        let line = TcpStream::connect(("127.0.0.1", self.port("smtp"))).await.unwrap();
        let mut line = BufReader::new(line);
        expect(&mut line, "220").await;
        for (say, code) in [
            ("EHLO test.example".to_owned(), "250"),
            (format!("MAIL FROM:<{from}>"), "250"),
            (format!("RCPT TO:<{to}>"), "250"),
            ("DATA".to_owned(), "354"),
        ] {
            line.write_all(format!("{say}\r\n").as_bytes()).await.unwrap();
            expect(&mut line, code).await;
        }
        line.write_all(bytes).await.unwrap();
        line.write_all(b"\r\n.\r\n").await.unwrap();
        expect(&mut line, "250").await;
    }

    /// The folder of the house.
    pub fn home(&self) -> &std::path::Path {
        &self.home
    }

    /// Puts a mail into somebody's inbox, as if they had read it already in another program.
    pub async fn put(&self, address: &str, letters: &[Letter]) {
        let mut line = self.open(address).await;
        for letter in letters {
            line.put("INBOX", letter.bytes()).await.unwrap();
        }
        line.close().await;
    }

    /// A line to somebody's mailbox.
    pub async fn open(&self, address: &str) -> Line {
        let server = Server {
            host: "localhost".into(),
            port: self.port("imaps"),
            security: Security::Tls,
            authority: Some(Arc::from(self.authority())),
        };
        let proof = Proof::Password { login: address.into(), password: "secret".into() };
        Line::open(&server, &proof).await.unwrap()
    }

    /// What lies in somebody's inbox, once there are so many.
    pub async fn arrived(&self, address: &str, count: usize) -> Vec<Letter> {
        for _ in 0..300 {
            let found = self.lies_in(address).await;
            if found.len() >= count {
                return found;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("{address} never got {count} mails, but {}", self.lies_in(address).await.len());
    }

    /// What lies in somebody's inbox now.
    pub async fn lies_in(&self, address: &str) -> Vec<Letter> {
        self.lies_in_folder(address, "INBOX").await
    }

    /// What lies in any of somebody's folders now.
    pub async fn lies_in_folder(&self, address: &str, folder: &str) -> Vec<Letter> {
        let mut line = self.open(address).await;
        line.look(folder).await.unwrap();
        let uids: Vec<u32> = line.numbers(1).await.unwrap().into_iter().collect();
        let mut found = Vec::new();
        let mut todo = uids.as_slice();
        while !todo.is_empty() {
            let (some, looked) = line.fetch(todo).await.unwrap();
            found.extend(some.into_iter().map(|it| Letter::read(it.bytes)));
            todo = &todo[looked..];
        }
        line.close().await;
        found
    }
}

async fn expect(line: &mut BufReader<TcpStream>, code: &str) {
    loop {
        let mut said = String::new();
        line.read_line(&mut said).await.unwrap();
        assert!(said.starts_with(code), "the mail house said {said:?}, not {code}");
        if said.as_bytes().get(3) != Some(&b'-') {
            return;
        }
    }
}
