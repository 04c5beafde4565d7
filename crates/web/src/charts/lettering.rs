//! Words in a drawing: how wide they run, where they break, and how they keep out of each other's way.

/// The size of letters in drawings; a phone shows them at about as many pixels.
pub(super) const SIZE: f64 = 13.0;
/// From one line to the next.
pub(super) const LINE: f64 = 16.0;

/// About how wide a text runs. Fonts differ, so it is rather too wide than too narrow.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(letter).sum::<f64>() * SIZE
}

fn letter(it: char) -> f64 {
    match it {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')'
        | ' ' | '\u{a0}' | '\u{2019}' => 0.37,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '\u{2026}' => 0.92,
        'A'..='Z' | '0'..='9' => 0.64,
        '\u{1100}'.. => 1.05,
        _ => 0.57,
    }
}

/// As many letters as have room, then an ellipsis.
pub(super) fn cut(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for it in text.chars() {
        if width(&short) + letter(it) * SIZE > room - letter('\u{2026}') * SIZE {
            break;
        }
        short.push(it);
    }
    format!("{}\u{2026}", short.trim_end())
}

/// Broken into at most so many lines; what has no room ends in an ellipsis.
pub(super) fn broken(text: &str, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split([' ', '\n']).filter(|it| !it.is_empty()) {
        let is_last = lines.len() == most;
        match lines.last_mut() {
            Some(line) if is_last || width(line) + width(" ") + width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|it| cut(it, room)).collect()
}

/// Moves blocks apart, given the middle each would like and its height, so that none covers another and all keep
/// between top and bottom as long as there is room.
pub(super) fn apart(wanted: &[(f64, f64)], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].0.total_cmp(&wanted[*b].0));
    let mut middles: Vec<f64> = wanted.iter().map(|it| it.0).collect();
    let mut free_from = top;
    for it in &order {
        let half = wanted[*it].1 / 2.0;
        middles[*it] = middles[*it].max(free_from + half);
        free_from = middles[*it] + half;
    }
    let mut free_to = bottom;
    for it in order.iter().rev() {
        let half = wanted[*it].1 / 2.0;
        middles[*it] = middles[*it].min(free_to - half);
        free_to = middles[*it] - half;
    }
    middles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_at_the_end_of_lines_do_not_overlap() {
        let moved = apart(&[(50.0, 16.0), (48.0, 16.0), (52.0, 32.0)], 0.0, 100.0);
        assert_eq!(moved, [60.0, 44.0, 84.0], "in the order of their lines, each below the one before");
        let at_the_bottom = apart(&[(99.0, 16.0), (98.0, 16.0)], 0.0, 100.0);
        assert_eq!(at_the_bottom, [92.0, 76.0]);
        assert_eq!(apart(&[(20.0, 16.0), (60.0, 16.0)], 0.0, 100.0), [20.0, 60.0], "who has room stays");
    }

    #[test]
    fn long_words_are_broken_and_cut() {
        assert_eq!(broken("People who came back", 90.0, 2), ["People who", "came back"]);
        assert_eq!(broken("One two three four five six", 40.0, 2).len(), 2);
        assert!(broken("Donaudampfschifffahrtsgesellschaft", 80.0, 2)[0].ends_with('\u{2026}'));
        assert_eq!(broken("", 80.0, 2), Vec::<String>::new());
    }
}
