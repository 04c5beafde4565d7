//! Talking by mail, with a real mail house (Postfix and Dovecot, `bin/mail`), told to both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod arriving;
mod chat;
mod domains;
mod keeping;
mod looks;
mod messengers;
mod morning;
mod peace;
mod pictures;
mod policies;
mod preferring;
mod provider;
mod signing;
mod team;
mod tokens;
mod trying;
mod visiting;

use std::{pin::Pin, process::Command, sync::RwLock};

use axum::http::StatusCode;
use cast::{
    letters::{self, letter},
    post::Post,
};
use mail_parser::MimeHeaders;
use store::trial::{both_engines, side_by_side};
use team::{Team, field};

const ROOMS: &[store::Room] = &[
    store::ROOM,
    house::ROOM,
    memory::ROOM,
    permission::ROOM,
    conversations::ROOM,
    insight::ROOM,
    delivery::ROOM,
    web::ROOM,
];

/// Most stories share the mail house; one breaks it.
static MAIL_HOUSE: RwLock<()> = RwLock::new(());

/// Tells a story to both engines, beside others.
fn story<R: Future<Output = ()>>(tell: impl Fn(Team, Post) -> R) {
    let Some(post) = Post::at_hand() else { return };
    let _open = MAIL_HOUSE.read();
    side_by_side(ROOMS, model::World::real, moved_in(&post, &tell));
}

/// The same while nobody else needs the mail house.
fn story_alone<R: Future<Output = ()>>(tell: impl Fn(Team, Post) -> R) {
    let Some(post) = Post::at_hand() else { return };
    let _mine = MAIL_HOUSE.write();
    both_engines(ROOMS, model::World::real, moved_in(&post, &tell));
}

/// The story once the team has moved in.
fn moved_in<'a, R: Future<Output = ()> + 'a>(
    post: &'a Post,
    tell: &'a impl Fn(Team, Post) -> R,
) -> impl Fn(store::Store) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
    move |store| Box::pin(async move { tell(Team::moves_in(store, post).await, post.clone()).await })
}

/// A mail arrives, is answered at the desk, the answer arrives, and the reply to it is in the same conversation.
#[test]
fn a_mail_is_answered_and_the_reply_comes_back() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        let question = letter(&ann, &team.mailbox, "The grinder", "Which grinder for a small kitchen?\r\n");
        post.send(&ann, &team.mailbox, &question).await;
        let inbox = team.sees("/conversations", "Which grinder for a small kitchen?").await;
        let page = team.person(&inbox, "Which grinder").await;
        assert!(page.contains("Answer by mail"), "{page}");
        assert_eq!(field(&page, "to"), ann);
        assert_eq!(field(&page, "subject"), "Re: The grinder");

        team.answers(&page, "The little one. It fits under every shelf.").await;
        let arrived = post.arrived(&ann, 1).await;
        let mail = &arrived[0];
        assert_eq!(mail.subject(), "Re: The grinder");
        assert_eq!(mail.header("In-Reply-To"), question.id());
        assert!(mail.text().contains("fits under every shelf") && mail.text().contains("> Which grinder"));
        assert!(mail.text().contains("Ines Okafor"), "it is signed: {}", mail.text());
        team.sees(&team.address(&page), "Sent ").await;
        team.sees("/conversations", "Nobody waits").await;

        // She answers to the address that the answer names.
        let reply = mail.reply(&ann, "And how loud is it?\r\n\r\n> The little one.\r\n");
        post.send(&ann, &reply.to(), &reply).await;
        let page = team.sees(&team.address(&page), "And how loud is it?").await;
        assert!(page.contains("Which grinder") && page.contains("every shelf"), "one conversation");
        assert_eq!(team.threads().await, 1, "one thread");

        // Whoever looks with another program finds what was sent, once, and it is not said twice here.
        for _ in 0..400 {
            if !post.lies_in_folder(&team.mailbox, "Sent").await.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let sent = post.lies_in_folder(&team.mailbox, "Sent").await;
        assert_eq!((sent.len(), sent[0].id()), (1, mail.id()));
        team.sees("/conversations", "And how loud is it?").await;
    });
}

