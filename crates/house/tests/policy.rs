//! The policy as a table that people read, kept true.

use std::{env, fs, path::Path};

const INTRO: &str = "# Who may do what\n\nThis table is printed from the policy itself (`crates/house/src/permission.rs`) and kept true by a test; run it\nwith `REGARD_BLESS=1` to write the table anew. A program's key never may more than the person who made it.\n\n";

#[test]
fn the_table_of_permissions_in_the_docs_is_the_policy() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.md");
    let is = format!("{INTRO}{}", house::policy_table());
    if env::var("REGARD_BLESS").is_ok() {
        fs::create_dir_all(path.parent().expect("docs/")).expect("docs/ can be made");
        fs::write(&path, &is).expect("the table can be written");
    }
    let was = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(was, is, "docs/permissions.md is out of date; REGARD_BLESS=1 writes it anew");
}
