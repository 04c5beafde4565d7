//! Amounts of money: whole minor units and a currency, never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in the currency's minor unit (cents, yen, fils).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; negative for money given back.
    pub minor: i64,
    /// ISO 4217 code, upper case.
    pub currency: String,
}

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a number, or with more digits than the currency has.
    #[error("\u{201c}{0}\u{201d} is not an amount like 11.77")]
    Amount(String),
    /// Not three letters.
    #[error("\u{201c}{0}\u{201d} is not a currency code like EUR")]
    Currency(String),
}

impl Money {
    /// Reads `11.77`, `1,234.50`, `1.234,50`, `-3` or `€ 5` in a currency. Two different separators: the last
    /// one is the decimal one; a single one followed by exactly three digits is refused as ambiguous unless
    /// the currency has three decimals or none could be meant.
    pub fn parse(text: &str, currency: &str) -> Result<Self, MoneyError> {
        let currency = currency.trim().to_ascii_uppercase();
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(MoneyError::Currency(currency.chars().take(20).collect()));
        }
        let wrong = || MoneyError::Amount(text.chars().take(40).collect());
        let digits = decimals(&currency);
        let bare: String =
            text.chars().filter(|c| !c.is_whitespace() && !"€$£¥'’\u{a0}\u{202f}".contains(*c)).collect();
        let bare = bare.strip_suffix(&currency).or_else(|| bare.strip_prefix(&currency)).unwrap_or(&bare);
        let (negative, bare) = match bare.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, bare.strip_prefix('+').unwrap_or(bare)),
        };
        let (whole, fraction) = split_decimals(bare).ok_or_else(wrong)?;
        let fraction_digits = fraction.trim_end_matches('0');
        if fraction_digits.len() > digits || (whole.is_empty() && fraction.is_empty()) {
            return Err(wrong());
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| wrong())? };
        let padded = format!("{fraction_digits:0<digits$}");
        let fraction: i64 = if padded.is_empty() { 0 } else { padded.parse().map_err(|_| wrong())? };
        let minor = whole
            .checked_mul(10i64.pow(digits as u32))
            .and_then(|w| w.checked_add(fraction))
            .ok_or_else(wrong)?;
        Ok(Self { minor: if negative { -minor } else { minor }, currency })
    }
}

/// Digits after the decimal point, by ISO 4217.
fn decimals(currency: &str) -> usize {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Whole and fractional digits of a number in either writing; nothing if it is not one or could be two.
fn split_decimals(text: &str) -> Option<(String, String)> {
    let separators: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    if separators.iter().any(|(_, c)| !matches!(c, '.' | ',')) {
        return None;
    }
    let grouped = |part: &str| part.split(['.', ',']).skip(1).all(|group| group.len() == 3);
    let bare = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    let Some((at, last)) = separators.last().copied() else {
        return Some((text.to_owned(), String::new()));
    };
    let same = separators.iter().filter(|(_, c)| *c == last).count();
    let tail = &text[at + 1..];
    if same > 1 {
        // The last separator repeats, so it groups thousands: 1.234.567
        return (separators.len() == same && grouped(text)).then(|| (bare(text), String::new()));
    }
    if separators.len() == 1 && tail.len() == 3 && at > 0 && !text.starts_with('0') {
        return None; // 1,234 and 1.234 mean different things in different countries
    }
    grouped(&text[..at]).then(|| (bare(&text[..at]), tail.to_owned()))
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = decimals(&self.currency);
        let sign = if self.minor < 0 { "-" } else { "" };
        let unit = 10u64.pow(digits as u32);
        let (whole, rest) = (self.minor.unsigned_abs() / unit, self.minor.unsigned_abs() % unit);
        match digits {
            0 => write!(f, "{sign}{whole} {}", self.currency),
            _ => write!(f, "{sign}{whole}.{rest:0digits$} {}", self.currency),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_either_writing_and_never_guessed() {
        let cents = |text| Money::parse(text, "eur").map(|m| m.minor);
        assert_eq!(cents("11.77"), Ok(1177));
        assert_eq!(cents("1.234,50 €"), Ok(123_450));
        assert_eq!(cents("1,234.5"), Ok(123_450));
        assert_eq!(cents("-3"), Ok(-300));
        assert_eq!(cents("0.00"), Ok(0));
        assert_eq!(cents("11.770"), Err(MoneyError::Amount("11.770".into())), "could be eleven thousand");
        assert!(cents("1.234").is_err(), "could be one or a thousand");
        assert!(cents("1.23.4").is_err());
        assert!(cents("12.345,678").is_err(), "a cent has no thousandths");
        assert!(cents("").is_err());
        assert!(cents("NaN").is_err());
        assert!(cents("99999999999999999999").is_err());
        assert_eq!(Money::parse("500", "JPY").unwrap().to_string(), "500 JPY");
        assert_eq!(Money::parse("-0.05", "USD").unwrap().to_string(), "-0.05 USD");
    }
}