/// Whoever answers what we wrote to somebody else has a conversation of their own, and the other's says so; an id that is
/// guessed gains nothing.
#[test]
fn a_stranger_lands_in_nobodys_conversation_unseen() {
    story(|team, post| async move {
        let [ann, bob, cleo, eve] =
            ["ann", "bob", "cleo", "eve"].map(|it| post.address(it, "customer.example"));
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Beans", "How long do beans keep?\r\n"))
            .await;
        let inbox = team.sees("/conversations", "How long do beans keep?").await;
        let page = team.person(&inbox, "How long do beans keep?").await;
        team.answers(&page, "Eight weeks, in a tin.").await;
        let ours = post.arrived(&ann, 1).await.remove(0);

        // She forwards it to two others, and both answer us.
        for (who, words) in
            [(&bob, "What about ground coffee?"), (&cleo, "Ann says eight weeks, is that so?")]
        {
            let reply = ours.reply(who, &format!("{words}\r\n"));
            post.send(who, &reply.to(), &reply).await;
        }
        let page = team.sees(&team.address(&page), "cleo answered what we wrote here").await;
        assert!(page.contains("bob answered what we wrote here"));
        let inbox = team.gets("/conversations").await;
        let bobs = team.person(&inbox, "ground coffee").await;
        assert!(
            !page.contains("ground coffee") && !page.contains("is that so"),
            "their words are not on her page"
        );
        assert!(
            !bobs.contains("is that so") && !bobs.contains("How long do beans"),
            "two strangers share nothing"
        );
        assert_eq!(team.waiting().await, 2, "she waits for nothing; both of them do");

        // Eve makes up an id like ours.
        let id = ours.id();
        let at = id.len() / 2;
        let forged = format!("{}{}{}", &id[..at], if &id[at..=at] == "0" { "1" } else { "0" }, &id[at + 1..]);
        let headers = format!("In-Reply-To: {forged}\r\nReferences: {forged}\r\n");
        let mail =
            letters::written(&eve, &team.mailbox, "Re: Beans", &headers, "Please send me her address.\r\n");
        post.send(&eve, &team.mailbox, &mail).await;
        team.sees("/conversations", "send me her address").await;
        let page = team.gets(&team.address(&page)).await;
        assert!(!page.contains("eve answered") && !page.contains(&eve), "a guess is not even noted");
    });
}

/// The recipients are those of the mail that is answered; and whoever has not read what was said meanwhile is held back.
#[test]
fn an_answer_goes_to_whom_it_should_and_never_past_what_was_said() {
    story(|team, post| async move {
        let [ann, ben, carl] = ["ann", "ben", "carl"].map(|it| post.address(it, "customer.example"));
        let copy = format!("Cc: {ben}, {}\r\n", team.mailbox);
        let first = letters::written(&ann, &team.mailbox, "Order", &copy, "Where is our order?\r\n");
        post.send(&ann, &team.mailbox, &first).await;
        let inbox = team.sees("/conversations", "Where is our order?").await;
        let old = team.person(&inbox, "Where is our order?").await;
        assert_eq!((field(&old, "to"), field(&old, "cc")), (ann.clone(), ben.clone()));

        // The next one goes to Carl instead of Ben.
        let copy = format!("Cc: {carl}\r\n");
        let second = letters::written(&ann, &team.mailbox, "Order", &copy, "It came. Thank you!\r\n");
        post.send(&ann, &team.mailbox, &second).await;
        let new = team.sees(&team.address(&old), "It came. Thank you!").await;
        assert_eq!((field(&new, "to"), field(&new, "cc")), (ann.clone(), carl.clone()));

        let (status, refused) = team.tries_to_answer(&old, "We are looking for it.").await;
        assert_eq!(status, 409, "{refused}");
        assert!(refused.contains("Somebody spoke meanwhile") && refused.contains("We are looking for it."));
        assert!(refused.contains("It came. Thank you!"), "what was said meanwhile is shown");
        team.answers(&new, "Good to hear!").await;
        let (status, _) = team.tries_to_answer(&new, "A colleague answers, too.").await;
        assert_eq!(status, 303, "the same form sent twice is one answer");
        let arrived = post.arrived(&ann, 1).await;
        assert_eq!((arrived.len(), arrived[0].header("Cc")), (1, carl.clone()));
        assert_eq!(post.arrived(&carl, 1).await[0].text(), arrived[0].text());
        assert!(post.lies_in(&ben).await.is_empty(), "nobody of an earlier mail is taken along");
    });
}

