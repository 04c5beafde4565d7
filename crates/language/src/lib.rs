//! Whether a text speaks of people as people: words that hold them at a distance, robotic phrases, tricks; why each
//! matters, and what to say instead.
//!
//! ```
//! use language::{Auditor, Kind};
//!
//! let audit = Auditor::shipped().audit("Each user may ask us. Do not touch `users`.", Kind::Markdown);
//! let found = &audit.findings[0];
//! assert_eq!((found.found.as_str(), found.say[0].as_str(), found.line, found.column), ("user", "person", 1, 6));
//! assert_eq!(audit.findings.len(), 1, "code is left alone");
//! ```
//!
//! # How it works
//! A [`Kind`] of text knows which of its bytes are words for people. Rules are data: [packs](Pack) in TOML, each
//! rule with its reason, examples it must find and counterexamples it must not, and conditions on the words around.
//! One automaton runs over the text and finds the words by which phrases are looked for; only near these are sentences
//! cut into words and held against the phrases. So time grows with the length of a text and hardly with the number of
//! rules. Everything is a function of its arguments: nothing is read from files, and nothing is remembered.
//!
//! # What is left alone
//! Code, addresses, names of code, front matter; what stands between quotation marks or in a quotation, for it is
//! somebody's own word; what an [exception](#exceptions) with a reason allows; and text in a [`Language`] of which
//! there are no rules, which is said in [`Audit::language`].
//!
//! # Fixes
//! A [`Finding`] says what could be said instead, the best first. Only where grammar surely holds it carries a
//! [`Fix`], and [`Auditor::fix`] puts these in place: markup, line ends and everything left alone stay as they are.
//!
//! # Exceptions
//! `regard: allow people/user - the manual of another program`, in a comment of the kind of text, holds for its line,
//! or for the next where it stands alone; with `allow-file` for the whole text. Without a reason it does not count, and
//! is found itself.
//!
//! # An organisation's own voice
//! [`Voice`] reads `.regard-language.toml`: the word for the people it deals with, what it always and never says, how
//! names are spelled, rules that are off, and rules of its own.

mod apart;
mod auditor;
mod book;
pub mod corpus;
mod exceptions;
mod finding;
mod language;
mod people;
mod phrase;
mod place;
mod quoting;
mod reading;
mod rule;
mod scan;
mod search;
mod several;
mod suggest;
mod sure;
mod text;
mod voice;
mod words;

pub use auditor::{Auditor, Mended, fixed, reading};
pub use finding::{Audit, Finding, Fix};
pub use language::Language;
pub use reading::{Ease, Reading};
pub use rule::{Consistent, Head, Level, Pack, Rule, RuleError, SHIPPED};
pub use text::{Family, Kind, Reads, Role, Span};
pub use voice::{Never, Voice};
