//! A mailbox writes to itself, and what its own server says of that mail is on the page.

use axum::http::StatusCode;
use cast::letters::Letter;

use crate::story;

#[test]
fn a_mailbox_that_writes_to_itself_shows_what_others_think_of_our_mail() {
    story(|team, post| async move {
        let id = team.mailbox_id(&team.mailbox).await;
        let asks = async || {
            let (status, text) = team.posts(&format!("/house/mailboxes/{id}/trial"), &[]).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        };
        asks().await;
        team.sees("/house/mailboxes", "A test mail came back").await;
        let page = team.gets("/house/mailboxes").await;
        assert!(page.contains("wrote nothing into it about SPF"), "{page}");
        assert_eq!((team.mails().await, team.people().await), (0, 0), "it is nobody's");

        // A server that looks at mail from its own addresses writes what it found above everything else.
        let mail = post.lies_in(&team.mailbox).await.remove(0);
        let text = String::from_utf8(mail.bytes().to_vec()).unwrap();
        let received = text.split("Received: ").nth(1).unwrap();
        let server = received.split("by ").nth(1).unwrap().split_whitespace().next().unwrap();
        let found = |who: &str, spf: &str| {
            let says = format!("Authentication-Results: {who}; spf={spf}; dkim=pass; dmarc=none\r\n");
            Letter::read(format!("{says}{text}").into_bytes())
        };
        post.put(&team.mailbox, &[found("mx.evil.example", "pass")]).await;
        post.put(&team.mailbox, &[found(server, "softfail")]).await;
        let page = team.sees("/house/mailboxes", "in doubt").await;
        assert!(page.contains("DKIM <span class=\"tag tag-good\">good"), "{page}");
        assert!(page.contains("DMARC <span class=\"tag\">nothing is said"), "{page}");

        // A new one begins anew, and a word about the old one does not count for it.
        asks().await;
        team.sees("/house/mailboxes", "wrote nothing into it about SPF").await;
        post.put(&team.mailbox, &[found(server, "pass")]).await;
        team.sees_journal("inside", 5).await;
        assert!(team.gets("/house/mailboxes").await.contains("wrote nothing into it about SPF"));
    });
}
