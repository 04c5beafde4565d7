//! Charts, drawn on the server: what they are about, what they say, a drawing for desk and phone, and the numbers.
//!
//! Each chart is a value that is drawn whole: `Lines::new(figure, across, up, series).goal(..).draw()`. Whatever it
//! shows also stands in its `table()`, which is what its page offers as CSV (`csv(&chart.table())`). What is not a
//! number is never drawn: lines have a gap there, the table a dash, and the figure says so.

mod axes;
mod bars;
mod figure;
mod format;
mod heat;
mod lettering;
mod lines;
mod path;
mod rows;
mod scale;
mod series;
mod spark;
mod steps;
mod table;
mod waterfall;
mod whale;

pub(crate) use axes::Axis;
pub(crate) use bars::{Bar, Bars};
pub(crate) use figure::Figure;
pub(crate) use format::{Format, day, month};
pub(crate) use heat::{Cohort, Heat};
pub(crate) use lines::Lines;
pub(crate) use series::Series;
pub(crate) use spark::spark;
pub(crate) use steps::Steps;
pub(crate) use table::{Cell, Column, Table, csv};
pub(crate) use waterfall::Waterfall;
pub(crate) use whale::Whale;
