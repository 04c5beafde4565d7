//! A mailbox that is opened by signing in at a provider.

use std::time::Duration;

use axum::http::StatusCode;
use cast::{letters::letter, post::Post};
use tokio::time::sleep;

use crate::{dovecot, provider::Provider, story_alone, team::Team};

/// Tokens are renewed before they are spent and when they are found to be, each once; when the yes is taken back, that mailbox
/// stops and no other, those who look after the house are told, and after signing in once more everything is there.
#[test]
fn a_mailbox_with_tokens_goes_on_and_says_when_it_cannot() {
    story_alone(|team, post| async move {
        let provider = Provider::opens(&post).await;
        let bills = team.with(post.address("bills", "lantern.example"));
        bills.signs_in_for_its_mailbox(&post, &provider).await;
        team.sees("/house/mailboxes", "all is read as it comes").await;
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &bills.mailbox, &letter(&ann, &bills.mailbox, "Bill", "Did I pay?\r\n")).await;
        team.sees_mails(1).await;
        let (renewed, reused) = provider.renewals();
        assert!(renewed >= 1 && !reused, "the first token was short: {renewed} renewals");

        // All tokens turn out to be spent, while the house both reads and sends.
        provider.spends_all();
        dovecot(&post, "stop");
        dovecot(&post, "start");
        let inbox = team.sees("/conversations", "Did I pay?").await;
        let page = team.person(&inbox, "Did I pay?").await;
        team.answers(&page, "You did, on Monday.").await;
        assert!(post.arrived(&ann, 1).await[0].text().contains("You did, on Monday."));
        post.send(&ann, &bills.mailbox, &letter(&ann, &bills.mailbox, "Bill", "And in March?\r\n")).await;
        team.sees_mails(2).await;
        let (more, reused) = provider.renewals();
        assert!(more > renewed && !reused, "each renews once: {more} renewals");

        // The yes is taken back.
        provider.takes_it_back();
        dovecot(&post, "stop");
        dovecot(&post, "start");
        let page = team.sees("/house/mailboxes", "needs you").await;
        assert!(
            page.contains("the yes was taken back") && page.contains("all is read as it comes"),
            "{page}"
        );
        let today = team.gets("/").await;
        assert!(today.contains("has not been read since") && today.contains(&bills.mailbox), "{today}");
        let told = told(&post, &bills.mailbox).await;
        assert!(told.contains("the yes was taken back") && told.contains("Nothing is lost"), "{told}");
        post.send(&ann, &bills.mailbox, &letter(&ann, &bills.mailbox, "Bill", "Hello?\r\n")).await;
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Hello", "Is anybody there?\r\n")).await;
        team.sees_mails(3).await;

        // Somebody signs in once more, with nothing to enter.
        let id = team.mailbox_id(&bills.mailbox).await;
        let (status, page) = team.posts(&format!("/house/mailboxes/{id}/sign-in"), &[]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        bills.comes_back(&provider, &page).await;
        team.sees_mails(4).await;
        let page = team.sees("/house/mailboxes", "all is read as it comes").await;
        assert!(!page.contains("needs you"), "{page}");
        assert!(!team.gets("/").await.contains("has not been read since"));
        assert!(!provider.renewals().1, "no token was ever shown twice");
    });
}

/// An answer that nobody waited for, or that somebody else waited for, opens nothing.
#[test]
fn an_answer_that_nobody_waits_for_opens_nothing() {
    story_alone(|team, post| async move {
        let provider = Provider::opens(&post).await;
        let bills = team.with(post.address("bills", "lantern.example"));
        let page = bills.asks_to_sign_in(&post, &provider).await;
        let back = provider.says_yes(&crate::team::link(&page, "say-yes")).await;
        let forged = back.replace("state=", "state=x");
        assert!(team.gets(&forged).await.contains("obody here was waiting"));
        let refused = back.replace("code=", "error=access_denied&x=");
        assert!(team.gets(&refused).await.contains("access_denied"));
        assert!(team.gets(&back).await.contains("obody here was waiting"), "an answer counts once");
        let page = team.gets("/house/mailboxes").await;
        assert!(page.contains(&team.mailbox) && !page.contains(&bills.mailbox), "{page}");
    });
}

/// The mail that tells Ines about a mailbox.
async fn told(post: &Post, mailbox: &str) -> String {
    for _ in 0..300 {
        let all = post.lies_in("ines@lantern.example").await;
        if let Some(mail) = all.iter().find(|it| it.subject().contains(mailbox)) {
            assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
            return mail.text();
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody was told of {mailbox}");
}

impl Team {
    /// Ines enters the mailbox, and is shown where to say yes.
    async fn asks_to_sign_in(&self, post: &Post, provider: &Provider) -> String {
        let (imap, smtp, authority) = (post.port("imaps"), post.port("smtp"), post.authority());
        let (authorize, token) =
            (format!("{}/authorize", provider.address), format!("{}/token", provider.address));
        let fields = [
            ("address", self.mailbox.as_str()),
            ("way", "other"),
            ("client_id", "regard"),
            ("client_secret", "hush"),
            ("authorize", &authorize),
            ("token", &token),
            ("scope", "mail"),
            ("imap_host", "localhost"),
            ("imap_port", &imap.to_string()),
            ("smtp_host", "localhost"),
            ("smtp_port", &smtp.to_string()),
            ("smtp_security", "starttls"),
            ("authority", &authority),
            ("plus", "on"),
        ];
        let (status, page) = self.posts("/house/mailboxes", &fields).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    }

    async fn signs_in_for_its_mailbox(&self, post: &Post, provider: &Provider) {
        let page = self.asks_to_sign_in(post, provider).await;
        self.comes_back(provider, &page).await;
    }

    /// Ines says yes at the provider.
    async fn comes_back(&self, provider: &Provider, page: &str) {
        let back = provider.says_yes(&crate::team::link(page, "say-yes")).await;
        let page = self.gets(&back).await;
        assert!(page.is_empty(), "sent on to the mailboxes: {page}");
    }
}