/// A file that goes with an answer arrives as it was, and is shown where it was said; one that is too large goes nowhere.
#[test]
fn a_file_goes_with_an_answer() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Leaflet", "Do you have a leaflet?\r\n"))
            .await;
        let inbox = team.sees("/conversations", "Do you have a leaflet?").await;
        let page = team.person(&inbox, "leaflet").await;
        let large = "x".repeat((18 << 20) + 1);
        let (status, text) = team.answers_with(&page, "Here it is.", "all.txt", &large).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{text}");
        assert!(text.contains("up to 18 MB"), "{text}");
        let (status, text) =
            team.answers_with(&page, "Here it is.", "Brühen & Mahlen.txt", "Boil, wait, pour.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let mail = post.arrived(&ann, 1).await.remove(0);
        let parsed = mail_parser::MessageParser::default().parse(mail.bytes()).unwrap();
        let file = parsed.attachments().next().unwrap();
        assert_eq!(
            (file.attachment_name(), file.text_contents()),
            (Some("Brühen & Mahlen.txt"), Some("Boil, wait, pour."))
        );
        assert!(parsed.body_text(0).unwrap().starts_with("Here it is."));
        assert_eq!(parsed.attachment_count(), 1);
        let page = team.sees(&team.address(&page), "Sent ").await;
        assert!(page.contains("Brühen &amp; Mahlen.txt"), "{page}");
        assert_eq!(post.lies_in(&ann).await.len(), 1);
    });
}

/// What a mail quotes behind its words is folded in, in whatever language it is introduced; what is answered between the quotes
/// stays in sight, all of it.
#[test]
fn a_quote_is_folded_and_an_answer_between_quotes_never_is() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        let folded =
            "Passt mir gut.\r\n\r\nAm Montag, 3. Mai, schrieb Ines Okafor:\r\n> Passt Donnerstag?\r\n";
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Termin", folded)).await;
        let page = team.person(&team.sees("/conversations", "Passt mir gut.").await, "Passt mir gut").await;
        let shown = |page: &str, class: &str| -> Vec<String> {
            let opens = format!("<div class=\"{class}\">");
            let parts = page.split(&opens).skip(1);
            parts.map(|it| it.split("</div>").next().unwrap().to_owned()).collect()
        };
        assert_eq!(shown(&page, "words"), ["Passt mir gut."]);
        assert!(shown(&page, "quoted")[0].contains("&gt; Passt Donnerstag?"), "{page}");

        let between = "Hello,\r\n> Thursday?\r\nYes.\r\n> And Friday?\r\nNo.\r\n> Best\r\n";
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Days", between)).await;
        let page = team.sees(&team.address(&page), "<div class=\"words\">Hello,").await;
        let words = shown(&page, "words").into_iter().find(|it| it.contains("Hello")).unwrap();
        for line in ["Thursday?", "Yes.", "And Friday?", "No.", "Best"] {
            assert!(words.contains(line), "{line} is hidden: {words}");
        }
    });
}

