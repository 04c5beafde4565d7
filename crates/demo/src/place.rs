//! Where the company is: its domain, its country, its money.

/// The company's own domain: whoever writes from here is one of us.
pub const DOMAIN: &str = "lanternrow.example";
/// The country of telephone numbers written without a code.
pub(crate) const COUNTRY: &str = "GB";
/// What its prices are in.
pub(crate) const CURRENCY: &str = "GBP";
