//! Where the house departs from its rules, and why. An entry without a thing it speaks of is itself a fault.

/// Tables with a `person_id` that are keyed otherwise.
pub const KEYED_OTHERWISE: &[(&str, &str)] = &[
    ("directory", "finds people by handle, so the handle comes first"),
    ("moment_directory", "finds a moment by its id before its person is known"),
    ("redirects", "finds a person by an id they no longer go by"),
];

/// Tables with a `person_id` whose rows belong to no profile, because joining and forgetting look after them by name.
pub const MADE_ANEW: &[(&str, &str)] = &[
    ("people", "computed from the rows of their profiles"),
    ("person_channels", "counted from moments"),
    ("person_words", "made from names and handles"),
    ("directory", "follows handles"),
    ("moment_directory", "follows moments"),
    ("redirects", "what a joining leaves"),
    ("presence", "who of us is there, for half a minute; it says nothing of the person"),
    ("duplicates", "an offer about two people; both must be as they were"),
];

/// Columns, as `table.column`, that only one engine has.
pub const ONE_ENGINE_ONLY: &[(&str, &str)] = &[
    ("moment_words.doc", "SQLite keeps the word index in a virtual table, whose number is its rowid"),
    ("moment_words.words", "SQLite keeps the word index in a virtual table"),
];

/// Files that may look at the clock or throw dice, and silence the lint that forbids it.
pub const DOORS: &[(&str, &str)] = &[
    ("crates/model/src/time.rs", "the door for time"),
    ("crates/model/src/world.rs", "the door for chance and ids"),
];

/// Files that may say something without the gate's word, because it is said among ourselves.
pub const TO_OURSELVES: &[(&str, &str)] = &[
    ("crates/bench/src/digests.rs", "a bare loop into a server of its own that forgets everything"),
    ("crates/delivery/src/alarm.rs", "tells those who look after the house that a mailbox is shut"),
    ("crates/delivery/src/digesting/trying.rs", "shows a digest to whoever writes it"),
    ("crates/delivery/src/morning.rs", "reminds one of us of a promise"),
    ("crates/delivery/src/trying/mod.rs", "a mailbox writes to itself"),
];

/// Files that may be long.
pub const LONG_FILES: &[(&str, &str)] = &[];

/// Where words stand that are not our own. The audit of language leaves them alone, as it does tests.
pub const OTHERS: &[(&str, &str)] = &[
    ("crates/bench/value/", "what other programs printed"),
    ("crates/demo/data/stories/", "people of the sample company speak as they are"),
    ("crates/language/packs/", "what not to say is said there; docs/language.md has the rest of it"),
    ("data/", "mails and sentences as they were written elsewhere"),
];
