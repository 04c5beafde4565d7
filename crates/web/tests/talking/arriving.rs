//! Mail that Postfix brings by LMTP: here at once, kept by Postfix while we are away, and never lost or doubled.

use axum::http::StatusCode;
use cast::{letters::letter, post::Post};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use crate::{story_alone, team::Team};

/// Where Postfix brings mail to, until it is told to stop.
async fn listens(team: &Team, post: &Post) -> (watch::Sender<bool>, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", post.port("arriving"))).await.unwrap();
    let (stop, stopped) = watch::channel(false);
    (stop, tokio::spawn(delivery::arriving::listen(team.store.clone(), listener, stopped)))
}

async fn adds_brought(team: &Team, post: &Post) {
    let smtp = post.port("smtp").to_string();
    let fields = [
        ("address", team.mailbox.as_str()),
        ("name", "Lantern Row"),
        ("way", "brought"),
        ("smtp_host", "localhost"),
        ("smtp_port", &smtp),
        ("smtp_security", "starttls"),
        ("authority", &post.authority()),
        ("no_smtp_login", "on"),
        ("plus", "on"),
    ];
    let (status, text) = team.posts("/house/mailboxes", &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
}

/// A dialogue with whoever listens; gives all that was answered.
async fn says(post: &Post, words: &str) -> String {
    let mut line = TcpStream::connect(("127.0.0.1", post.port("arriving"))).await.unwrap();
    line.write_all(words.as_bytes()).await.unwrap();
    let mut told = String::new();
    line.read_to_string(&mut told).await.unwrap();
    told
}

#[test]
fn mail_that_is_brought_is_here_at_once_and_waits_while_we_are_away() {
    story_alone(|team, post| async move {
        let direct = team.with(post.address("hello", "direct.example"));
        adds_brought(&direct, &post).await;
        let (stop, task) = listens(&team, &post).await;
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &direct.mailbox, &letter(&ann, &direct.mailbox, "Beans", "..Are they fresh?\r\n"))
            .await;
        let inbox = team.sees("/conversations", ".Are they fresh?").await;
        let page = team.person(&inbox, "Are they fresh?").await;

        // Answered from there; the reply comes the same way, to the address with our mark.
        team.answers(&page, "Roasted on Tuesday.").await;
        let mail = post.arrived(&ann, 1).await.remove(0);
        let reply = mail.reply(&ann, "And the decaf?\r\n");
        assert!(reply.to().contains('+'), "{}", reply.to());
        post.send(&ann, &reply.to(), &reply).await;
        team.sees(&team.address(&page), "And the decaf?").await;

        // We are away: Postfix keeps it, and brings it once when we are back.
        stop.send(true).unwrap();
        task.await.unwrap();
        post.send(&ann, &direct.mailbox, &letter(&ann, &direct.mailbox, "Tea", "Do you have tea?\r\n")).await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        assert_eq!(team.mails().await, 2);
        let (stop, task) = listens(&team, &post).await;
        team.sees_mails(3).await;

        // What Postfix heard too late that we have it comes once more, and is not said twice.
        let again = letter(&ann, &direct.mailbox, "Cups", "And cups?\r\n");
        for _ in 0..2 {
            post.send(&ann, &direct.mailbox, &again).await;
        }
        team.sees_mails(4).await;
        let entered = "select count(*) from journal where folder = 'brought'";
        for _ in 0..100 {
            if team.store.read(move |db| db.number(entered, &[])).await.unwrap() == 5 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(team.store.read(move |db| db.number(entered, &[])).await.unwrap(), 5);
        team.sees_mails(4).await;

        // No mail for others is taken, and nothing is taken out of turn.
        let told = says(&post, &format!(
            "MAIL FROM:<a@b.example>\r\nLHLO x\r\nRCPT TO:<{0}>\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<nobody@direct.example>\r\nRCPT TO:<{1}>\r\nDATA\r\nNONSENSE\r\nQUIT\r\n",
            direct.mailbox, team.mailbox,
        ))
        .await;
        let codes: Vec<&str> = told.lines().filter(|it| !it.starts_with("250-")).map(|it| &it[..3]).collect();
        assert_eq!(codes, ["220", "503", "250", "503", "250", "550", "550", "503", "502", "221"], "{told}");
        // Nothing at all is a message too: its end is seen at once.
        let mailbox = &direct.mailbox;
        let words = format!("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<{mailbox}>\r\nDATA\r\n.\r\nQUIT\r\n");
        let told =
            tokio::time::timeout(std::time::Duration::from_secs(20), says(&post, &words)).await.unwrap();
        assert!(
            told.contains("\r\n354") && told.trim_end().lines().last().unwrap().starts_with("221"),
            "{told}"
        );
        // A message that breaks off was never here.
        let before = team.mails().await;
        let mut line = TcpStream::connect(("127.0.0.1", post.port("arriving"))).await.unwrap();
        let begun = format!(
            "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<{}>\r\nDATA\r\nSubject: half\r\n\r\nhal",
            direct.mailbox
        );
        line.write_all(begun.as_bytes()).await.unwrap();
        drop(line);
        stop.send(true).unwrap();
        task.await.unwrap();
        assert_eq!(team.mails().await, before);
    });
}
