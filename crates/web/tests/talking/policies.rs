//! What may be said to whom is read on a page and edited there; what cannot be read is named and changes nothing.

use axum::http::StatusCode;
use cast::letters::letter;

use crate::{
    story,
    team::{Team, field},
};

async fn keeps(team: &Team, page: &str, rows: &str) -> (StatusCode, String) {
    let before = field(page, "before");
    team.posts("/house/policy", &[("before", &before), ("rows", rows)]).await
}

#[test]
fn whoever_runs_the_house_edits_what_may_be_said_and_it_holds_at_once() {
    story(|team, post| async move {
        let page = team.gets("/house/policy").await;
        assert!(page.contains("The rows that came with the program hold"), "{page}");
        for cell in [
            "<h3>Sorts of messages</h3>",
            "<td>personal_letter</td>",
            "<td>that nobody said no</td>",
            "<td>Did they refuse it?</td>",
        ] {
            assert!(page.contains(cell), "{cell}: {page}");
        }
        let shipped = permission::Policy::TEXT;
        let letters = "personal_letter = { class = \"service_optional\", enforcement = ";
        let edited =
            shipped.replace(&format!("{letters}\"non_restrictive\""), &format!("{letters}\"restrictive\""));
        assert_ne!(edited, shipped);

        // A row that speaks of nothing is named, and nothing that was typed is lost.
        let wrong = edited.replacen("class = \"research\"", "class = \"shouting\"", 1);
        let (status, text) = keeps(&team, &page, &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("purposes.survey") && text.contains("there is no class “shouting”"), "{text}");
        assert!(
            text.contains("class = &quot;shouting&quot;")
                && text.contains(&format!("{}&quot;restrictive&quot;", letters.replace('"', "&quot;"))),
            "{text}"
        );
        let (status, text) = keeps(&team, &page, "max = \n").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("line 1"), "{text}");
        assert!(team.gets("/house/policy").await.contains("The rows that came with the program hold"));

        // Ann said nothing of letters: until now they might come.
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Beans", "Are they fresh?\r\n")).await;
        let hers =
            team.address(&team.person(&team.sees("/conversations", "Are they fresh?").await, "fresh").await);
        let would = "A mail that answers none of theirs would not be sent";
        assert!(!team.gets(&hers).await.contains(would));
        let (status, text) = keeps(&team, &page, &edited.replace('\n', "\r\n")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        assert!(team.gets(&hers).await.contains(would), "it holds at once");
        let now = team.gets("/house/policy").await;
        assert!(now.contains("holds since") && now.contains("(Ines Okafor)"), "{now}");
        assert!(team.gets("/house/log").await.contains("policy adopted"));
        // Whoever began before somebody else kept a version looks at that first.
        let (status, text) = keeps(&team, &page, shipped).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("somebody kept another version meanwhile"), "{text}");
        let kept = team.store.read(permission::policies::all).await.unwrap();
        assert_eq!(kept.len(), 2, "that of the house and hers");
    });
}
