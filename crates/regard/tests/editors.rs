//! Editors: VS Code's own protocol library talks with the language server of the program.
#![allow(clippy::unwrap_used)]

use std::{path::Path, process::Command};

#[test]
fn an_editor_shows_what_is_found_puts_it_right_and_takes_its_leave() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/editor");
    let there = scripts.join("node_modules/vscode-languageserver-protocol");
    assert!(there.is_dir(), "the protocol is not there: run `npm ci --prefix tests/editor`");
    let folder = tempfile::tempdir().unwrap();
    let talk = Command::new("node")
        .arg(scripts.join("talk.js"))
        .args([Path::new(env!("CARGO_BIN_EXE_regard")), folder.path()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&talk.stdout);
    println!("{said}");
    assert!(talk.status.success(), "{said}\n{}", String::from_utf8_lossy(&talk.stderr));
    assert!(said.ends_with("all is well\n"), "{said}");
}
