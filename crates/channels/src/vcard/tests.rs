//! Cards as phones and mail programs write them.

use std::io::Cursor;

use model::{Fragment, Time};

use super::*;

fn open(bytes: &[u8], resume_at: u64) -> Cards<Cursor<Vec<u8>>> {
    let context = Context {
        source: "contacts.vcf".into(),
        seen_at: Time::from_seconds(1_780_000_000),
        country: Some("DE".into()),
    };
    Cards::open(Cursor::new(bytes.to_vec()), context, resume_at).unwrap()
}

fn all(bytes: &[u8], resume_at: u64) -> Vec<Heard> {
    let mut cards = open(bytes, resume_at);
    std::iter::from_fn(|| cards.next().unwrap()).collect()
}

fn one(text: &str) -> (Fragment, Vec<crate::File>, Vec<String>) {
    match all(text.as_bytes(), 0).remove(0) {
        Heard::Told { mut fragments, files, warnings, .. } => (fragments.remove(0), files, warnings),
        Heard::Refused { reason, .. } => panic!("refused: {reason}"),
    }
}

fn values(fragment: &Fragment) -> Vec<&str> {
    fragment.handles.iter().map(|handle| handle.value.as_str()).collect()
}

const ANN: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u-1\r\nREV:2026-03-01T10:00:00Z\r\nN:Söder;Ann;Maria;Dr.;\r\n\
FN:Dr. Ann Söder\r\nORG:Acme GmbH;Einkauf;\r\nTITLE:Leiterin\r\n\
EMAIL;type=INTERNET;type=WORK:ann@acme.example\r\nitem1.EMAIL;type=INTERNET:ann@home.example\r\n\
item1.X-ABLabel:Ferienhaus\r\nTEL;type=CELL;type=VOICE:030 901820\r\nitem2.URL:https://ann.example\r\n\
item2.X-ABLabel:_$!<HomePage>!$_\r\nURL:https://two.example\r\nADR;TYPE=HOME:;;Weg 1;Berlin;;10115;Germany\r\n\
BDAY:19850412\r\nNOTE:Likes coffee\\, black\\nand strong\r\nCATEGORIES:friends,coffee\r\n\
X-SOCIALPROFILE;type=twitter;x-user=annS:http://twitter.com/annS\r\nIMPP:xmpp:ann@jabber.example\r\n\
X-FAVOURITE:Guji\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n SkZJRg==\r\nEND:VCARD\r\n";

#[test]
fn everything_on_a_card_is_kept() {
    let (ann, files, warnings) = one(ANN);
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!((ann.key.as_str(), ann.seen_at.to_string().as_str()), ("u-1", "2026-03-01T10:00:00Z"));
    assert_eq!(
        values(&ann),
        ["ann@acme.example", "ann@home.example", "+4930901820", "twitter:anns", "xmpp:ann@jabber.example"]
    );
    for (field, value) in [
        ("name", "Dr. Ann Söder"),
        ("given_name", "Ann"),
        ("department", "Einkauf"),
        ("job_title", "Leiterin"),
        ("work email", "ann@acme.example"),
        ("ferienhaus email", "ann@home.example"),
        ("cell phone", "030 901820"),
        ("homepage website", "https://ann.example"),
        ("website", "https://two.example"),
        ("home address", "Weg 1, Berlin, 10115, Germany"),
        ("birthday", "1985-04-12"),
        ("tags", "friends, coffee"),
        ("x-favourite", "Guji"),
    ] {
        assert_eq!(ann.fields.get(field).map(String::as_str), Some(value), "{field}");
    }
    assert_eq!((ann.roles[0].account.as_str(), ann.roles[0].role.as_str()), ("Acme GmbH", "works_at"));
    assert_eq!(ann.moments[0].body, "Likes coffee, black\nand strong");
    assert_eq!(files[0].bytes, [0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46]);
    assert_eq!(ann.fields["photo"], format!("file:{}", files[0].digest));
}

#[test]
fn a_card_that_was_written_reads_back_equal() {
    let (mut ann, ..) = one(ANN);
    ann.handles.push(model::Handle::external("shop", "K;7").unwrap());
    let mut bytes = Vec::new();
    write(&mut bytes, &ann, None).unwrap();
    let (again, ..) = one(&String::from_utf8(bytes).unwrap());
    assert_eq!(again, ann);
}

#[test]
fn a_photo_that_is_handed_over_goes_into_the_card() {
    let (ann, files, _) = one(ANN);
    let mut bytes = Vec::new();
    write(&mut bytes, &ann, Some(&files[0].bytes)).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("\r\nPHOTO:data:image/jpeg;base64,"), "other programs look for it there: {text}");
    let (again, files_again, _) = one(&text);
    assert_eq!((again, &files_again[0].bytes), (ann, &files[0].bytes));
}

#[test]
fn old_phones_are_understood() {
    let text = b"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg\nTEL;CELL:+49 30 901820\nNOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0A=\ntwo\nEND:VCARD\n";
    let heard = all(text, 0);
    let Heard::Told { fragments, .. } = &heard[0] else { panic!("{heard:?}") };
    assert_eq!(fragments[0].fields["name"], "Jörg Müller");
    assert_eq!(fragments[0].moments[0].body, "one\ntwo");
    let raw = b"BEGIN:VCARD\nVERSION:3.0\nFN:J\xf6rg\nEND:VCARD\n";
    let Heard::Told { fragments, warnings, .. } = &all(raw, 0)[0] else { panic!() };
    assert_eq!(fragments[0].fields["name"], "Jörg");
    assert!(warnings[0].contains("windows-1252"));
}

