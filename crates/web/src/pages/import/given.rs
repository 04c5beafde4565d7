//! How somebody wishes a file to be read, as the form says it.

use ::house::Settings;
use delivery::importing::{Format, Wish};

use crate::problem::Problem;

/// What a form says, pair by pair, in its order.
pub(super) struct Given(Vec<(String, String)>);

impl Given {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of a field; empty if there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The wish, without the path and name of its file.
    pub(super) fn wish(&self, settings: &Settings) -> Result<Wish, Problem> {
        let some = |name: &str| Some(self.one(name).to_owned()).filter(|text| !text.is_empty());
        let format = some("format").map(|text| text.parse::<Format>()).transpose();
        let format = format.map_err(|why| Problem::unfit("format", why))?;
        Ok(Wish {
            format,
            map: self.map(format),
            date_format: some("date_format"),
            currency: letters("currency", some("currency"), 3)?,
            country: letters("country", some("country"), 2)?,
            zone: Some(settings.zone.clone()),
            own: self.own(settings),
            ..Wish::default()
        })
    }

    /// What each column is taken for - unless the file is now taken for something else, where the guess begins anew.
    fn map(&self, format: Option<Format>) -> Vec<String> {
        let same = format.is_some_and(|format| format.as_str() == self.one("was"));
        let pairs = self.all("meaning").zip(self.all("heading")).filter(|_| same);
        pairs.map(|(meaning, heading)| format!("{meaning}={heading}")).collect()
    }

    fn own(&self, settings: &Settings) -> Vec<String> {
        if self.0.iter().all(|(key, _)| key != "own") {
            return ours(settings);
        }
        let lines = self.one("own").lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }
}

/// How a file is read before anybody said anything.
pub(super) fn usual(settings: &Settings) -> Wish {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Wish {
        currency: some(&settings.currency),
        country: some(&settings.country),
        zone: some(&settings.zone),
        own: ours(settings),
        ..Wish::default()
    }
}

fn ours(settings: &Settings) -> Vec<String> {
    settings.own_domains.iter().chain(&settings.own_addresses).cloned().collect()
}

fn letters(field: &'static str, text: Option<String>, count: usize) -> Result<Option<String>, Problem> {
    let Some(text) = text.map(|text| text.to_ascii_uppercase()) else { return Ok(None) };
    match text.len() == count && text.bytes().all(|b| b.is_ascii_uppercase()) {
        true => Ok(Some(text)),
        false => Err(Problem::unfit(
            field,
            format!("“{text}” is not a {field}: it has {count} letters, like {}.", example(count)),
        )),
    }
}

fn example(count: usize) -> &'static str {
    if count == 2 { "DE" } else { "EUR" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        Given::new(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn columns_are_taken_for_what_was_chosen_until_the_file_is_taken_for_something_else() {
        let columns = [("heading", "Mail=1"), ("meaning", "email"), ("heading", "Who"), ("meaning", "name")];
        let people = [&[("was", "people"), ("format", "people")], &columns[..]].concat();
        let wish = given(&people).wish(&Settings::default()).unwrap();
        assert_eq!(wish.map, ["email=Mail=1", "name=Who"]);
        let orders = [&[("was", "people"), ("format", "orders")], &columns[..]].concat();
        assert!(given(&orders).wish(&Settings::default()).unwrap().map.is_empty());
    }

    #[test]
    fn a_country_or_currency_that_is_none_is_named() {
        let wrong = given(&[("country", "Germany")]).wish(&Settings::default()).unwrap_err();
        assert_eq!(wrong.field.as_deref(), Some("country"));
        assert_eq!(
            given(&[("currency", "eur")]).wish(&Settings::default()).unwrap().currency.as_deref(),
            Some("EUR")
        );
    }

    #[test]
    fn own_addresses_are_those_of_the_house_until_somebody_says_otherwise() {
        let settings = Settings { own_domains: vec!["roastery.example".into()], ..Settings::default() };
        assert_eq!(usual(&settings).own, ["roastery.example"]);
        assert!(given(&[("own", " ")]).wish(&settings).unwrap().own.is_empty());
    }
}
