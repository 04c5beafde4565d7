//! One line of a chart: its name, its points, and how sure we are of it.

/// Colours a line can have; as many as the style sheet has.
const TONES: usize = 4;

/// What a line stands for, which decides how it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// It happened.
    Known,
    /// It is expected: dashed.
    Expected,
    /// Something to compare with: dotted, in grey.
    Compared,
}

/// One line of a chart.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    /// In the order of the first number. One that is not finite leaves a gap.
    pub(crate) points: Vec<(f64, f64)>,
    /// Where it may lie: at which x, from, to.
    pub(crate) band: Option<Vec<(f64, f64, f64)>>,
    pub(crate) style: Style,
    /// Its colour, from 1; by its place if none is given.
    pub(crate) tone: Option<usize>,
}

impl Series {
    pub(crate) fn new(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.to_owned(), points, band: None, style: Style::Known, tone: None }
    }
    /// Where it may lie: at which x, from, to.
    pub(crate) fn within(self, band: Vec<(f64, f64, f64)>) -> Self {
        Self { band: Some(band), ..self }
    }
    /// What is expected, not known.
    pub(crate) fn expected(self) -> Self {
        Self { style: Style::Expected, ..self }
    }
    /// What to compare with.
    pub(crate) fn compared(self) -> Self {
        Self { style: Style::Compared, ..self }
    }
    /// In the colour of another line, counted from 1.
    pub(crate) fn tone(self, tone: usize) -> Self {
        Self { tone: Some(tone), ..self }
    }
    /// The colour of the line at this place, counted from 1.
    pub(super) fn tone_at(&self, place: usize) -> usize {
        (self.tone.unwrap_or(place + 1).max(1) - 1) % TONES + 1
    }
    pub(super) fn class(&self, place: usize) -> String {
        let style = match self.style {
            Style::Known => "known",
            Style::Expected => "expected",
            Style::Compared => "compared",
        };
        format!("series-{} {style}", self.tone_at(place))
    }
    /// Every number it has on the way up, its band's too.
    pub(super) fn heights(&self) -> impl Iterator<Item = f64> {
        let band = self.band.iter().flatten().flat_map(|it| [it.1, it.2]);
        self.points.iter().map(|it| it.1).chain(band)
    }
    /// The last point that can be drawn.
    pub(super) fn last(&self) -> Option<(f64, f64)> {
        let is_known = |it: &&(f64, f64)| super::scale::is_known(it.0) && super::scale::is_known(it.1);
        self.points.iter().rev().find(is_known).copied()
    }
    /// The first point that can be drawn.
    pub(super) fn first(&self) -> Option<(f64, f64)> {
        let is_known = |it: &&(f64, f64)| super::scale::is_known(it.0) && super::scale::is_known(it.1);
        self.points.iter().find(is_known).copied()
    }
}
