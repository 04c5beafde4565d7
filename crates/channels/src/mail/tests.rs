//! Archives of mail.

use std::io::Cursor;

use model::{Direction, Fragment, Time};

use super::*;
use crate::{Heard, Source};

fn context() -> Context {
    Context { source: "archive.mbox".into(), seen_at: Time::from_seconds(1_780_000_000), country: None }
}

fn open(text: &[u8], resume_at: u64) -> Mbox<Cursor<Vec<u8>>> {
    let ours = Ours::new(["acme.example", "ann@home.example"]);
    Mbox::open(Cursor::new(text.to_vec()), ours, context(), resume_at).unwrap()
}

fn all(text: &[u8], resume_at: u64) -> Vec<Heard> {
    let mut mbox = open(text, resume_at);
    std::iter::from_fn(|| mbox.next().unwrap()).collect()
}

fn told(heard: &Heard) -> &[Fragment] {
    match heard {
        Heard::Told { fragments, .. } => fragments,
        Heard::Refused { reason, .. } => panic!("refused: {reason}"),
    }
}

fn body(heard: &Heard) -> &str {
    &told(heard)[0].moments[0].body
}

const TWO: &[u8] = b"From a@x.example Sat Jan  5 09:14:16 2008\nFrom: Ann <a@x.example>\nTo: us@acme.example\nSubject: One\nDate: Sat, 5 Jan 2008 10:14:16 +0100\nMessage-ID: <1@x>\n\nHello\n\nFrom here it is far.\n>From there too.\n\nFrom b@y.example Sat Jan  5 10:00:00 2008\nFrom: Bob <b@y.example>\nTo: us@acme.example\nSubject: Two\nReferences: <1@x>\n\nBye\n";

#[test]
fn an_archive_is_told_message_by_message() {
    let heard = all(TWO, 0);
    assert_eq!(heard.len(), 2);
    assert_eq!(body(&heard[0]), "Hello\n\nFrom here it is far.\nFrom there too.");
    let (ann, bob) = (&told(&heard[0])[0], &told(&heard[1])[0]);
    assert_eq!(
        (ann.source.as_str(), ann.key.as_str(), ann.fields["name"].as_str()),
        ("mail", "a@x.example", "Ann")
    );
    assert_eq!(
        (ann.moments[0].at.to_string().as_str(), ann.moments[0].direction),
        ("2008-01-05T09:14:16Z", Direction::Heard)
    );
    assert_eq!(
        (bob.moments[0].thread.as_deref(), ann.moments[0].thread.as_deref()),
        (Some("<1@x>"), Some("<1@x>"))
    );
    assert_eq!(
        (bob.moments[0].at.to_string().as_str(), &bob.moments[0].data["date_from"]),
        ("2008-01-05T10:00:00Z", &"envelope".into())
    );
    assert_eq!(heard[1].place().line, 13);
}

#[test]
fn what_we_wrote_is_said_to_each_recipient_and_to_nobody_copied_in() {
    let text = b"From: Us <us@acme.example>\nTo: Ann <a@x.example>, b@y.example, A@x.example, ann@home.example\nCc: c@z.example\nSubject: Hi\nDate: Sat, 5 Jan 2008 10:14:16 +0100\n\nHi both\n";
    let heard = all(text, 0);
    let fragments = told(&heard[0]);
    let keys: Vec<&str> = fragments.iter().map(|fragment| fragment.key.as_str()).collect();
    assert_eq!(keys, ["a@x.example", "b@y.example"]);
    assert!(fragments.iter().all(|fragment| fragment.moments[0].direction == Direction::Said));
    assert_ne!(fragments[0].moments[0].key, fragments[1].moments[0].key);
    let inner = b"From: Us <us@acme.example>\nTo: ann@home.example\nSubject: Hi\n\nx\n";
    assert!(matches!(&all(inner, 0)[0], Heard::Refused { reason, .. } if reason.contains("nobody outside")));
}

#[test]
fn bodies_that_contain_an_archive_are_one_message_where_their_length_is_told() {
    let inner = "From z@z.example Sat Jan  5 09:14:16 2008\nSubject: pasted\n\n>From x\n";
    let body_text = format!("See:\n\n{inner}");
    let text = format!(
        "From a@x.example Sat Jan  5 09:14:16 2008\nFrom: a@x.example\nSubject: One\nContent-Length: {}\n\n{body_text}\nFrom b@x.example Sat Jan  5 09:14:17 2008\nFrom: b@x.example\nSubject: Two\n\nx\n",
        body_text.len()
    );
    let heard = all(text.as_bytes(), 0);
    assert_eq!((heard.len(), body(&heard[0])), (2, body_text.trim_end()));
    let wrong = text.replace("Content-Length: ", "Content-Length: 9");
    assert_eq!(all(wrong.as_bytes(), 0).len(), 3, "a length that leads nowhere is not believed");
}