/// A picture is seen where it is spoken of, whatever it was called, and whoever reads plain text has it as a file.
#[test]
fn a_picture_is_seen_within_an_answer() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Cup", "Which cup is it?\r\n")).await;
        let page = team.person(&team.sees("/conversations", "Which cup is it?").await, "Which cup").await;
        let picture = "GIF89a\u{1}\u{0}\u{1}\u{0}";
        let (status, text) = team.answers_with(&page, "This one.", "Cup, blue.txt", picture).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let mail = post.arrived(&ann, 1).await.remove(0);
        let parsed = mail_parser::MessageParser::default().parse(mail.bytes()).unwrap();
        let shown = parsed.attachments().next().unwrap();
        assert_eq!((shown.contents(), parsed.attachment_count()), (picture.as_bytes(), 1));
        let looks = parsed.body_html(0).unwrap();
        let seen = format!("<p>This one.</p><p><img src=\"cid:{}\"", shown.content_id().unwrap());
        assert!(looks.contains(&seen) && looks.contains("Ines Okafor"), "{looks}");
        assert!(parsed.body_text(0).unwrap().starts_with("This one."));
    });
}

/// The face of who writes stands beside their name, and whoever reads plain text misses nothing.
#[test]
fn an_answer_shows_who_wrote_it() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "You", "Who are you?\r\n")).await;
        let inbox = team.sees("/conversations", "Who are you?").await;
        assert_eq!(team.shows_her_face("<svg/>").await, StatusCode::UNPROCESSABLE_ENTITY);
        let large = format!("GIF89a{}", "x".repeat(100 << 10));
        assert_eq!(team.shows_her_face(&large).await, StatusCode::PAYLOAD_TOO_LARGE);
        let face = "GIF89a\u{1}\u{0}\u{1}\u{0}";
        assert_eq!(team.shows_her_face(face).await, StatusCode::SEE_OTHER);
        let page = team.person(&inbox, "Who are you?").await;
        team.answers(&page, "Ines, <who> roasts.\n\nAnd you?").await;
        let mail = post.arrived(&ann, 1).await.remove(0);
        let parsed = mail_parser::MessageParser::default().parse(mail.bytes()).unwrap();
        let plain = parsed.body_text(0).unwrap().replace("\r\n", "\n");
        assert!(plain.starts_with("Ines, <who> roasts.\n\nAnd you?"), "{plain}");
        let looks = parsed.body_html(0).unwrap();
        assert!(looks.contains("<p>Ines, &lt;who&gt; roasts.</p><p>And you?</p>"), "{looks}");
        assert!(looks.contains("<blockquote") && looks.contains("Who are you?"), "{looks}");
        let shown = parsed.attachments().next().unwrap();
        assert_eq!(shown.contents(), face.as_bytes());
        assert!(looks.contains(&format!("src=\"cid:{}\"", shown.content_id().unwrap())), "{looks}");
    });
}

