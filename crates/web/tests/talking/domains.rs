//! What the world is told of our domain is looked at when somebody asks, held against what should be there, and said with what to do.

use std::time::Duration;

use axum::http::StatusCode;
use tokio::time::timeout;

use crate::{story, team::Team};

const DOMAIN: &str = "lantern.example";

async fn looks(team: &Team) -> String {
    let (status, text) = team.posts("/house/mailboxes/domains", &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    let page = team.gets("/house/mailboxes").await;
    let from = page.find("id=\"domains\"").unwrap();
    page[from..from + page[from..].find("Look now").unwrap()].to_owned()
}

/// What was said of one record.
fn about<'a>(seen: &'a str, label: &str) -> &'a str {
    let mark = format!("<b>{label}</b>");
    let rest = seen.split(&mark).nth(1).unwrap_or_else(|| panic!("nothing about {label} in {seen}"));
    rest.split("<b>").next().unwrap()
}

#[test]
fn what_a_domain_tells_the_world_is_said_with_what_to_do() {
    story(|team, _| async move {
        let page = team.gets("/house/mailboxes").await;
        assert!(page.contains("nobody has looked yet"), "{page}");
        assert!(team.names.asked().is_empty(), "nobody is asked before somebody wants to know");

        let seen = looks(&team).await;
        assert!(about(&seen, "SPF").contains("v=spf1 a mx ~all"), "{seen}");
        assert!(about(&seen, "DKIM").contains("Not signed here"), "{seen}");
        assert!(about(&seen, "DMARC").contains("_dmarc.lantern.example"), "{seen}");
        assert!(about(&seen, "MX").contains("answers may not come"), "{seen}");
        let mut asked = team.names.asked();
        asked.sort();
        asked.dedup();
        assert_eq!(asked, ["_dmarc.lantern.example", DOMAIN], "nobody else's domain is asked about");

        // All as it should be; another's text beside it changes nothing.
        let (name, record) = makes_key(&team).await;
        team.names.tells(DOMAIN, &["other-site=1", "v=spf1 mx -all"]);
        team.names.tells(&name, &[&record]);
        team.names.tells("_dmarc.lantern.example", &["v=DMARC1; p=reject"]);
        team.names.takes_mail(DOMAIN, "mx1.lantern.example.");
        let seen = looks(&team).await;
        assert_eq!(seen.matches("tag-good").count(), 4, "{seen}");
        assert!(about(&seen, "DKIM").contains("it is our key"), "{seen}");
        assert!(about(&seen, "MX").contains("Answers go to mx1.lantern.example."), "{seen}");

        team.names.tells(DOMAIN, &["v=spf1 mx -all", "v=spf1 include:_spf.shop.example ~all"]);
        team.names.tells("_dmarc.lantern.example", &["v=DMARC1; p=none"]);
        let seen = looks(&team).await;
        assert!(about(&seen, "SPF").contains("There are 2 records"), "{seen}");
        assert!(about(&seen, "DMARC").contains("v=DMARC1; p=quarantine"), "{seen}");

        // Somebody entered the key of another program.
        let others = record.replace("p=MII", "p=MIJ");
        team.names.tells(&name, &[&others]);
        let seen = looks(&team).await;
        assert!(about(&seen, "DKIM").contains("Another key than ours"), "{seen}");
        assert!(
            about(&seen, "DKIM").contains("href=\"#signing\""),
            "what should be there is at hand: {seen}"
        );
    });
}

#[test]
fn a_name_server_that_does_not_answer_holds_nobody_up() {
    story(|team, _| async move {
        team.names.falls_silent();
        let seen = timeout(Duration::from_secs(10), looks(&team)).await.expect("it came to an end");
        assert_eq!(seen.matches("no answer within 5 seconds").count(), 3, "{seen}");
        assert!(!seen.contains("Nothing says"), "who does not answer has not said no: {seen}");
        let asked = team.names.asked().len();
        team.gets("/house/mailboxes").await;
        assert_eq!(team.names.asked().len(), asked, "the page itself asks nobody");
    });
}

/// Whoever lets signing begin is told at once whether the key can be seen, and is not held back.
#[test]
fn signing_that_begins_unseen_is_warned_of() {
    story(|team, _| async move {
        let (name, record) = makes_key(&team).await;
        let begin = format!("/house/mailboxes/signing/{DOMAIN}/begin");
        assert_eq!(team.posts(&begin, &[]).await.0, StatusCode::SEE_OTHER);
        let page = team.gets("/house/mailboxes").await;
        let signing = &page[page.find("id=\"signing\"").unwrap()..];
        assert!(signing.contains("signed since") && signing.contains("not seen yet"), "{signing}");

        team.names.tells(&name, &[&record]);
        looks(&team).await;
        let page = team.gets("/house/mailboxes").await;
        let signing = &page[page.find("id=\"signing\"").unwrap()..];
        assert!(signing.contains("it is our key") && !signing.contains("not seen yet"), "{signing}");
        team.names.forgets();
        assert!(about(&looks(&team).await, "DKIM").contains("take the signature for broken"));
    });
}

async fn makes_key(team: &Team) -> (String, String) {
    let made = team.posts("/house/mailboxes/signing", &[("domain", DOMAIN)]).await;
    assert_eq!(made.0, StatusCode::SEE_OTHER, "{}", made.1);
    let keys = team.store.read(delivery::signing::keys).await.unwrap();
    (keys[0].name(), keys[0].record.clone())
}
