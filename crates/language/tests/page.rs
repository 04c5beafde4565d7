//! The page that tells of the rules says what the packs say, and speaks as they ask.

use std::fs;

use language::{Auditor, Consistent, Kind, Level, Pack, Rule, SHIPPED, Voice};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/language.md");
const BEGIN: &str = "<!-- the rules begin -->\n";
const END: &str = "<!-- the rules end -->";

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn row(pack: &Pack, id: &str, level: Level, why: &str, yes: &[String]) -> String {
    let found = yes.first().map(String::as_str).unwrap_or_default();
    format!("| `{}/{id}` | {} | {} | `{}` |\n", pack.pack.id, level.name(), cell(why), cell(found))
}

fn rules() -> String {
    let mut all = String::new();
    for (name, text) in SHIPPED {
        let pack = Pack::read(name, text).expect("what is shipped can be read");
        let about: Vec<&str> = text.lines().map_while(|it| it.strip_prefix("# ")).collect();
        all += &format!("\n### {name}\n\n{}\n\n| rule | level | why | finds |\n", about.join(" "));
        all += "| --- | --- | --- | --- |\n";
        pack.rules.iter().for_each(|it: &Rule| all += &row(&pack, &it.id, it.level, &it.why, &it.yes));
        let choices = pack.consistent.iter();
        choices.for_each(|it: &Consistent| all += &row(&pack, &it.id, Level::Note, &it.why, &it.yes));
    }
    all + "\n"
}

#[test]
fn the_page_tells_of_every_rule() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (head, rest) = page.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    let made = format!("{head}{BEGIN}{}{END}{tail}", rules());
    if std::env::var_os("REGARD_WRITE_GOLDENS").is_some() {
        fs::write(PAGE, &made).unwrap();
    }
    assert!(made == fs::read_to_string(PAGE).unwrap(), "write it anew with REGARD_WRITE_GOLDENS=1");
}

#[test]
fn the_page_shows_a_rule_and_a_voice_that_can_be_read() {
    let page = fs::read_to_string(PAGE).unwrap();
    let blocks: Vec<&str> = page.split("```toml\n").skip(1).filter_map(|it| it.split("```").next()).collect();
    let [pack, voice, _editor] = blocks.as_slice() else { panic!("three blocks of TOML: {}", blocks.len()) };
    let mut both = Voice::read(voice).unwrap();
    both.add("own", &pack.replace("id = \"robotic\"", "id = \"own\"")).unwrap();
    let own = Auditor::with(&both).unwrap();
    let found = own.audit("Your call is important to us. It is cheap.", Kind::Markdown).findings;
    assert!(found.iter().any(|it| it.rule.id == "own/important-to-us") && found.len() == 3, "{found:?}");
}

#[test]
fn the_page_passes_its_own_audit() {
    let page = fs::read_to_string(PAGE).unwrap();
    let found = Auditor::shipped().audit(&page, Kind::Markdown).findings;
    let told: Vec<String> =
        found.iter().map(|it| format!("{}:{} {}", it.line, it.rule.id, it.sentence)).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
