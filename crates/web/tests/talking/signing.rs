//! What we send is signed (DKIM), and somebody else's program (dkimpy) finds the signature good.

use std::{io::Write as _, process::Stdio};

use axum::http::StatusCode;
use cast::letters::{Letter, letter};

use crate::{story, team::Team};

/// Asks dkimpy whether the signature of a mail is good, where the domain publishes this record under this name.
const VERIFY: &str = "
import sys, dkim
name, record = sys.argv[1].encode(), sys.argv[2].encode()
asked = lambda it, timeout=5: record if it.rstrip(b'.') == name else None
print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=asked, minkey=2048))";

fn is_good(bytes: &[u8], name: &str, record: &str) -> bool {
    let mut python = std::process::Command::new("/usr/bin/python3")
        .args(["-c", VERIFY, name, record])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(bytes).unwrap();
    match String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap().trim() {
        "True" => true,
        "False" => false,
        other => panic!("dkimpy said {other:?}"),
    }
}

#[test]
fn what_we_send_is_signed_once_the_record_is_published() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        let hers = asks(&team, &post, &ann).await;
        let sent = async |words: &str, count: usize| -> Letter {
            team.answers(&team.gets(&hers).await, words).await;
            post.arrived(&ann, count).await.remove(count - 1)
        };
        let (status, _) = team.posts("/house/mailboxes/signing", &[("domain", "elsewhere.example")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "nobody signs for others");

        let made = team.posts("/house/mailboxes/signing", &[("domain", "lantern.example")]).await;
        assert_eq!(made.0, StatusCode::SEE_OTHER, "{}", made.1);
        let page = team.gets("/house/mailboxes").await;
        let (name, record) = (after(&page, ">Name</dt>"), after(&page, ">Text</dt>"));
        assert!(name.ends_with("._domainkey.lantern.example"), "{name}");
        let unsigned = sent("Roasted on Tuesday.", 1).await;
        assert_eq!(unsigned.header("DKIM-Signature"), "", "nobody has published it yet");

        let begun = team.posts("/house/mailboxes/signing/lantern.example/begin", &[]).await;
        assert_eq!(begun.0, StatusCode::SEE_OTHER, "{}", begun.1);
        let mail =
            sent("And ground today.\n.\nFor 小悠, with  two  blanks \nand a blank at an end.\n\n\n", 2).await;
        assert!(is_good(mail.bytes(), &name, &record), "{}", String::from_utf8_lossy(mail.bytes()));
        let signed = mail.header("DKIM-Signature");
        assert!(signed.contains("d=lantern.example;") && signed.contains("in-reply-to"), "{signed}");
        for (was, is) in [("Subject: ", "Subject: Not "), ("ground", "gr0und")] {
            let text = String::from_utf8(mail.bytes().to_vec()).unwrap();
            assert!(text.contains(was), "{text}");
            assert!(!is_good(text.replacen(was, is, 1).as_bytes(), &name, &record), "{is} was changed");
        }

        // A second key does not put the first one aside; thrown away it signs nothing.
        team.posts("/house/mailboxes/signing", &[("domain", "lantern.example")]).await;
        assert_eq!(after(&team.gets("/house/mailboxes").await, ">Text</dt>"), record);
        team.posts("/house/mailboxes/signing/lantern.example/stop", &[]).await;
        assert_eq!(sent("Goodbye.", 3).await.header("DKIM-Signature"), "");
        for act in ["begin", "stop"] {
            let (status, _) =
                team.posts(&format!("/house/mailboxes/signing/lantern.example/{act}"), &[]).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "there is nothing to {act}");
        }
    });
}

async fn asks(team: &Team, post: &cast::post::Post, who: &str) -> String {
    post.send(who, &team.mailbox, &letter(who, &team.mailbox, "Beans", "Are they fresh?\r\n")).await;
    let inbox = team.sees("/conversations", "Are they fresh?").await;
    team.address(&team.person(&inbox, "Are they fresh?").await)
}

/// The text within the element after this.
fn after(page: &str, mark: &str) -> String {
    let rest = page.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark} on {page}"));
    rest.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned()
}
