//! The same files only searched for one word, by the parts that ripgrep is made of, as it does it: folder by folder, each
//! file read through a buffer.

use std::path::Path;

use anyhow::Result;
use grep_regex::RegexMatcher;
use grep_searcher::{BinaryDetection, SearcherBuilder, Sink, SinkMatch};
use model::Stopwatch;

/// A word that stands in most documentation, and not too often.
const WORD: &str = "user";

/// Counts lines with the word; looks at each, as whoever prints them does.
#[derive(Default)]
struct Count {
    lines: usize,
    bytes: usize,
}

impl Sink for Count {
    type Error = std::io::Error;

    fn matched(
        &mut self,
        _: &grep_searcher::Searcher,
        found: &SinkMatch<'_>,
    ) -> Result<bool, std::io::Error> {
        self.lines += 1;
        self.bytes += found.bytes().len();
        Ok(true)
    }
}

/// Searches a folder in this process, and prints what was done.
pub fn child(folder: &Path) -> Result<()> {
    let watch = Stopwatch::start();
    let matcher = RegexMatcher::new_line_matcher(WORD)?;
    let mut searcher =
        SearcherBuilder::new().line_number(false).binary_detection(BinaryDetection::quit(0)).build();
    let (mut count, mut bytes) = (Count::default(), 0);
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).build();
    for entry in walk.filter_map(Result::ok).filter(|it| it.file_type().is_some_and(|it| it.is_file())) {
        searcher.search_path(&matcher, entry.path(), &mut count)?;
    }
    let seconds = watch.elapsed().as_secs_f64();
    // Counted afterwards: only so that one sees that both sides read the same.
    for entry in ignore::WalkBuilder::new(folder).standard_filters(false).build().filter_map(Result::ok) {
        bytes += entry.metadata().ok().filter(std::fs::Metadata::is_file).map_or(0, |it| it.len());
    }
    std::hint::black_box(count.bytes);
    let done = serde_json::json!({ "bytes": bytes, "messages": count.lines, "seconds": seconds });
    println!("{done}");
    Ok(())
}
