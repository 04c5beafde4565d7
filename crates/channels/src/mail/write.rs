//! Messages written as an mbox archive (mboxrd, which alone can be undone exactly).

use std::io::{self, Write};

use jiff::{fmt::strtime, tz::TimeZone};
use model::Time;

/// Writes one raw message: it reads back byte for byte, but for an end of line added where the last is missing.
pub fn write_mbox(out: &mut impl Write, raw: &[u8], sender: &str, at: Time) -> io::Result<()> {
    let zoned = at.timestamp().to_zoned(TimeZone::UTC);
    let date = strtime::format("%a %b %e %H:%M:%S %Y", &zoned).map_err(io::Error::other)?;
    let sender: String = sender.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    writeln!(out, "From {} {date}", if sender.is_empty() { "MAILER-DAEMON" } else { &sender })?;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        if line[marks..].starts_with(b"From ") {
            out.write_all(b">")?;
        }
        out.write_all(line)?;
    }
    let end: &[u8] = match () {
        () if raw.ends_with(b"\r\n") => b"\r\n",
        () if raw.ends_with(b"\n") => b"\n",
        () => b"\n\n",
    };
    out.write_all(end)
}
