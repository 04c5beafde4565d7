//! Whom profit comes from: added up from the best to the worst, it climbs above the whole and falls back to it.

use maud::{Markup, html};

use super::{
    axes::{Axis, Beside, Ground},
    figure::{Drawing, Figure, Sheet},
    format::Format,
    lettering::width,
    path,
    scale::{is_known, n, reach},
    table::{Cell, Column, Table},
};

/// More points than this nobody sees.
const MOST_POINTS: usize = 100;

/// Profit added up by share of people, the best first.
#[derive(Debug, Clone)]
pub(crate) struct Whale {
    pub(crate) figure: Figure,
    /// Which share of people earns which share of all profit.
    pub(crate) points: Vec<(f64, f64)>,
}

impl Whale {
    /// From points that somebody added up already: share of people, share of all profit.
    pub(crate) fn new(figure: Figure, points: Vec<(f64, f64)>) -> Self {
        Self { figure, points }
    }
    /// From what each earns. Where all together earn nothing, there are no shares of it.
    pub(crate) fn of(figure: Figure, mut profits: Vec<f64>) -> Self {
        profits.retain(|it| is_known(*it));
        profits.sort_by(|a, b| b.total_cmp(a));
        let (total, count) = (profits.iter().sum::<f64>(), profits.len());
        let add = |sum: &mut f64, it: &f64| {
            *sum += it;
            Some(*sum / total)
        };
        let shares = profits.iter().scan(0.0, add).enumerate();
        let points: Vec<(f64, f64)> =
            shares.map(|(n, share)| ((n + 1) as f64 / count as f64, share)).collect();
        Self { figure, points: if total > 0.0 { thinned(&points) } else { Vec::new() } }
    }
    pub(crate) fn draw(&self) -> Markup {
        let tells = self.peak_words().replacen('t', "T", 1) + ".";
        self.figure.frame(&self.table(), &tells, html! {}, |sheet| self.on(sheet))
    }
    pub(crate) fn table(&self) -> Table {
        let columns = ["The best so many", "earn of all profit"].map(|it| Column::new(it, &Format::Percent));
        let row = |it: &(f64, f64)| vec![Cell::Number(it.0), Cell::Number(it.1)];
        Table { columns: columns.to_vec(), rows: self.points.iter().map(row).collect() }
    }
    fn peak(&self) -> Option<(f64, f64)> {
        let known = self.points.iter().filter(|it| is_known(it.0) && is_known(it.1));
        known.fold(None, |best: Option<(f64, f64)>, it| match best {
            Some(best) if best.1 >= it.1 => Some(best),
            _ => Some(*it),
        })
    }
    fn peak_words(&self) -> String {
        let whole = |it: f64| Format::Percent.full((it * 100.0).round() / 100.0);
        self.peak().map_or_else(String::new, |(share, height)| {
            format!("the best {} earn {}", whole(share), whole(height))
        })
    }
    fn on(&self, sheet: Sheet) -> Drawing {
        let up = reach(self.points.iter().map(|it| it.1).chain([0.0, 1.0])).unwrap_or((0.0, 1.0));
        let up = (up.0, up.1 * 1.08);
        let across = Axis::new(Format::Percent, "of people, the best first");
        let ground = Ground::new(
            sheet,
            &across,
            &Axis::new(Format::Percent, "of all profit"),
            [(0.0, 1.0), up],
            Beside { right: 22.0, below: 0.0 },
        );
        let curve: Vec<(f64, f64)> = std::iter::once((0.0, 0.0)).chain(self.points.iter().copied()).collect();
        let marks = html! {
            (self.lost(&ground))
            (ground.draw())
            (whole(&ground))
            g.series-1.known { path.line d=(path::line(&curve, &ground.x, &ground.y)) {} }
            (self.peak_on(&ground))
        };
        Drawing { sheet, marks }
    }
    /// What those beyond the peak take back: between the peak's height and the curve.
    fn lost(&self, ground: &Ground) -> Markup {
        let peak = self.peak();
        let beyond = |(share, height): (f64, f64)| {
            let after = self.points.iter().filter(move |it| it.0 >= share);
            after.map(|it| (it.0, it.1, height)).collect::<Vec<_>>()
        };
        html! { @if let Some(peak) = peak.filter(|it| it.0 < 1.0) {
            path.lost d=(path::band(&beyond(peak), &ground.x, &ground.y)) {}
        } }
    }
    fn peak_on(&self, ground: &Ground) -> Markup {
        let words = self.peak_words();
        let (left, right, ..) = ground.edges();
        html! { @if let Some((share, height)) = self.peak() {
            @let (x, y) = (ground.x.at(share), ground.y.at(height));
            path.sign.series-1 d={"M" (n(x - 4.5)) " " (n(y)) "a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z"} {}
            @let start = (x - width(&words) / 2.0).clamp(left + 4.0, (right - width(&words)).max(left + 4.0));
            text.name.haloed.series-1 x=(n(start)) y=(n(y - 12.0)) { (words) }
        } }
    }
}

/// The line of what all earn together.
fn whole(ground: &Ground) -> Markup {
    let (left, right, ..) = ground.edges();
    let y = n(ground.y.at(1.0));
    html! { line.goal x1=(n(left)) x2=(n(right)) y1=(y) y2=(y) {} }
}

/// Every so many points; the last, and the highest of all, stay.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    let highest = points.iter().map(|it| it.1).fold(f64::MIN, f64::max);
    let keep =
        |(n, it): &(usize, &(f64, f64))| (n + 1) % every == 0 || n + 1 == points.len() || it.1 >= highest;
    points.iter().enumerate().filter(keep).map(|it| *it.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(profits: Vec<f64>) -> Whale {
        Whale::of(Figure::new("whale", "Whom profit comes from", "A few carry the rest."), profits)
    }

    #[test]
    fn the_peak_says_how_few_earn_more_than_all() {
        let whale = of(vec![-30.0, 80.0, 60.0, 20.0, -30.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(whale.peak_words(), "the best 30\u{a0}% earn 160\u{a0}%");
        let page = whale.draw().into_string();
        assert!(
            page.contains("class=\"lost\"") && page.contains(">the best 30\u{a0}% earn 160\u{a0}%</text>")
        );
    }

    #[test]
    fn many_people_make_a_short_page() {
        let whale = of((0..100_000).map(f64::from).collect());
        assert!(whale.points.len() <= MOST_POINTS + 2);
        assert_eq!(whale.points.last(), Some(&(1.0, 1.0)));
    }

    #[test]
    fn where_all_together_earn_nothing_there_are_no_shares() {
        assert!(of(vec![5.0, -5.0]).draw().into_string().contains("Nothing to draw yet"));
        assert!(of(vec![f64::NAN]).draw().into_string().contains("Nothing to draw yet"));
    }
}
