//! Languages that people may want to read, each by its own name.

/// Codes (BCP 47) and names.
pub(crate) const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ja", "日本語"),
    ("zh", "中文"),
];

/// What a language calls itself.
pub(crate) fn name(code: &str) -> &str {
    LANGUAGES.iter().find(|(it, _)| *it == code).map_or(code, |(_, name)| name)
}
