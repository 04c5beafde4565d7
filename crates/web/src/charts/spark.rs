//! A tiny line for tables: the way a number went, beside the number itself.

use maud::{Markup, html};

use super::{
    path,
    scale::{Scale, is_known, n, reach},
};

const WIDTH: f64 = 60.0;
const HEIGHT: f64 = 16.0;

/// Draws how a number went; `label` says it to whoever does not see it.
pub(crate) fn spark(values: &[f64], label: &str) -> Markup {
    let points: Vec<(f64, f64)> = values.iter().enumerate().map(|(n, it)| (n as f64, *it)).collect();
    let far = values.len().saturating_sub(1) as f64;
    html! {
        @if let Some(reach) = reach(values.iter().copied()) {
            @let (x, y) = (Scale::new((0.0, far), 2.0, WIDTH - 4.0), Scale::new(reach, HEIGHT - 3.0, 3.0));
            svg.spark viewBox={"0 0 " (WIDTH) " " (HEIGHT)} width=(WIDTH) height=(HEIGHT) role="img" aria-label=(label) {
                path.line d=(path::line(&points, &x, &y)) {}
                @if let Some((at, value)) = points.iter().rev().find(|it| is_known(it.1)) {
                    circle cx=(n(x.at(*at))) cy=(n(y.at(*value))) r="2" {}
                }
            }
        } @else { span.soft { "\u{2013}" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tiny_line_says_what_it_shows() {
        let drawn = spark(&[1.0, 3.0, f64::NAN, 2.0], "Orders: 1 to 2").into_string();
        assert!(drawn.contains("aria-label=\"Orders: 1 to 2\"") && drawn.contains("M2 13L20 3M56 8h0"));
        assert!(!drawn.contains("NaN"));
    }

    #[test]
    fn one_value_or_none_is_no_reason_to_fail() {
        assert!(spark(&[4.0], "Once").into_string().contains("<circle"));
        assert!(spark(&[f64::NAN], "Never").into_string().contains('\u{2013}'));
        assert!(!spark(&[], "Never").into_string().contains("<svg"));
    }
}
