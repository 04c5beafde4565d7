//! Asking the program as browsers do.

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What it answers, with its head; `headers` are lines of the question's head.
pub async fn get(port: u16, path: &str, headers: &str) -> Result<String> {
    whole(open(port, "GET", path, &format!("{headers}Connection: close\r\n"), "").await?).await
}

/// The same for what is sent.
pub async fn ask(port: u16, path: String, headers: String, body: String) -> Result<String> {
    whole(open(port, "POST", &path, &format!("{headers}Connection: close\r\n"), &body).await?).await
}

async fn whole(mut line: TcpStream) -> Result<String> {
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Asks, and leaves the answer to be read.
pub async fn open(port: u16, method: &str, path: &str, headers: &str, body: &str) -> Result<TcpStream> {
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

/// Hears every part of a line that stays open, when it is whole.
pub async fn listen(mut line: TcpStream, mut hear: impl FnMut(&str)) {
    let (mut text, mut part) = (String::new(), [0; 4096]);
    while let Ok(length @ 1..) = line.read(&mut part).await {
        text.push_str(&String::from_utf8_lossy(&part[..length]));
        if let Some(end) = text.rfind("\n\n") {
            hear(&text[..end]);
            text.drain(..end);
        }
    }
}