#[test]
fn a_message_without_any_date_follows_the_one_before() {
    let text = b"From - Sat Jan  5 09:14:16 2008\nFrom: a@x.example\nDate: Sat, 5 Jan 2008 10:14:16 +0100\n\nx\n\nFrom - Sat Jan 99 09:14:16 2008\nFrom: a@x.example\nDate: never\n\ny\n";
    let heard = all(text, 0);
    let moment = &told(&heard[1])[0].moments[0];
    assert_eq!(
        (moment.at.to_string().as_str(), &moment.data["date_from"]),
        ("2008-01-05T09:14:16Z", &"order".into())
    );
}

#[test]
fn two_messages_with_one_id_are_both_kept_and_copies_are_one() {
    let mail = |body: &str| {
        format!("From - Sat Jan  5 09:14:16 2008\nFrom: a@x.example\nMessage-ID: <1@x>\n\n{body}\n\n")
    };
    let heard = all(format!("{}{}{}", mail("one"), mail("two"), mail("one")).as_bytes(), 0);
    let keys: Vec<&str> = heard.iter().map(|h| told(h)[0].moments[0].key.as_str()).collect();
    assert!(keys[0].starts_with("<1@x> ") && keys[0] != keys[1] && keys[0] == keys[2], "{keys:?}");
}

#[test]
fn taken_up_again_anywhere_the_messages_are_the_same() {
    let undated = b"\n\nFrom - Sat Jan 99 09:14:16 2008\nFrom: c@x.example\n\ny\n\nFrom - Sat Jan  5 09:14:16 2008\nX: y\n\nnobody\n";
    let headless = b"From a@x.example Sat Jan  5 09:14:16 2030\n\nHello\n";
    for before in [TWO, b"From: nobody\n\nx\n", headless] {
        resume_everywhere(&[before, undated].concat());
    }
}

fn resume_everywhere(text: &[u8]) {
    let whole = all(text, 0);
    assert!(whole.len() >= 3);
    let (mut mbox, mut offsets) = (open(text, 0), vec![0]);
    while mbox.next().unwrap().is_some() {
        offsets.push(mbox.offset());
    }
    for (done, offset) in offsets.into_iter().enumerate() {
        assert_eq!(all(text, offset), whole[done..], "from {offset}");
    }
}

#[test]
fn an_archive_that_was_written_reads_back_to_the_byte() {
    let mails: [&[u8]; 3] = [
        b"From: a@x.example\nSubject: x\n\nFrom here\n>From there\n\n\n",
        b"From: b@x.example\r\nSubject: x\r\n\r\nbody\r\n",
        b"From: c@x.example\nSubject: x\n\n",
    ];
    let mut archive = Vec::new();
    for mail in mails {
        write_mbox(&mut archive, mail, "a b@x.example", Time::from_seconds(0)).unwrap();
    }
    let heard = all(&archive, 0);
    for (mail, heard) in mails.iter().zip(&heard) {
        let Heard::Told { files, .. } = heard else { panic!("{heard:?}") };
        assert_eq!(String::from_utf8_lossy(&files[0].bytes), String::from_utf8_lossy(mail));
    }
    assert_eq!(heard.len(), 3);
}

#[test]
fn a_maildir_is_read_whatever_its_flags_and_folders() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("cur/1700000000.a:2,S", "From: a@x.example\nSubject: a\n\nx\n");
    put("new/1700000001.b", "From: b@x.example\nSubject: b\n\nlonger\n");
    put("tmp/1700000002.c", "From: c@x.example\nSubject: c\n\nx\n");
    put(".Sent/cur/1699999999.d:2,", "From: us@acme.example\nTo: d@x.example\nSubject: d\n\nx\n");
    put("cur/1700000003.e", "");
    let open =
        |resume_at| Maildir::open(folder.path(), Ours::new(["acme.example"]), context(), resume_at).unwrap();
    let rest =
        |mut maildir: Maildir| -> Vec<Heard> { std::iter::from_fn(|| maildir.next().unwrap()).collect() };
    let whole = rest(open(0));
    let keys: Vec<&str> = whole[..3].iter().map(|h| told(h)[0].key.as_str()).collect();
    assert_eq!(keys, ["d@x.example", "a@x.example", "b@x.example"]);
    assert!(
        matches!(&whole[3], Heard::Refused { reason, .. } if reason.starts_with("1700000003.e: it is no mail"))
    );
    let mut maildir = open(0);
    maildir.next().unwrap();
    assert_eq!(rest(open(maildir.offset())), whole[1..]);
    put("cur/1600000000.early", "From: z@x.example\nSubject: z\n\nx\n");
    assert_eq!(rest(open(maildir.offset())).len(), 5, "the folder changed, so all of it is read again");
}
