//! Time grows with the length of a text, whatever stands in it.

use language::{Auditor, Kind, Language};
use rustix::time::{ClockId, clock_gettime};

/// Texts made so that careless code would go over them again and again.
const PATHS: &[(&str, &str)] = &[
    ("one line", "we ask users what they need, "),
    ("brackets", "(user"),
    ("quotations", "“users \"users "),
    ("quotations without an end", "„user "),
    ("backticks", "`user ``"),
    ("tags", "<b users=\"user"),
    ("links", "[user]("),
    ("one word", "user"),
    ("a path", "user/user_"),
    ("lists", "- user\n  - users\n"),
    ("quoted lines", "> users\n"),
    ("exceptions", "<!-- regard: allow people/user - a reason --> user\n"),
    ("articles", "a user a user"),
];

fn seconds(text: &str, kind: Kind) -> f64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let start = now();
    let audit = Auditor::shipped().in_language(text, kind, Language::En);
    let took = now() - start;
    assert!(audit.findings.len() <= text.len());
    took
}

#[test]
fn eight_times_the_text_takes_not_much_more_than_eight_times_as_long() {
    for kind in [Kind::Markdown, Kind::Html, Kind::Plain] {
        for (name, piece) in PATHS {
            let short = piece.repeat(6_000 / piece.len());
            let long = short.repeat(8);
            // The best of several, for the machine may have other things to do.
            let best = |text: &str| (0..2).map(|_| seconds(text, kind)).fold(f64::INFINITY, f64::min);
            let (few, many) = (best(&short), best(&long));
            assert!(many < few.max(0.002) * 20.0, "{name} as {kind:?}: {few} and {many} seconds");
        }
    }
}
