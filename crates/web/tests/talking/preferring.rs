//! Who wants no mail that they did not ask for says so with one request; and says what they do want on a page behind the same link.

use axum::http::StatusCode;
use cast::letters::letter;

use crate::{story, team::HOST};

/// Where the link in a mail leads, from the door on.
fn link(mail: &cast::letters::Letter) -> String {
    let link = mail.header("List-Unsubscribe");
    link.trim_matches(['<', '>']).strip_prefix(&format!("http://{HOST}")).unwrap().to_owned()
}

fn form() -> Vec<(String, String)> {
    vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())]
}

#[test]
fn one_request_stops_what_nobody_asked_for_and_looking_changes_nothing() {
    story(|team, post| async move {
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Beans", "Are they fresh?\r\n")).await;
        let inbox = team.sees("/conversations", "Are they fresh?").await;
        let page = team.person(&inbox, "Are they fresh?").await;
        let hers = team.address(&page);
        team.answers(&page, "Roasted on Tuesday.").await;
        let answer = post.arrived(&ann, 1).await.remove(0);
        assert_eq!(answer.header("List-Unsubscribe"), "", "an answer was asked for");

        team.writes_first(&team.gets(&hers).await, "New beans are here.").await;
        let news = post.arrived(&ann, 2).await.remove(1);
        assert_eq!(news.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let link = link(&news);

        // A program that follows every link changes nothing.
        let shown = team.gets(&link).await;
        assert!(shown.contains("What brought you here") && !shown.contains(&ann), "{shown}");
        team.writes_first(&team.gets(&hers).await, "And newer ones.").await;
        post.arrived(&ann, 3).await;

        // One request, from a program without cookies; whatever kind of form it is in.
        let (which, seal) = link.split_once('.').unwrap();
        let other = if seal.starts_with('A') { 'B' } else { 'A' };
        let forged = format!("{which}.{other}{}", &seal[1..]);
        let one_click = "List-Unsubscribe=One-Click";
        assert_eq!(team.brings(&forged, Vec::new(), one_click).await, StatusCode::UNPROCESSABLE_ENTITY);
        for _ in 0..2 {
            assert_eq!(team.brings(&link, form(), one_click).await, StatusCode::OK, "no redirect");
        }
        let page = team.sees(&hers, "No more “Letters from one of us”").await;
        assert_eq!(
            page.matches("No more “Letters from one of us”").count(),
            1,
            "said twice, it is said once"
        );
        assert!(
            page.contains("A mail that answers none of theirs would not be sent: they asked us to stop"),
            "{page}"
        );
        assert!(team.gets(&link).await.contains("You said no"));
        team.writes_first(&page, "The newest.").await;
        let page = team.sees(&hers, "Not delivered").await;
        assert!(page.contains(&format!("{ann}: they asked us to stop")), "{page}");
        assert_eq!(post.lies_in(&ann).await.len(), 3);

        // What she asks is answered as before.
        let question = answer.reply(&ann, "And the decaf?\r\n");
        post.send(&ann, &question.to(), &question).await;
        let page = team.sees(&hers, "And the decaf?").await;
        team.answers(&page, "On Thursday.").await;
        assert!(post.arrived(&ann, 4).await[3].text().contains("On Thursday."));

        // And she may think otherwise.
        let back = team.brings(&link, form(), "do=yes&about=personal_letter").await;
        assert_eq!(back, StatusCode::SEE_OTHER);
        team.writes_first(&team.gets(&hers).await, "Welcome back.").await;
        assert!(post.arrived(&ann, 5).await[4].text().contains("Welcome back."));
    });
}

#[test]
fn a_page_without_a_password_says_what_comes_and_everything_can_be_off() {
    story(|team, post| async move {
        let (ann, ben) = (post.address("ann", "customer.example"), post.address("ben", "customer.example"));
        for (who, asks) in [(&ann, "Are they fresh?\r\n"), (&ben, "Are they dry?\r\n")] {
            post.send(who, &team.mailbox, &letter(who, &team.mailbox, "Beans", asks)).await;
        }
        team.sees("/conversations", "Are they dry?").await;
        let inbox = team.sees("/conversations", "Are they fresh?").await;
        let hers = team.address(&team.person(&inbox, "Are they fresh?").await);
        let his = team.address(&team.person(&inbox, "Are they dry?").await);
        team.writes_first(&team.gets(&hers).await, "New beans are here.").await;
        let link = link(&post.arrived(&ann, 1).await.remove(0));

        // Quiet hours and a zone, in which everything now is night: what nobody asked for waits for the morning, and says so on both sides.
        let night = "do=wishes&rhythm=weekly&from=00:00&until=23:59&zone=Asia/Tokyo&language=en&pause=";
        assert_eq!(team.brings(&link, form(), night).await, StatusCode::SEE_OTHER);
        let wrong = night.replace("Asia/Tokyo", "Asia/Atlantis");
        assert_eq!(team.brings(&link, form(), &wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
        team.writes_first(&team.gets(&hers).await, "At night.").await;
        let page = team.sees(&hers, "Waits until").await;
        assert!(page.contains("it is not a time at which they want to be disturbed"), "{page}");
        assert!(team.gets(&link).await.contains("your time (Asia/Tokyo)"));
        // She changes her mind, and it leaves at once.
        let day = night.replace("from=00:00&until=23:59", "from=&until=");
        team.brings(&link, form(), &day).await;
        assert!(post.arrived(&ann, 2).await[1].text().contains("At night."));

        // A pause, and one of us thinks better of what waits.
        let until = team.store.world().now().plus_days(20).date();
        team.brings(&link, form(), &format!("{day}{until}")).await;
        team.writes_first(&team.gets(&hers).await, "Within the pause.").await;
        let page = team.sees(&hers, "Do not send it").await;
        assert!(page.contains("they asked for a pause"), "{page}");
        let back =
            page.split("action=\"").find(|it| it.split('"').next().unwrap().ends_with("/back")).unwrap();
        team.posts(back.split('"').next().unwrap(), &[]).await;
        team.sees(&hers, "took it back").await;

        // Everything off is one press, and holds for the address, whoever we think has it.
        assert_eq!(team.brings(&link, form(), "do=nothing").await, StatusCode::SEE_OTHER);
        let shown = team.gets(&format!("{link}?done=nothing")).await;
        assert!(shown.contains("We leave you in peace") && !shown.contains("Stop everything"), "{shown}");
        team.brings(&link, form(), "do=why&why=too_often").await;
        team.sees(&hers, "It was too often").await;

        // Each decision has its receipt, with the words that stood there; nobody else's can be had.
        let at = shown.find("/receipt/").unwrap();
        let receipt =
            shown[..at].rfind('"').map(|from| shown[from + 1..].split('"').next().unwrap()).unwrap();
        let (_, _, bytes) = team.asks(receipt).await;
        let receipt: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(receipt["event"]["event_type"], "withdrawal");
        assert!(
            receipt["pii_processing"]["privacy_notice"]["text"].as_str().unwrap().contains("Nothing at all")
        );
        team.writes_first(&team.gets(&his).await, "New beans are here.").await;
        let other = self::link(&post.arrived(&ben, 1).await.remove(0));
        let theirs = format!("{other}/receipt/{}", receipt["record_id"].as_str().unwrap());
        assert_eq!(team.stranger(&theirs).await, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_anybody_may_have_typed_comes_only_after_a_press_at_the_address() {
    story(|team, post| async move {
        let topic = permission::topics::Topic {
            key: "roasts".into(),
            purpose: "digest".into(),
            name: "New roasts".into(),
            words: "What came in.".into(),
            is_ended: false,
        };
        let now = team.store.world().now();
        team.store.write(move |tx| permission::topics::keep(tx, &topic, now)).await.unwrap();
        let ann = post.address("ann", "customer.example");
        let asked = format!("about=digest.roasts&address={ann}&name=Ann+Wu");
        assert_eq!(
            team.brings("/subscribe", form(), &format!("address={ann}")).await,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(team.brings("/subscribe", form(), &asked).await, StatusCode::OK);
        let mail = post.arrived(&ann, 1).await.remove(0).text();
        let way = mail[mail.find("/subscribe/").unwrap()..].split_whitespace().next().unwrap().to_owned();
        let (address, store) = (ann.clone(), team.store.clone());
        let stance = || {
            let (store, point) = (store.clone(), permission::Point::mail(&address));
            async move {
                store
                    .read(move |db| {
                        let person = memory::people::holders(db, &point.handle().unwrap())?[0];
                        let known = permission::known(db, person)?;
                        let all =
                            permission::choosing::stances(db, &known, &point, known.said.last().unwrap().at)?;
                        Ok::<_, permission::PermissionError>(
                            all.into_iter().find(|(it, _)| it.purpose == "digest").unwrap().1,
                        )
                    })
                    .await
                    .unwrap()
            }
        };
        assert!(matches!(stance().await, permission::Stance::Pending { .. }));
        // Asked again at once, it is not written again.
        team.brings("/subscribe", form(), &asked).await;
        for _ in 0..2 {
            assert!(team.gets(&way).await.contains("Yes, I want it"), "looking changes nothing");
        }
        assert!(matches!(stance().await, permission::Stance::Pending { .. }));
        assert_eq!(team.brings(&way, form(), "").await, StatusCode::OK);
        assert!(matches!(stance().await, permission::Stance::Yes { .. }));
        assert_eq!(team.brings(&format!("{way}x"), form(), "").await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(post.lies_in(&ann).await.len(), 1);
    });
}
