//! The audit in an editor, by the Language Server Protocol: whoever writes sees advice beside the words as they stand,
//! with what to say instead a key away.
//!
//! One thread reads what the editor says; everything else happens in turn on the other. A text is looked at when its
//! writer pauses, or when the editor asks about a place in it.

mod actions;
mod advice;
mod allowing;
mod document;
mod places;
mod server;

mod voices;
mod wire;

use std::{
    io::{self, BufRead, Write},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use server::Server;
use wire::Heard;

/// So long nobody types before a text is looked at: shorter than it takes to look up, longer than between two keys.
const PAUSE: Duration = Duration::from_millis(150);

/// So many messages may wait; whoever sends more waits, too.
const WAITING: usize = 1_000;

/// Serves an editor until it takes its leave. Says whether it did so as agreed, or just went.
///
/// # Errors
/// When nothing can be said to it any more.
pub fn serve(input: impl BufRead + Send + 'static, output: impl Write) -> io::Result<bool> {
    let (tell, heard) = mpsc::sync_channel::<Heard>(WAITING);
    thread::spawn(move || wire::listen(input, &tell));
    let mut server = Server::new(output);
    loop {
        let next = if server.has_something_to_look_at() {
            heard.recv_timeout(PAUSE)
        } else {
            heard.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match next {
            Ok(it) => {
                if let Some(was_agreed) = server.hear(it)? {
                    return Ok(was_agreed);
                }
            }
            Err(RecvTimeoutError::Timeout) => server.look()?,
            Err(RecvTimeoutError::Disconnected) => return Ok(false),
        }
    }
}
