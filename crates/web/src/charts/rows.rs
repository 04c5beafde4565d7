//! Bars lying in rows: what they are called at the left, or above on a phone, and what they come to at their end.

use maud::{Markup, html};

use super::{
    figure::{Drawing, Sheet},
    lettering::{LINE, SIZE, broken, cut, width},
    scale::{Scale, is_known, n, reach},
};

/// The most a label takes of a wide sheet.
const LABEL: f64 = 230.0;
/// Between a bar and its value.
const GAP: f64 = 7.0;

/// One row: its bar in parts, from where to where.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) parts: Vec<(f64, f64, &'static str)>,
    /// Where it may lie.
    pub(super) whisker: Option<(f64, f64)>,
    pub(super) value: String,
    /// Its value stands left of its bar.
    pub(super) is_leftward: bool,
    /// It counts more than others.
    pub(super) is_firm: bool,
    /// Where the next row goes on.
    pub(super) leads_on: Option<f64>,
}

impl Row {
    fn ends(&self) -> impl Iterator<Item = f64> {
        let whisker = self.whisker.iter().flat_map(|it| [it.0, it.1]);
        self.parts.iter().flat_map(|it| [it.0, it.1]).chain(whisker)
    }
}

/// Where rows lie on their sheet.
struct Layout {
    x: Scale,
    tall: f64,
    bar: f64,
    /// Above the bar, within its row.
    over: f64,
    /// Labels stand above their bars, and what is nothing is marked at each bar.
    is_above: bool,
    labels: Vec<Vec<String>>,
}

/// Draws rows from a base, which is nothing unless somebody said so.
pub(super) fn on(sheet: Sheet, rows: &[Row], base: f64) -> Drawing {
    let lay = layout(sheet, rows, base);
    let height = lay.tall * rows.len() as f64 + 6.0;
    let marks = html! {
        @let zero = n(lay.x.at(base));
        @if !sheet.is_narrow { line.axis x1=(zero) x2=(zero) y1="0" y2=(n(height)) {} }
        @for (at, row) in rows.iter().enumerate() { (row_on(&lay, at, row, base)) }
    };
    Drawing { sheet: Sheet { height, ..sheet }, marks }
}

fn layout(sheet: Sheet, rows: &[Row], base: f64) -> Layout {
    let room = if sheet.is_narrow { sheet.width } else { LABEL };
    let most = if sheet.is_narrow { 1 } else { 2 };
    let labels: Vec<Vec<String>> = rows.iter().map(|it| broken(&it.label, room, most)).collect();
    let widest = |of: &dyn Fn(&Row) -> bool| {
        rows.iter().filter(|it| of(it)).map(|it| width(&it.value) + GAP).fold(0.0, f64::max)
    };
    let label = labels.iter().flatten().map(|it| width(it)).fold(0.0, f64::max) + 12.0;
    let left = if sheet.is_narrow { 0.0 } else { label } + widest(&|it: &Row| it.is_leftward);
    let right = sheet.width - widest(&|it: &Row| !it.is_leftward).max(4.0);
    let reach = reach(rows.iter().flat_map(Row::ends).chain([base])).unwrap_or((0.0, 1.0));
    let is_broken = labels.iter().any(|it| it.len() > 1);
    let (tall, bar, over) = match (sheet.is_narrow, is_broken) {
        (true, _) => (42.0, 14.0, 22.0),
        (false, true) => (42.0, 20.0, 11.0),
        (false, false) => (31.0, 18.0, 6.5),
    };
    Layout { x: Scale::new(reach, left + 1.0, right), tall, bar, over, is_above: sheet.is_narrow, labels }
}

fn row_on(lay: &Layout, at: usize, row: &Row, base: f64) -> Markup {
    let top = lay.tall * at as f64 + 3.0;
    let bar = top + lay.over;
    let middle = bar + lay.bar / 2.0;
    let known: Vec<f64> = row.ends().filter(|it| is_known(*it)).collect();
    let end = reach(known).map_or(base, |it| if row.is_leftward { it.0 } else { it.1 });
    let away = if row.is_leftward { -GAP } else { GAP };
    html! {
        (label(lay, at, row, top))
        @if lay.is_above && row.parts.iter().any(|it| it.0 == base) { @let zero = n(lay.x.at(base)); line.axis x1=(zero) x2=(zero) y1=(n(bar - 2.0)) y2=(n(bar + lay.bar + 2.0)) {} }
        @for (from, to, class) in row.parts.iter().filter(|it| is_known(it.0) && is_known(it.1)) {
            @let (from, to) = (lay.x.at(from.min(*to)), lay.x.at(from.max(*to)));
            rect class={"block " (class)} x=(n(from)) y=(n(bar)) width=(n((to - from).max(1.0))) height=(n(lay.bar)) {}
        }
        @if let Some((from, to)) = row.whisker.filter(|it| is_known(it.0) && is_known(it.1)) {
            path.whisker d={"M" (n(lay.x.at(from))) " " (n(middle - 4.0)) "v8m0-4H" (n(lay.x.at(to))) "m0-4v8"} {}
        }
        @if let Some(next) = row.leads_on.filter(|it| is_known(*it)) {
            @let x = n(lay.x.at(next));
            line.leader x1=(x) x2=(x) y1=(n(bar + lay.bar)) y2=(n(bar + lay.tall)) {}
        }
        text.value.haloed.firm[row.is_firm] x=(n(lay.x.at(end) + away)) y=(n(middle + SIZE * 0.36)) text-anchor=[row.is_leftward.then_some("end")] { (row.value) }
    }
}

/// At the left, its middle beside the bar's; on a phone above it.
fn label(lay: &Layout, at: usize, row: &Row, top: f64) -> Markup {
    let lines = lay.labels.get(at).map_or(&[][..], Vec::as_slice);
    let first = if lay.is_above {
        top + SIZE
    } else {
        top + lay.over + lay.bar / 2.0 - lines.len() as f64 * LINE / 2.0 + SIZE * 0.92
    };
    html! { @for (line, words) in lines.iter().enumerate() {
        text.label.haloed.firm[row.is_firm] x="0" y=(n(first + LINE * line as f64)) { (cut(words, 360.0)) }
    } }
}
