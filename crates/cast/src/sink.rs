//! A mail server that takes everything and forgets it, but for how many came to whom: for digests to many, where a real one would spend its
//! time on disks.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
};

/// The server; it goes with the last of its holders.
#[derive(Clone)]
pub struct Sink {
    /// Where it listens, on this machine.
    pub port: u16,
    got: Arc<Got>,
}

#[derive(Default)]
struct Got {
    by: Mutex<HashMap<String, usize>>,
    // Whoever asks how many came must not keep anybody waiting.
    count: AtomicUsize,
}

impl Sink {
    /// Opens one.
    pub async fn open() -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((std::net::Ipv4Addr::LOCALHOST, 0).into())?;
        // Hundreds of lines are opened at once, and one that finds no room waits for seconds.
        let listener = socket.listen(4096)?;
        let sink = Self { port: listener.local_addr()?.port(), got: Arc::default() };
        let got = sink.got.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let got = got.clone();
                tokio::spawn(async move { serve(stream, &got).await });
            }
        });
        Ok(sink)
    }

    /// How many came to each address.
    pub fn got(&self) -> HashMap<String, usize> {
        self.got.by.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many came.
    pub fn count(&self) -> usize {
        self.got.count.load(Ordering::Acquire)
    }
}

async fn serve(stream: TcpStream, got: &Got) -> Option<()> {
    let _ = stream.set_nodelay(true);
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::with_capacity(64 << 10, read);
    write.write_all(b"220 sink\r\n").await.ok()?;
    let (mut line, mut to) = (Vec::new(), Vec::<String>::new());
    loop {
        line.clear();
        if read.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        let verb = text.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "RCPT" => {
                let address = text.split(['<', '>']).nth(1).unwrap_or_default();
                to.push(address.to_lowercase());
                b"250 yes\r\n"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                loop {
                    line.clear();
                    if read.read_until(b'\n', &mut line).await.ok()? == 0 {
                        return None;
                    }
                    if line == b".\r\n" {
                        break;
                    }
                }
                {
                    let mut by = got.by.lock().unwrap_or_else(PoisonError::into_inner);
                    got.count.fetch_add(to.len(), Ordering::Release);
                    to.drain(..).for_each(|address| *by.entry(address).or_insert(0) += 1);
                }
                b"250 have it\r\n"
            }
            "QUIT" => {
                let _ = write.write_all(b"221 bye\r\n").await;
                return None;
            }
            "RSET" => {
                to.clear();
                b"250 yes\r\n"
            }
            _ => b"250 yes\r\n",
        };
        write.write_all(answer).await.ok()?;
    }
}
