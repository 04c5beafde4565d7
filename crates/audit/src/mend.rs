//! Putting right what is safe: in the file itself, or as a patch that shows what would change.

use std::{fs, io, io::Write as _, path::Path};

use language::{Auditor, Kind, Language, Mended};
use similar::TextDiff;

use crate::choice::Choice;

/// Lines that are shown around what would change.
const AROUND: usize = 3;

/// What is done about what is safe to put right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Repair {
    /// Nothing.
    #[default]
    None,
    /// It is put right in the file.
    Write,
    /// It is shown as a patch.
    Show,
}

/// Puts right what is safe and counts. Mail was sent as it is, and stays so.
pub fn mended(
    auditor: &Auditor,
    choice: &Choice,
    text: &str,
    kind: Kind,
    language: Language,
) -> Option<Mended> {
    let mend = || auditor.mend(text, kind, language, |it| choice.counts(it));
    (kind != Kind::Mail).then(mend).filter(|it| it.places > 0)
}

/// Puts a text in the place of what a file said before, whole or not at all; whose it is and who may read and write it
/// stays the same.
///
/// # Errors
/// When the file may not be written to, or says something else by now.
pub fn write(path: &Path, before: &str, text: &str) -> io::Result<()> {
    // Where a link leads, the file there is changed, and the link stays.
    let path = fs::canonicalize(path)?;
    let known = fs::metadata(&path)?;
    // In a folder of ours we could put another file in its place all the same, against its owner's word.
    if known.permissions().readonly() || fs::OpenOptions::new().write(true).open(&path).is_err() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it may only be read, so it stays as it is",
        ));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".regard-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    keep_owner(file.as_file(), &known);
    file.as_file().set_permissions(known.permissions())?;
    file.as_file().sync_all()?;
    if fs::read(&path)? != before.as_bytes() {
        return Err(io::Error::other("somebody changed it meanwhile, so it stays as it is"));
    }
    file.persist(&path)?;
    Ok(())
}

// Only whoever may do everything can give a file to others, but many can give it to a group of theirs.
#[cfg(unix)]
fn keep_owner(file: &fs::File, known: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let _ =
        fchown(file, Some(known.uid()), Some(known.gid())).or_else(|_| fchown(file, None, Some(known.gid())));
}

#[cfg(not(unix))]
fn keep_owner(_file: &fs::File, _known: &fs::Metadata) {}

/// What would change, as a patch.
pub fn patch(name: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let (old, new) = (format!("a/{name}"), format!("b/{name}"));
    diff.unified_diff().context_radius(AROUND).header(&old, &new).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "In order to ask, we utilize it.\r\nIn order to wait, `in order to` utilize it.\r\n";

    fn mend(text: &str, choice: &Choice) -> Option<Mended> {
        mended(Auditor::shipped(), choice, text, Kind::Markdown, Language::En)
    }

    #[test]
    fn what_is_safe_is_put_right_and_once_is_enough() {
        let once = mend(TEXT, &Choice::default()).unwrap();
        assert_eq!(once.text, "To ask, we use it.\r\nTo wait, `in order to` use it.\r\n");
        assert_eq!(once.places, 4);
        assert_eq!(mend(&once.text, &Choice::default()), None);
    }

    #[test]
    fn what_was_put_off_and_mail_stay_as_they_are() {
        let choice = Choice { off: vec!["jargon/in-order-to".into()], ..Choice::default() };
        let text = mend(TEXT, &choice).map(|it| it.text).unwrap_or_default();
        assert!(text.starts_with("In order to ask, we use it."), "{text}");
        assert_eq!(
            mended(
                Auditor::shipped(),
                &Choice::default(),
                &format!("Subject: a\n\n{TEXT}"),
                Kind::Mail,
                Language::En
            ),
            None
        );
    }

    #[test]
    fn a_patch_shows_what_would_change() {
        let told = patch("a b.md", "one\ntwo\n", "one\nzwei\n");
        assert_eq!(told, "--- a/a b.md\n+++ b/a b.md\n@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let top = tempfile::tempdir().unwrap();
        let (file, link) = (top.path().join("a.md"), top.path().join("b.md"));
        fs::write(&file, "one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write(&link, "one", "two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(top.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[cfg(unix)]
    #[test]
    fn whose_a_file_is_stays_where_that_can_be() {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("a.md");
        fs::write(&file, "one").unwrap();
        // Whoever may not give files away has only files of their own.
        let _ = chown(&file, Some(12_345), Some(12_345));
        let owner = |it: &Path| fs::metadata(it).map(|it| (it.uid(), it.gid())).unwrap();
        let before = owner(&file);
        write(&file, "one", "two").unwrap();
        assert_eq!(owner(&file), before);
    }

    #[test]
    fn what_may_only_be_read_or_was_changed_meanwhile_stays() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("a.md");
        fs::write(&file, "theirs").unwrap();
        assert!(write(&file, "one", "two").unwrap_err().to_string().contains("meanwhile"));
        let mut permissions = fs::metadata(&file).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&file, permissions).unwrap();
        assert!(write(&file, "theirs", "two").unwrap_err().to_string().contains("only be read"));
        assert_eq!(fs::read_to_string(&file).unwrap(), "theirs");
        assert_eq!(fs::read_dir(top.path()).unwrap().count(), 1, "nothing is left behind");
    }
}
