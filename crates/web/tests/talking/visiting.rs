//! Somebody comes to their own page by a link that only their mailbox had, sees what is theirs and nothing else, and does what they may.

use axum::http::{StatusCode, header};
use cast::letters::letter;

use crate::{story, team::Team};

/// A guest's browser.
struct Guest<'a> {
    team: &'a Team,
    cookie: String,
}

fn form() -> Vec<(String, String)> {
    vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())]
}

impl<'a> Guest<'a> {
    fn new(team: &'a Team) -> Self {
        Self { team, cookie: String::new() }
    }

    async fn gets(&self, path: &str) -> (StatusCode, String) {
        let (status, _, bytes) = self.team.asks_as(&self.cookie, path).await;
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn posts(&mut self, path: &str, body: &str) -> (StatusCode, Vec<u8>) {
        let mut headers = form();
        headers.push(("cookie".to_owned(), self.cookie.clone()));
        let (status, answer, bytes) = self.team.says(path, headers, body).await;
        if let Some(cookie) = answer.get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        (status, bytes)
    }
}

/// The link in a mail.
fn link(text: &str) -> String {
    let at = text.find("/me/enter/").unwrap();
    text[at..].split_whitespace().next().unwrap().to_owned()
}

#[test]
fn who_can_read_mail_at_an_address_gets_in_to_what_is_theirs_and_nobody_else() {
    story(|team, post| async move {
        let (ann, ben) = (post.address("ann", "customer.example"), post.address("ben", "customer.example"));
        for (who, asks) in [(&ann, "Are they fresh?\r\n"), (&ben, "Are they dry?\r\n")] {
            post.send(who, &team.mailbox, &letter(who, &team.mailbox, "Beans", asks)).await;
        }
        team.sees("/conversations", "Are they dry?").await;
        let inbox = team.sees("/conversations", "Are they fresh?").await;
        let hers = team.address(&team.person(&inbox, "Are they fresh?").await);
        let his = team.address(&team.person(&inbox, "Are they dry?").await);

        // Whoever is not in sees a door; whether we know an address is not told.
        let mut guest = Guest::new(&team);
        assert!(guest.gets("/me").await.1.contains("Send me the link"));
        assert_eq!(guest.gets("/me/erase").await.0, StatusCode::SEE_OTHER);
        let unknown = guest.posts("/me", "address=nobody@customer.example").await.1;
        let known = guest.posts("/me", &format!("address={ann}")).await.1;
        assert_eq!(String::from_utf8(unknown).unwrap(), String::from_utf8(known).unwrap());
        let mail = post.arrived(&ann, 1).await.remove(0);
        let way = link(&mail.text());

        // A program that follows links does not use it up; a changed one opens nothing; it works once.
        for _ in 0..2 {
            assert!(guest.gets(&way).await.1.contains("Open my page"));
        }
        let (begin, end) = way.split_at(way.len() - 3);
        let forged = format!("{begin}{}", end.chars().rev().collect::<String>());
        assert!(guest.gets(&forged).await.1.contains("too old"));
        assert_eq!(guest.posts(&forged, "").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(guest.posts(&way, "").await.0, StatusCode::SEE_OTHER);
        let mut other = Guest::new(&team);
        assert_eq!(
            other.posts(&way, "").await.0,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a mail that was passed on"
        );
        assert!(other.gets("/me").await.1.contains("Send me the link"));

        // What is hers is there, what is his is not; and one of us who looked is named.
        team.gets(&hers).await;
        let (_, page) = guest.gets("/me").await;
        assert!(page.contains("Are they fresh?") && page.contains(&ann), "{page}");
        assert!(!page.contains("Are they dry?") && !page.contains(&ben), "{page}");
        assert!(page.contains("looked at your page"), "{page}");
        assert!(!team.gets(&hers).await.contains("/me/enter/"), "what lets her in is not in the timeline");
        // A link from a letter lets nobody in here, and a visit is not the desk's.
        assert_eq!(guest.gets("/people").await.0, StatusCode::SEE_OTHER);

        // One of us took the two for one: what is his is still not shown to her, nor is what was promised to either.
        let (one, other) =
            (hers.rsplit('/').next().unwrap().to_owned(), his.rsplit('/').next().unwrap().to_owned());
        let (one, other): (model::PersonId, model::PersonId) = (one.parse().unwrap(), other.parse().unwrap());
        let world = team.store.world().clone();
        let merged = team
            .store
            .write(move |tx| memory::joining::merge(tx, &world, one, other, "a mistake", None, true))
            .await
            .unwrap();
        let (_, page) = guest.gets("/me").await;
        assert!(page.contains("Are they fresh?") && page.contains("belongs to another address"), "{page}");
        assert!(
            !page.contains("Are they dry?") && !page.contains(&ben) && !page.contains("looked at your page"),
            "{page}"
        );
        let world = team.store.world().clone();
        team.store.write(move |tx| memory::joining::undo(tx, &world, merged, None)).await.unwrap();

        // She puts something right, sees something differently, and is answered like anybody who writes.
        guest.posts("/me/correct", "field=name&value=Ann+Wu").await;
        assert!(guest.gets("/me").await.1.contains("Ann Wu"));
        assert!(team.sees(&hers, "Ann Wu").await.contains("Ann Wu"));
        guest.posts("/me/dispute", "what=that+we+call+it+a+wave").await;
        team.sees("/conversations", "that we call it a wave").await;

        // Why she came is asked once, and known to the team from then on.
        assert!(guest.gets("/me").await.1.contains("How did you come to us?"));
        assert_eq!(guest.posts("/me/came", "by=by+magic").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        guest.posts("/me/came", "by=friend").await;
        assert!(!guest.gets("/me").await.1.contains("How did you come to us?"));
        let worth = team.gets(&format!("{hers}/worth")).await;
        assert!(worth.contains("Somebody recommended you") && !worth.contains("Nobody knows yet"), "{worth}");

        // Left alone means left alone: even what one of us wants to write.
        guest.posts("/me/rest", "rest=yes").await;
        team.writes_first(&team.gets(&hers).await, "New beans are here.").await;
        let page = team.sees(&hers, "Not delivered").await;
        assert!(page.contains("asked us to leave what we know of them alone"), "{page}");
        guest.posts("/me/rest", "rest=no").await;
        guest.posts("/me/object", "").await;
        assert!(guest.gets("/me").await.1.contains("You said no"));
        guest.posts("/me/choose", "do=yes&about=personal_letter").await;
        assert!(guest.gets("/me").await.1.contains("You said yes"));
    });
}

#[test]
fn taking_along_and_being_forgotten_ask_for_a_code_and_leave_a_receipt() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Beans", "Are they fresh?\r\n")).await;
        team.sees("/conversations", "Are they fresh?").await;
        let mut guest = Guest::new(&team);
        guest.posts("/me", &format!("address={ann}")).await;
        let way = link(&post.arrived(&ann, 1).await[0].text());
        guest.posts(&way, "").await;

        let asked = guest.posts("/me/code", "what=take").await;
        assert_eq!(asked.0, StatusCode::OK);
        let code =
            |mail: &cast::letters::Letter| mail.header("Subject").split(' ').next().unwrap().to_owned();
        let take = code(&post.arrived(&ann, 2).await[1]);
        assert_eq!(take.len(), 6);
        let (_, wrong) = guest.posts("/me/take", "code=000000").await;
        assert!(String::from_utf8_lossy(&wrong).contains("That is not the code"));
        let (_, wrong) = guest.posts("/me/erase", &format!("code={take}")).await;
        assert!(String::from_utf8_lossy(&wrong).contains("That is not the code"), "a code is for one thing");
        let (status, zip) = guest.posts("/me/take", &format!("code={take}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(zip.starts_with(b"PK"));
        let found = zip.windows(11).any(|it| it == b"person.json");
        assert!(found);

        assert!(guest.gets("/me/erase").await.1.contains("What stays"));
        guest.posts("/me/code", "what=erase").await;
        let erase = code(&post.arrived(&ann, 3).await[2]);
        let (_, done) = guest.posts("/me/erase", &format!("code={erase}")).await;
        let done = String::from_utf8(done).unwrap();
        assert!(done.contains("You are forgotten") && done.contains("themselves"), "{done}");
        assert!(guest.gets("/me").await.1.contains("Send me the link"), "and out");
        assert_eq!(team.people().await, 0);

        // Guessing: after a few tries nobody may try any more.
        let ben = post.address("ben", "customer.example");
        post.send(&ben, &team.mailbox, &letter(&ben, &team.mailbox, "Beans", "Are they dry?\r\n")).await;
        team.sees("/conversations", "Are they dry?").await;
        let mut guesser = Guest::new(&team);
        guesser.posts("/me", &format!("address={ben}")).await;
        guesser.posts(&link(&post.arrived(&ben, 1).await[0].text()), "").await;
        let mut last = StatusCode::OK;
        for n in 0..8 {
            last = guesser.posts("/me/erase", &format!("code=00000{n}")).await.0;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    });
}
