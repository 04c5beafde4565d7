//! The organisations and households that people act for.

use model::Fields;

use crate::script::{Script, built_in};

/// An organisation or a household.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// What it is called.
    pub name: String,
    /// `organisation` or `household`.
    pub kind: String,
    /// What it is, in a sentence.
    pub about: String,
    /// What else is known: its city, what it is to us, since when.
    pub fields: Fields,
}

/// The accounts as written, with what the trade needs to know of them.
pub fn scripts() -> Vec<Script> {
    built_in("accounts", include_str!("../data/accounts.txt"))
}

/// Every account.
pub fn accounts() -> Vec<Account> {
    let account = |script: &Script| {
        let text = |key| script.get(key).unwrap_or_default().to_owned();
        let fields = ["city", "trade", "tags"];
        let fields = fields.iter().filter_map(|key| Some(((*key).to_owned(), script.get(key)?.to_owned())));
        Account { name: text("account"), kind: text("kind"), about: text("about"), fields: fields.collect() }
    };
    scripts().iter().map(account).collect()
}

/// Whether an account is an organisation or a household.
///
/// # Panics
/// If a story names an account that is not among the accounts: a test tells them all.
pub fn kind(name: &str) -> String {
    let script = scripts().into_iter().find(|script| script.get("account") == Some(name));
    let script = script.unwrap_or_else(|| panic!("there is no account \u{201c}{name}\u{201d}"));
    script.get("kind").unwrap_or("organisation").to_owned()
}
