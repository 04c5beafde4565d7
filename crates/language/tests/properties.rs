//! What holds for any text: nothing breaks, and a fix changes words and nothing else.

use std::ops::Range;

use html5gum::{DefaultEmitter, Token, Tokenizer};
use language::{Auditor, Kind, Language, Role, Span};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};

const KINDS: [Kind; 11] = [
    Kind::Markdown,
    Kind::Mdx,
    Kind::Html,
    Kind::Template,
    Kind::Plain,
    Kind::Markup,
    Kind::Mail,
    Kind::Po,
    Kind::Json,
    Kind::Yaml,
    Kind::Ftl,
];

/// Pieces that mean something to one of the kinds, and words that are found.
const PIECES: &[&str] = &[
    "users can wait",
    "Users can",
    "users",
    "a user",
    "The user",
    "user's",
    "users' wishes",
    "end-users can",
    "we",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\r\n\r\n",
    "\t",
    "# ",
    "## Users can\n",
    "- ",
    "1. ",
    "> ",
    "**",
    "*",
    "_",
    "`",
    "``",
    "```\n",
    "~~~\n",
    "    ",
    "[",
    "]",
    "](",
    ")",
    "![",
    "[users can]: /users\n",
    "<users@can.example>",
    "<div>",
    "</div>",
    "<p>",
    "<q>",
    "</q>",
    "<code>",
    "</code>",
    "<pre>",
    "<!-- ",
    "-->",
    "<!--",
    "--!>",
    "<!",
    "<?",
    "</",
    "</>",
    ">",
    "<img alt='users can'>",
    "<br/>",
    "&amp;",
    "|",
    "| --- |\n",
    "---\n",
    "+++\n",
    "title: users can\n",
    "$$",
    "$",
    "\"",
    "“",
    "”",
    "«",
    "»",
    "„",
    "é",
    "ß",
    "\u{feff}",
    "\u{200b}",
    "日本",
    "\\",
    "/",
    "https://users.can/users",
    "user_id",
    "users.can",
    ".",
    ",",
    ":",
    "{{ users can }}",
    "{%",
    "msgid \"users can\"\n",
    "msgstr \"users can\"\n",
    "{\"users can\": \"users can\"}",
    "key = users can\n",
    "Subject: users can\n",
    "regard: allow people/user",
    " - a reason",
    "&#117;sers can",
    "~~",
    "[^1]",
    "[^1]: users can\n",
    "<script>",
    "</script>",
    "‘",
    "’",
    "‚",
    "‹",
    "›",
    "「",
    "」",
    "'",
    "''",
    "&quot;",
    "&ldquo;",
    "&rdquo;",
    "{# ",
    "#}",
    "%}",
    "{{< ",
    ">}}",
    "<%= ",
    "%>",
    "[[",
    "]]",
    "{",
    "}",
    "import users from 'users can'\n",
    "export const a = {\n",
    ".. image:: users can\n",
    "::\n",
    "----\n",
    "....\n",
    "#+BEGIN_SRC\n",
    "#+END_SRC\n",
    "  $ users can\n",
    ">>> ",
    "<tt>",
    "</tt>",
    "<b translate=no>",
    "</b>",
    "-term = users can\n",
];

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-zA-Z ]{0,6}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|it| it.concat())
}

fn kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(&KINDS[..])
}

fn fix(text: &str, kind: Kind) -> String {
    let mut text = text.to_owned();
    for _ in 0..8 {
        text = language::fixed(&text, &Auditor::shipped().in_language(&text, kind, Language::En).findings);
    }
    text
}

// What GitHub reads, and mathematics. Front matter stands at the very beginning only, which no option says.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
}

/// Markdown without its words: structure, code, targets, front matter.
fn markdown_structure(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let (mut shown, mut block) = (true, String::new());
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Text(words) if shown => all.extend(words.is_empty().then(String::new)),
            Event::InlineHtml(html) => all.extend(html_structure(&html)),
            Event::Html(line) => block.push_str(&line),
            other => {
                all.extend(html_structure(&std::mem::take(&mut block)));
                let told = format!("{other:?}");
                shown = match &told {
                    it if it.starts_with("Start(CodeBlock") || it.starts_with("Start(Metadata") => false,
                    it if it.starts_with("End(CodeBlock") || it.starts_with("End(Metadata") => true,
                    _ => shown,
                };
                all.push(told);
            }
        }
    }
    all
}