#[test]
fn the_same_file_read_thrice_is_one_card_each() {
    let text = b"BEGIN:VCARD\nFN:Ann\nEND:VCARD\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n";
    let keys = |heard: Vec<Heard>| -> Vec<String> {
        heard
            .iter()
            .map(|h| match h {
                Heard::Told { fragments, .. } => fragments[0].key.clone(),
                _ => panic!(),
            })
            .collect()
    };
    let first = keys(all(text, 0));
    assert_ne!(first[0], first[1], "two cards alike are two people until somebody says otherwise");
    assert_eq!(first, keys(all(text, 0)));
}

#[test]
fn what_is_no_card_is_refused_where_it_stands() {
    let text = b"junk\n\nBEGIN:VCARD\nFN:Ann\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\nBEGIN:VCARD\nNOTE:x\nEND:VCARD\nBEGIN:VCARD\nKIND:group\nFN:Team\nEND:VCARD\nBEGIN:VCARD\nFN:Eve";
    let heard = all(text, 0);
    let reasons: Vec<(u64, &str)> = heard
        .iter()
        .map(|h| match h {
            Heard::Told { place, fragments, .. } => (place.line, fragments[0].fields["name"].as_str()),
            Heard::Refused { place, reason, .. } => (place.line, reason.as_str()),
        })
        .collect();
    assert_eq!(
        reasons,
        [
            (1, "the line stands outside of any card"),
            (3, "the card has no END:VCARD before the next begins"),
            (5, "Bob"),
            (8, "nothing on the card says who it is: no name, address or number"),
            (11, "the card is of a group, not of a person"),
            (15, "the card has no END:VCARD"),
        ]
    );
}

#[test]
fn taken_up_again_anywhere_the_cards_are_the_same() {
    let text =
        b"junk\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n\nBEGIN:VCARD\nFN:Ann\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n";
    let whole = all(text, 0);
    let (mut cards, mut offsets) = (open(text, 0), vec![0]);
    while cards.next().unwrap().is_some() {
        offsets.push(cards.offset());
    }
    for (done, offset) in offsets.into_iter().enumerate() {
        assert_eq!(all(text, offset), whole[done..], "from {offset}");
    }
}

#[test]
fn a_number_nobody_can_call_is_kept_and_said_so() {
    let (ann, _, warnings) = one("BEGIN:VCARD\nFN:Ann\nTEL;TYPE=work:12\nEND:VCARD\n");
    assert_eq!(ann.fields["work phone"], "12");
    assert!(warnings[0].starts_with("phone: "));
}

proptest::proptest! {
    #[test]
    fn whatever_a_card_holds_reads_back_equal(
        lines in proptest::collection::vec(
            (
                proptest::sample::select(vec![
                    "FN", "N", "NICKNAME", "EMAIL", "EMAIL;TYPE=work", "item1.EMAIL", "TEL", "TEL;TYPE=CELL", "item1.X-ABLABEL",
                    "ADR;TYPE=home", "URL", "BDAY", "ORG", "TITLE", "NOTE", "CATEGORIES", "UID", "REV", "IMPP",
                    "X-SOCIALPROFILE;TYPE=twitter", "X-SKYPE", "X-ODD", "ROLE", "LANG", "KIND", "PHOTO", "GEO",
                ]),
                "(ann@x\\.example|\\+49 30 901820|[ -~]{0,12}|([a-z;:,\\\\\"^= \u{e9}\u{301}n]|\\\\n){0,14}|(a b |\\\\n| ){0,5})",
            ),
            0..8,
        )
    ) {
        let card: String = lines.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        let card = format!("BEGIN:VCARD\r\nFN:Ann\r\n{card}END:VCARD\r\n");
        if let Some(Heard::Told { fragments, .. }) = all(card.as_bytes(), 0).first() {
            let mut bytes = Vec::new();
            write(&mut bytes, &fragments[0], None).unwrap();
            let written = String::from_utf8(bytes).unwrap();
            let (again, ..) = one(&written);
            proptest::prop_assert_eq!(&again, &fragments[0], "{}", written);
        }
    }
}

#[test]
fn a_line_that_goes_on_is_never_the_end_of_a_card_or_the_beginning_of_another() {
    let text = "  BEGIN:VCARD\nFN:Ann\nNOTE:a\n BEGIN:VCARD\n END:VCARD\nEMAIL:ann@acme.example\nEND:VCARD\n";
    let (ann, _, _) = one(text);
    assert_eq!(ann.moments[0].body, "aBEGIN:VCARDEND:VCARD");
    assert_eq!(values(&ann), ["ann@acme.example"]);
}

#[test]
fn tags_of_several_lines_are_one_list() {
    let (ann, _, _) = one("BEGIN:VCARD\nFN:Ann\nCATEGORIES:a,b\\nc\nCATEGORIES:b c, a , ;,d\nEND:VCARD\n");
    assert_eq!(ann.fields["tags"], "a, b c, d");
}
