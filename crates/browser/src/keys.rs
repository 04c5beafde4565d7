//! Keys by the names that stand on them.

use anyhow::{Result, bail};
use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};

/// Keys held down together, such as `Shift+Tab`, and let go in reverse.
pub(crate) fn chord(names: &str) -> Result<KeyActions> {
    let keys = if names == "+" { vec!['+'] } else { names.split('+').map(key).collect::<Result<_>>()? };
    let down = keys.iter().map(|&value| KeyAction::Down { value });
    let up = keys.iter().rev().map(|&value| KeyAction::Up { value });
    Ok(down.chain(up).fold(keyboard(), InputSource::then))
}

/// One key after the other.
pub(crate) fn typing(text: &str) -> KeyActions {
    let pressed = text.chars().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
    pressed.fold(keyboard(), InputSource::then)
}

fn keyboard() -> KeyActions {
    KeyActions::new("keyboard".into())
}

fn key(name: &str) -> Result<char> {
    let key = match name {
        "Tab" => Key::Tab,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Space" => return Ok(' '),
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "ArrowUp" => Key::Up,
        "ArrowDown" => Key::Down,
        "Shift" => Key::Shift,
        "Control" => Key::Control,
        "Alt" => Key::Alt,
        "Meta" => Key::Meta,
        _ => return single(name),
    };
    Ok(key.into())
}

fn single(name: &str) -> Result<char> {
    let mut characters = name.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok(only),
        _ => bail!("there is no key \u{201c}{name}\u{201d}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_does_not_exist_is_named() {
        assert_eq!(key("Entre").unwrap_err().to_string(), "there is no key \u{201c}Entre\u{201d}");
        assert_eq!(key("n").unwrap(), 'n');
    }
}
