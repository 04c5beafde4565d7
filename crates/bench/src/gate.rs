//! The gate: decisions a second on one core, over all cases that it is held to, with what is known of each person in hand.

use anyhow::{Result, anyhow};
use gate::{Decision, cases};
use model::Stopwatch;

use crate::report::{Line, Report, median};

/// The cases of the gate's own tests: every question refuses somewhere among them.
const CASES: &[&str] =
    &[include_str!("../../gate/tests/agreed.json"), include_str!("../../gate/tests/pinned.json")];
/// How often each is asked in a round, and the rounds; the median counts.
const TIMES: usize = 4000;
const ROUNDS: usize = 5;
/// The goal, in decisions a second.
const GOAL: f64 = 200_000.0;

/// Asks them again and again, on one core.
pub fn measure(quick: bool, report: &mut Report) -> Result<()> {
    let mut all = Vec::new();
    for text in CASES {
        all.extend(cases::read(text).map_err(|why| anyhow!("{why}"))?);
    }
    let times = if quick { TIMES / 40 } else { TIMES };
    let (mut rates, mut allowed) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        for _ in 0..times {
            // Counted, so that nothing of it is left out as useless.
            allowed += all.iter().filter(|it| matches!(it.decide(), Decision::Allow { .. })).count();
        }
        rates.push((times * all.len()) as f64 / watch.elapsed().as_secs_f64());
    }
    let rate = median(&rates);
    report.add(Line {
        what: format!(
            "the gate, {} cases, one core; {:.0} % of them may leave",
            all.len(),
            100.0 * allowed as f64 / (ROUNDS * times * all.len()) as f64
        ),
        engine: None,
        ours: format!("{rate:.0}/s"),
        bare: String::new(),
        ratio: None,
        goal: format!("at least {GOAL:.0}/s"),
        met: Some(rate >= GOAL),
    });
    Ok(())
}
