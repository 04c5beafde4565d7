//! What every chart stands in: its title, what it says, a drawing for wide and one for narrow, and its numbers.

use maud::{Markup, html};

use super::table::Table;

/// A chart's place on its page.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// Unlike every other on the page: ids begin with it.
    pub(crate) key: String,
    /// What is shown, in a few words.
    pub(crate) title: String,
    /// What it says, in a sentence.
    pub(crate) says: String,
    /// Where its numbers can be downloaded.
    pub(crate) csv: Option<String>,
    /// Why there is nothing to draw yet, if so.
    pub(crate) empty: String,
    /// Whether the title is a heading of the second rank, directly under the page's; else of the third.
    pub(crate) is_second: bool,
}

/// What one drawing is drawn on. Its numbers are about pixels, wide and narrow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet {
    pub(super) name: &'static str,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) is_narrow: bool,
}

const WIDE: Sheet = Sheet { name: "wide", width: 640.0, height: 320.0, is_narrow: false };
const NARROW: Sheet = Sheet { name: "narrow", width: 360.0, height: 280.0, is_narrow: true };

/// A drawing, and the sheet it needed.
pub(super) struct Drawing {
    pub(super) sheet: Sheet,
    pub(super) marks: Markup,
}

impl Figure {
    pub(crate) fn new(key: &str, title: &str, says: &str) -> Self {
        Self {
            key: key.to_owned(),
            title: title.to_owned(),
            says: says.to_owned(),
            csv: None,
            empty: "Nothing to draw yet: it begins with the first numbers.".to_owned(),
            is_second: false,
        }
    }
    /// Where its numbers can be downloaded.
    pub(crate) fn csv(self, href: &str) -> Self {
        Self { csv: Some(href.to_owned()), ..self }
    }
    /// What to say while there is nothing: "Nothing to draw yet: ...".
    pub(crate) fn empty(self, words: &str) -> Self {
        Self { empty: words.to_owned(), ..self }
    }
    /// Its title stands directly under the page's.
    pub(crate) fn second(self) -> Self {
        Self { is_second: true, ..self }
    }
    /// The whole figure. `tells` is what somebody hears who does not see the drawing.
    pub(super) fn frame(
        &self,
        table: &Table,
        tells: &str,
        keys: Markup,
        draw: impl Fn(Sheet) -> Drawing,
    ) -> Markup {
        if table.is_empty() {
            return self.nothing();
        }
        html! {
            figure.chart id=(self.key) {
                (self.caption())
                (keys)
                (self.picture(draw(WIDE), tells))
                (self.picture(draw(NARROW), tells))
                (missing(table.unknown()))
                details {
                    summary { "The numbers" }
                    (table.draw(&self.title))
                    (self.download())
                }
            }
        }
    }
    pub(super) fn nothing(&self) -> Markup {
        html! { figure.chart id=(self.key) {
            figcaption { (self.heading()) }
            p.nothing { (self.empty) }
        } }
    }
    pub(super) fn caption(&self) -> Markup {
        html! { figcaption { (self.heading()) @if !self.says.is_empty() { p { (self.says) } } } }
    }
    pub(super) fn download(&self) -> Markup {
        html! { @if let Some(href) = &self.csv { p.small { a href=(href) download { "Download as CSV" } } } }
    }
    fn heading(&self) -> Markup {
        html! { @if self.is_second { h2 { (self.title) } } @else { h3 { (self.title) } } }
    }
    fn picture(&self, it: Drawing, tells: &str) -> Markup {
        let (key, name) = (&self.key, it.sheet.name);
        html! {
            svg class=(name) viewBox={"0 0 " (it.sheet.width) " " (it.sheet.height.ceil())} role="img"
                aria-labelledby={(key) "-" (name) "-title " (key) "-" (name) "-desc"} {
                title id={(key) "-" (name) "-title"} { (self.title) }
                desc id={(key) "-" (name) "-desc"} { (tells) }
                (it.marks)
            }
        }
    }
}

/// What could not be drawn.
pub(super) fn missing(count: usize) -> Markup {
    html! {
        @match count {
            0 => {}
            1 => p.small.soft { "One number is not known; it is left out." }
            _ => p.small.soft { (count) " numbers are not known; they are left out." }
        }
    }
}
