//! Chromium for tests: opens pages, presses keys, looks for what shuts people out.
//!
//! A [`Browser`] is a fresh Chromium with an empty profile. When it is dropped - or the test that holds it
//! panics or is killed - Chromium, chromedriver and the profile are gone.

mod axe;
mod browser;
mod command;
mod driver;
mod keys;
mod look;
mod passkeys;

pub use axe::{Place, Violation};
pub use browser::Browser;
pub use fantoccini::elements::Element;
pub use passkeys::Authenticator;
