//! What the operator's monitoring reads: counts and times, in Prometheus' text form. No ids, no names.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Upper ends of the histogram's steps, in seconds: around what people notice.
const STEPS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Requests by route and status, and how long they took.
#[derive(Default)]
pub(crate) struct Metrics {
    routes: Mutex<BTreeMap<(String, u16), Times>>,
}

#[derive(Default, Clone)]
struct Times {
    steps: [u64; STEPS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts one answer. The route is its pattern, never the address asked for: that may name somebody.
    pub(crate) fn count(&self, route: &str, status: u16, took: Duration) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let times = routes.entry((route.to_owned(), status)).or_default();
        let seconds = took.as_secs_f64();
        times.count += 1;
        times.seconds += seconds;
        if let Some(step) = STEPS.iter().position(|end| seconds <= *end) {
            times.steps[step] += 1;
        }
    }

    /// All of it as text, with numbers of the moment added.
    pub(crate) fn text(&self, gauges: &[(&str, &str, i64)]) -> String {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut out = String::from("# HELP regard_requests_seconds Answers by route and status.\n");
        out.push_str("# TYPE regard_requests_seconds histogram\n");
        for ((route, status), times) in &routes {
            let labels = format!("route=\"{route}\",status=\"{status}\"");
            let mut below = 0;
            for (end, step) in STEPS.iter().zip(times.steps) {
                below += step;
                let _ = writeln!(out, "regard_requests_seconds_bucket{{{labels},le=\"{end}\"}} {below}");
            }
            let Times { count, seconds, .. } = times;
            let _ = writeln!(out, "regard_requests_seconds_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(out, "regard_requests_seconds_sum{{{labels}}} {seconds}");
            let _ = writeln!(out, "regard_requests_seconds_count{{{labels}}} {count}");
        }
        for (name, help, value) in gauges {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_route_and_status_and_steps_add_up() {
        let metrics = Metrics::default();
        metrics.count("/people/{id}", 200, Duration::from_millis(3));
        metrics.count("/people/{id}", 200, Duration::from_secs(60));
        let text = metrics.text(&[("regard_jobs_dead", "Jobs set aside.", 2)]);
        let has = |line: &str| assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        has("regard_requests_seconds_bucket{route=\"/people/{id}\",status=\"200\",le=\"0.005\"} 1");
        has("regard_requests_seconds_bucket{route=\"/people/{id}\",status=\"200\",le=\"30\"} 1");
        has("regard_requests_seconds_bucket{route=\"/people/{id}\",status=\"200\",le=\"+Inf\"} 2");
        has("regard_jobs_dead 2");
    }
}