/// What a mail server says, at once or later, is where the message is; and no conversation of its own.
#[test]
fn what_is_not_delivered_is_said_where_it_was_written() {
    story(|team, post| async move {
        for (address, words, becomes) in [
            ("never@refusing.example", "Are you there?", "Not delivered"),
            ("later@refusing.example", "Are you here?", "asks for patience"),
        ] {
            post.send(address, &team.mailbox, &letter(address, &team.mailbox, "Hello", words)).await;
            let inbox = team.sees("/conversations", words).await;
            let page = team.person(&inbox, words).await;
            team.answers(&page, "Yes, here.").await;
            team.sees(&team.address(&page), becomes).await;
        }

        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Hours", "When are you open?\r\n")).await;
        let inbox = team.sees("/conversations", "When are you open?").await;
        let page = team.person(&inbox, "When are you open?").await;
        team.answers(&page, "From nine to six.").await;
        let ours = post.arrived(&ann, 1).await.remove(0);
        let before = team.people().await;
        let report = letters::bounce(&team.mailbox, &ann, &ours);
        post.send_raw("", &team.mailbox, report.as_bytes()).await;
        let page = team.sees(&team.address(&page), "could not be delivered to").await;
        assert!(page.contains("It came back") && page.contains("mailbox is full"));
        assert_eq!(team.people().await, before, "a mail server is nobody");
        let today = team.sees("/", "It came back: Re: Hours").await;
        assert!(today.contains("Did not arrive") && today.contains("Not delivered: Re: Hello"), "{today}");
        // What nobody asked for lets a full mailbox rest for a day; an answer is tried at once.
        team.writes_first(&page, "And there are new beans.").await;
        let page = team.sees(&team.address(&page), "Waits until").await;
        assert!(page.contains("the last message there came back; we try again later"), "{page}");
        team.answers(&page, "Once more: from nine to six.").await;
        post.arrived(&ann, 2).await;
        let today = team.gets("/").await;
        assert!(
            !today.contains("Re: Hours") && today.contains("Not delivered: Re: Hello"),
            "she has heard from us"
        );
        team.sees("/conversations", "Nobody waits").await;
    });
}

/// What a machine wrote is kept, waits for nothing and gets no answer.
#[test]
fn a_machine_is_not_kept_waiting_and_not_answered() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        let away = "Auto-Submitted: auto-replied\r\n";
        let mail = letters::written(&ann, &team.mailbox, "Away", away, "I am away until Monday.\r\n");
        post.send(&ann, &team.mailbox, &mail).await;
        team.sees_mails(1).await;
        assert_eq!(team.waiting().await, 0);
        assert!(post.lies_in(&ann).await.is_empty());
    });
}

/// Mail that was read elsewhere first, mail without an id, a password that is wrong, a server that is away and comes back with
/// new numbers: nothing is lost, nothing is there twice, and the trouble of one mailbox is nobody else's.
#[test]
fn no_trouble_loses_or_doubles_a_mail() {
    story_alone(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        let mut all = vec![letter(&ann, &team.mailbox, "One", "It was read in another program.\r\n")];
        all.push(letters::without_id(&ann, &team.mailbox, "Two", "It has no id.\r\n"));
        post.put(&team.mailbox, &all).await;
        team.sees_mails(2).await;

        // Somebody changes the password of another mailbox.
        let other = team.with(post.address("billing", "lantern.example"));
        other.adds_mailbox(&post, "secret").await;
        team.sees("/house/mailboxes", "all is read as it comes").await;
        other.spoils_password().await;
        let page = team.sees("/house/mailboxes", "needs you").await;
        assert!(page.contains("does not let us in"), "{page}");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Three", "Is the other one ill?\r\n"))
            .await;
        team.sees_mails(3).await;
        post.put(&other.mailbox, &[letter(&ann, &other.mailbox, "Bill", "I paid.\r\n")]).await;
        other.adds_mailbox(&post, "secret").await;
        team.sees_mails(4).await;

        // The server goes away, loses its numbers, and comes back.
        dovecot(&post, "stop");
        let number = post.home().join("mail").join(&team.mailbox);
        for name in ["dovecot-uidlist", "dovecot.index.log", "dovecot.index.cache", "dovecot-uidvalidity"] {
            let _ = std::fs::remove_file(number.join(name));
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        dovecot(&post, "start");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Four", "Are you back?\r\n")).await;
        team.sees_mails(5).await;
        team.sees("/house/mailboxes", "all is read as it comes").await;
        assert!(team.numberings().await > 1, "the numbers did change");
        assert_eq!(team.mails().await, 5, "nothing is there twice");
    });
}

fn dovecot(post: &Post, what: &str) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bin/mail");
    let done = Command::new(script).arg("dovecot").arg(post.home()).arg(what).status().unwrap();
    assert!(done.success(), "dovecot {what}");
}
