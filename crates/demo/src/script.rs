//! Scripts: tales written as plain text, so that whoever writes them reads prose and not Rust.
//!
//! A script opens with `key: value` lines, then tells scenes. A scene opens with a line such as
//! `@ w12 tue 09:40 writes | A question about water` (twelve weeks back, on a Tuesday),
//! `@ +2 answers priya | re` (two days into an exchange) or `@ h5 asks` (five hours ago); what follows,
//! up to the next `@`, is what was said. Scripts in one text are divided by lines of `====`.

use model::Time;

use crate::year::{WEEKS, Year};

/// One tale, or one exchange that can happen to many.
#[derive(Debug, Clone)]
pub struct Script {
    head: Vec<(String, String)>,
    /// What happens, in the order written.
    pub scenes: Vec<Scene>,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub struct Scene {
    /// When.
    pub when: When,
    /// What somebody does: `writes`, `answers`, `buys`.
    pub verb: String,
    /// Which of us, where it is not the one who usually does.
    pub staff: Option<String>,
    /// The line that says what it was; for some verbs with parts divided by ` | `.
    pub title: String,
    /// What was said.
    pub body: String,
}

/// When a scene happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// Weeks back, weekday from Monday, minute of the day.
    Week(i64, i64, i64),
    /// Hours before now.
    HoursAgo(i64),
    /// Days after an exchange began, and the minute of that day where it matters.
    After(i64, Option<i64>),
}

/// What is wrong with a script, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptError {
    /// Counted from 1.
    pub line: usize,
    /// In words.
    pub wrong: String,
}

impl Script {
    /// Reads all scripts in a text.
    pub fn all(text: &str) -> Result<Vec<Self>, ScriptError> {
        let mut scripts = vec![Self::blank()];
        for (at, line) in text.lines().enumerate() {
            let wrong = |wrong: String| ScriptError { line: at + 1, wrong };
            let Some(script) = scripts.last_mut() else { break };
            if line.starts_with("====") {
                scripts.push(Self::blank());
            } else if let Some(opening) = line.strip_prefix("@ ") {
                script.scenes.push(scene(opening).map_err(wrong)?);
            } else if let Some(scene) = script.scenes.last_mut() {
                scene.body.push_str(line);
                scene.body.push('\n');
            } else if let Some((key, value)) = line.split_once(':') {
                script.head.push((key.trim().into(), value.trim().into()));
            } else if !line.trim().is_empty() {
                return Err(wrong(format!("\u{201c}{line}\u{201d} is neither `key: value` nor a scene")));
            }
        }
        for scene in scripts.iter_mut().flat_map(|script| &mut script.scenes) {
            scene.body = scene.body.trim().to_owned();
        }
        Ok(scripts)
    }

    fn blank() -> Self {
        Self { head: Vec::new(), scenes: Vec::new() }
    }

    /// The first value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.head.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All values of a key, in order.
    pub fn every<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Scripts that are part of the program.
///
/// # Panics
/// If one does not parse: a test reads them all.
pub fn built_in(name: &str, text: &str) -> Vec<Script> {
    Script::all(text).unwrap_or_else(|e| panic!("{name}, line {}: {}", e.line, e.wrong))
}

impl When {
    /// The time, in a year, for an exchange that began at `start`. What has no time of day follows `last`
    /// by the given minutes.
    pub fn time(self, year: Year, start: Time, last: Time, minutes_later: i64) -> Time {
        match self {
            Self::Week(weeks, day, minute) => year.week(weeks, day, minute),
            Self::HoursAgo(hours) => year.now().plus_seconds(-hours * 3600),
            Self::After(days, Some(minute)) => year.at_minute(start.plus_days(days), minute),
            Self::After(days, None) => start
                .plus_days(days)
                .plus_seconds(minutes_later * 60)
                .max(last.plus_seconds(minutes_later * 60)),
        }
    }
}

fn scene(opening: &str) -> Result<Scene, String> {
    let (left, title) = opening.split_once(" | ").unwrap_or((opening, ""));
    let mut words = left.split_whitespace().peekable();
    let when = when(&mut words)?;
    let verb = words.next().ok_or("a scene needs a verb")?.to_owned();
    let staff = words.next().map(str::to_owned);
    match words.next() {
        Some(more) => Err(format!("\u{201c}{more}\u{201d} stands after the verb and the colleague")),
        None => Ok(Scene { when, verb, staff, title: title.trim().to_owned(), body: String::new() }),
    }
}

fn when<'a>(words: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Result<When, String> {
    let first = words.next().ok_or("a scene needs a time")?;
    let number = |text: &str| text.parse::<i64>().map_err(|_| format!("\u{201c}{first}\u{201d} is no time"));
    if let Some(weeks) = first.strip_prefix('w') {
        let weeks = number(weeks)?;
        if !(1..=WEEKS).contains(&weeks) {
            return Err(format!("week {weeks} is not among the {WEEKS} weeks before this one"));
        }
        let day = words.next().and_then(weekday).ok_or("after the week comes a weekday")?;
        let minute = words.next().and_then(minute).ok_or("after the weekday comes a time of day")?;
        return Ok(When::Week(weeks, day, minute));
    }
    if let Some(hours) = first.strip_prefix('h') {
        return Ok(When::HoursAgo(number(hours)?.max(1)));
    }
    let days = first.strip_prefix('+').ok_or_else(|| format!("\u{201c}{first}\u{201d} is no time"))?;
    let minute = words.peek().copied().and_then(minute);
    if minute.is_some() {
        words.next();
    }
    Ok(When::After(number(days)?, minute))
}

fn weekday(word: &str) -> Option<i64> {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .iter()
        .position(|day| *day == word)
        .map(|day| day as i64)
}

fn minute(word: &str) -> Option<i64> {
    let (hours, minutes) = word.split_once(':')?;
    let (hours, minutes) = (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_as_it_is_written() {
        let text = "name: Ann\nmail: a@b.example\n\n@ w3 tue 09:40 writes | Water\nHello,\n\nhard or soft?\n\n@ +1 answers priya\nSoft.\n";
        let scripts = Script::all(text).unwrap();
        let [script] = scripts.as_slice() else { panic!("one script") };
        assert_eq!(script.get("name"), Some("Ann"));
        assert_eq!(script.scenes[0].when, When::Week(3, 1, 580));
        assert_eq!(script.scenes[0].body, "Hello,\n\nhard or soft?");
        assert_eq!(script.scenes[1].staff.as_deref(), Some("priya"));
    }

    #[test]
    fn a_slip_of_the_pen_is_named_with_its_line() {
        let wrong = |text| Script::all(text).unwrap_err();
        assert_eq!(wrong("name: Ann\n@ w60 tue 09:40 writes").line, 2);
        assert!(wrong("@ yesterday writes").wrong.contains("yesterday"));
        assert!(wrong("Ann").wrong.contains("Ann"));
    }
}
