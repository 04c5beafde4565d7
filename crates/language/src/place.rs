//! Lines and columns of places, counted in one walk.

/// Walks through a text and says on which line and at which letter a place is. It never goes back.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    text: &'a str,
    here: usize,
    line: usize,
    column: usize,
}

impl<'a> Places<'a> {
    /// Begins at the first letter.
    pub fn of(text: &'a str) -> Self {
        Self { text, here: 0, line: 1, column: 1 }
    }

    /// Line and column of a place, both from 1. Places must be asked about in their order.
    pub fn at(&mut self, place: usize) -> (usize, usize) {
        let passed = &self.text[self.here..place.max(self.here)];
        self.line += memchr::memchr_iter(b'\n', passed.as_bytes()).count();
        match passed.rfind('\n') {
            Some(at) => self.column = 1 + passed[at + 1..].chars().count(),
            None => self.column += passed.chars().count(),
        }
        self.here = place.max(self.here);
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted_and_not_bytes() {
        let mut places = Places::of("äö\nüa b\n");
        assert_eq!(
            [places.at(0), places.at(4), places.at(5), places.at(7), places.at(7)],
            [(1, 1), (1, 3), (2, 1), (2, 2), (2, 2)]
        );
    }
}
