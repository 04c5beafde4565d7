//! A web server somewhere in the world, with what a story puts there, that remembers who asked for what.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What it answers: a status with headers, and bytes.
type Answer = (String, Vec<u8>);

/// A web server on this machine.
#[derive(Clone)]
pub struct Elsewhere {
    /// Where it is.
    pub address: SocketAddr,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    /// One that has nothing yet.
    #[must_use]
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let it = Self { address, answers: Arc::default(), heard: Arc::default() };
        let serving = it.clone();
        thread::spawn(move || listener.incoming().flatten().for_each(|line| serving.answer(line)));
        it
    }

    /// Bytes are there from now on, called what the server likes.
    pub fn has(&self, path: &str, kind: &str, bytes: &[u8]) {
        let head = format!("200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}", bytes.len());
        self.answers.lock().unwrap().insert(path.to_owned(), (head, bytes.to_vec()));
    }

    /// Whoever asks is sent on.
    pub fn sends_on(&self, path: &str, to: &str) {
        let head = format!("302 Found\r\nLocation: {to}\r\nContent-Length: 0");
        self.answers.lock().unwrap().insert(path.to_owned(), (head, Vec::new()));
    }

    /// Everything that was asked, each with its headers.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    fn answer(&self, mut line: TcpStream) {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && line.read_exact(&mut byte).is_ok() {
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        self.heard.lock().unwrap().push(head);
        let found = self.answers.lock().unwrap().get(&path).cloned();
        let (status, bytes) = found.unwrap_or(("404 Not Found\r\nContent-Length: 0".into(), Vec::new()));
        let _ = line.write_all(format!("HTTP/1.1 {status}\r\nConnection: close\r\n\r\n").as_bytes());
        let _ = line.write_all(&bytes);
    }
}
