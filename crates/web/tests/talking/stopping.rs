//! Who wants no mail that they did not ask for says so with one request.

use axum::http::StatusCode;
use cast::letters::letter;

use crate::{story, team::HOST};

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
        let link = news.header("List-Unsubscribe");
        let link = link.trim_matches(['<', '>']).strip_prefix(&format!("http://{HOST}")).unwrap().to_owned();

        // A program that follows every link changes nothing.
        let shown = team.gets(&link).await;
        assert!(shown.contains("Shall we write to") && !shown.contains(&ann), "{shown}");
        team.writes_first(&team.gets(&hers).await, "And newer ones.").await;
        post.arrived(&ann, 3).await;

        // One request, from a program without cookies; whatever kind of form it is in.
        let (which, seal) = link.split_once('.').unwrap();
        let other = if seal.starts_with('A') { 'B' } else { 'A' };
        let forged = format!("{which}.{other}{}", &seal[1..]);
        let one_click = "List-Unsubscribe=One-Click";
        assert_eq!(team.brings(&forged, Vec::new(), one_click).await, StatusCode::UNPROCESSABLE_ENTITY);
        let form = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        for _ in 0..2 {
            assert_eq!(team.brings(&link, form.clone(), one_click).await, StatusCode::OK);
        }
        let page = team.sees(&hers, "They ask us to write to them only when they wrote first.").await;
        assert!(page.contains("They ask us since"), "{page}");
        assert!(team.gets(&link).await.contains("We leave you in peace"));
        team.writes_first(&page, "The newest.").await;
        let page = team.sees(&hers, "Not delivered").await;
        assert!(page.contains("to write only when they wrote first"), "{page}");
        assert_eq!(post.lies_in(&ann).await.len(), 3);

        // What she asks is answered as before.
        let question = answer.reply(&ann, "And the decaf?\r\n");
        post.send(&ann, &question.to(), &question).await;
        let page = team.sees(&hers, "And the decaf?").await;
        team.answers(&page, "On Thursday.").await;
        assert!(post.arrived(&ann, 4).await[3].text().contains("On Thursday."));

        // And she may think otherwise.
        assert_eq!(team.brings(&link, form, "go_on=yes").await, StatusCode::OK);
        team.writes_first(&team.gets(&hers).await, "Welcome back.").await;
        assert!(post.arrived(&ann, 5).await[4].text().contains("Welcome back."));
    });
}