/// HTML without its words: tags, and attributes that nobody reads.
fn html_structure(text: &str) -> Vec<String> {
    let mut emitter = DefaultEmitter::<()>::default();
    emitter.naively_switch_states(true);
    let tokens = Tokenizer::new_with_emitter(text, emitter).flatten();
    tokens
        .filter_map(|it| match it {
            Token::StartTag(mut tag) => {
                tag.attributes.retain(|name, _| {
                    !["alt", "title", "label"].iter().any(|it| name.as_slice() == it.as_bytes())
                });
                Some(format!("{:?} {:?} {}", tag.name, tag.attributes, tag.self_closing))
            }
            Token::String(_) => None,
            other => Some(format!("{other:?}")),
        })
        .collect()
}

fn line_ends(text: &str) -> Vec<&str> {
    let end = |line: &str| if line.ends_with("\r\n") { 2 } else { usize::from(line.ends_with('\n')) };
    text.split_inclusive('\n').map(|it| &it[it.len() - end(it)..]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: u32::MAX, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn every_place_that_is_told_is_there(text in pieces(), kind in kind()) {
        let mut last = 0;
        for finding in Auditor::shipped().in_language(&text, kind, Language::En).findings {
            prop_assert_eq!(&text[finding.range.clone()], &finding.found);
            let before = &text[..finding.range.start];
            prop_assert_eq!(finding.line, before.matches('\n').count() + 1);
            prop_assert_eq!(finding.column, before.chars().rev().take_while(|it| *it != '\n').count() + 1);
            prop_assert!(finding.range.start >= last && !finding.sentence.contains('\n'));
            last = finding.range.start;
            if let Some(fix) = finding.fix {
                prop_assert!(text.get(fix.range).is_some() && fix.text.lines().count() == 1);
            }
        }
    }

    #[test]
    fn a_stretch_reads_alone_as_it_reads_within_the_whole(text in pieces()) {
        let places: Vec<usize> = text.match_indices("sers").map(|it| it.0).collect();
        // Whether an item of a list is a paragraph within depends on its neighbours, and changes nothing.
        let near = |spans: Vec<Span>| -> Vec<Option<(Range<usize>, Role)>> {
            let told = |at: &usize| spans.iter().find(|it| it.range.contains(at));
            places.iter().map(|at| told(at).map(|it| (it.range.clone(), it.role))).collect()
        };
        let (near, whole) = (near(Kind::Markdown.spans_near(&text, &places)), near(Kind::Markdown.spans(&text)));
        // What looks like the name of a link is left alone rather than looked up.
        let has_names = text.contains("]:");
        let is_same = |(near, whole): (&Option<_>, &Option<_>)| {
            near == whole || (has_names && (near.is_none() || whole.is_some()))
        };
        prop_assert!(near.iter().zip(&whole).all(is_same), "{:?}\n{:?}", near, whole);
    }

    #[test]
    fn any_text_of_any_language_can_be_read(text in any::<String>(), kind in kind()) {
        let audit = Auditor::shipped().measured(&text, kind);
        prop_assert!(audit.reading.is_some());
    }

    #[test]
    fn to_fix_twice_is_to_fix_once(text in pieces(), kind in kind()) {
        let once = fix(&text, kind);
        prop_assert_eq!(fix(&once, kind), once);
    }

    #[test]
    fn a_fix_leaves_the_structure_of_markdown(text in pieces()) {
        // Front matter, which the parser does not know to stand at the beginning only.
        prop_assume!(!["---", "+++", "\u{feff}"].iter().any(|it| text.starts_with(it)));
        prop_assert_eq!(markdown_structure(&fix(&text, Kind::Markdown)), markdown_structure(&text));
    }

    #[test]
    fn a_fix_leaves_the_structure_of_html(text in pieces()) {
        prop_assert_eq!(html_structure(&fix(&text, Kind::Html)), html_structure(&text));
    }

    #[test]
    fn a_fix_leaves_what_a_translation_is_looked_up_by(text in pieces()) {
        let originals = |text: &str| -> Vec<String> {
            text.lines().filter(|it| it.starts_with("msgid")).map(str::to_owned).collect()
        };
        prop_assert_eq!(originals(&fix(&text, Kind::Po)), originals(&text));
    }

    #[test]
    fn a_fix_leaves_ends_of_lines(text in pieces(), kind in kind()) {
        let fixed = fix(&text, kind);
        prop_assert_eq!(line_ends(&fixed), line_ends(&text));
        prop_assert_eq!(fixed.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
    }

    #[test]
    fn a_fix_leaves_what_is_not_ours(order in proptest::collection::vec(0..APART.len(), 1..12)) {
        let text: String = order.iter().map(|it| format!("Users can wait {} and our users can wait.\n\n", APART[*it])).collect();
        let fixed = fix(&text, Kind::Markdown);
        let wanted: String = order.iter().map(|it| format!("People can wait {} and our people can wait.\n\n", APART[*it])).collect();
        prop_assert_eq!(fixed, wanted);
    }
}

proptest! {
    #[test]
    fn a_fix_leaves_whole_blocks_that_are_not_ours(
        (blocks, order) in proptest::sample::select(BLOCKS).prop_flat_map(|it| {
            (Just(it), proptest::collection::vec(0..it.2.len(), 1..8))
        }),
        end in proptest::sample::select(&["\n", "\r\n"][..]),
    ) {
        let (kind, ours, theirs) = blocks;
        let text: String = order.iter().map(|it| format!("{ours}\n\n{}\n\n", theirs[*it])).collect();
        let text = text.replace('\n', end);
        let wanted = text.replace("Users can wait here.", "People can wait here.");
        prop_assert_eq!(fix(&text, kind), wanted);
    }

    #[test]
    fn a_licence_is_never_put_right(text in pieces(), kind in kind()) {
        let text = format!("Apache License\nVersion 2.0, January 2004\n\n{text}");
        prop_assert_eq!(fix(&text, kind), text);
    }
}

/// What is left alone as a whole, and between what words are put right, if they are.
const BLOCKS: &[(Kind, &str, &[&str])] = &[
    (
        Kind::Markdown,
        "Users can wait here.",
        &[
            "# Users can",
            "Users can\n---",
            "> users can",
            "```\nusers can\n```",
            "“Users can.\n\n“Users can.”",
            "The Users can.",
            "Users Can Can is a dance.",
        ],
    ),
    (
        Kind::Mdx,
        "Users can wait here.",
        &[
            "import a, { b } from 'users can'",
            "export const a = {\n  b: 'Users can',\n\n  c: ['users can']\n}",
            "{users can}",
            "{a.map((b) => {\n  users can\n})}",
            "# Users can",
        ],
    ),
    (
        Kind::Html,
        "<p>Users can wait here.</p>",
        &[
            "<h2>Users can</h2>",
            "<p translate=no>Users can <b>or</b> users can</p>",
            "<p>{{ users can }} and {% users can %}</p>",
            "<pre>Users can</pre>",
            "<tt>Users can</tt>",
            "<p>&ldquo;Users can&rdquo;</p>",
            "<p>“Users can</p><p>“Users can”</p>",
        ],
    ),
    (
        Kind::Plain,
        "Users can wait here.",
        &[
            "Users can\n=========",
            "  $ users can",
            "$ users can",
            "Run it:\n  users can",
            "  Users can\n  users can",
            "  - users can",
            ">>> a()\nUsers can",
            "| Users can |",
            "So ``users can``",
            "a   users can",
            "> users can",
        ],
    ),
    (
        Kind::Markup,
        "",
        &[
            "Users can",
            "Users can\n=========",
            ".. a::\n\n   users can",
            "----\nusers can\n----",
            "#+BEGIN_A\nusers can\n#+END_A",
        ],
    ),
    (Kind::Ftl, "a = Users can wait here.", &["-b = Users can\n    wait", "c = We { users can } wait"]),
];

/// What is left alone within a sentence.
const APART: &[&str] = &[
    "`users can`",
    "<https://users.example/users can>",
    "[there](/users \"users can\")",
    "\"as users can\"",
    "“users can”",
    "at https://example.org/users",
    "with users_can",
    "in /users/can",
    "for users@example.org",
    "$users",
    "<kbd>users can</kbd>",
    "![there](users.png)",
    "with --users",
    "{{ users can | safe }}",
    "{% if users can %}",
    "{# users can #}",
    "{{< users can >}}",
    "<%= users can %>",
    "[[users can]]",
    "![[users can]]",
    "‘users can’",
    "‹users can›",
    "「users can」",
    "‚users can‘",
    "``users can''",
    "'so users can'",
    "&quot;users can&quot;",
    "&ldquo;users can&rdquo;",
    "&#8220;users can&#8221;",
    "<tt>users can</tt>",
    "<b translate=\"no\">users can</b>",
    "<i class=\"notranslate\">users can</i>",
    "src/users can",
];

#[test]
fn front_matter_and_quotations_are_not_touched() {
    let text = "---\ntitle: users can\n---\n\n> users can\n\nusers can\r\n\n    users can\n";
    assert_eq!(fix(text, Kind::Markdown), text.replace("\nusers can\r", "\npeople can\r"));
}
