//! Words in a letter that ask us to stop are pointed out to whoever reads it. A person decides; nothing happens by itself.

use axum::http::StatusCode;
use cast::letters::{self, letter};

use crate::{
    story,
    team::{Team, field},
};

const LINE: &str = "It sounds as if they want no more of what they did not ask for.";
const NOTHING: &str = "They want nothing from us that they did not ask for";

async fn decides(team: &Team, page: &str, what: &str) {
    let form = &page[page.find("id=\"peace\"").unwrap_or_else(|| panic!("no line in {page}"))..];
    let path = format!("{}/peace", team.address(page));
    let moment = field(form, "moment");
    let (status, text) = team.posts(&path, &[("moment", &moment), ("do", what)]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
}

#[test]
fn a_wish_to_be_left_alone_is_pointed_out_and_written_down_by_one_of_us() {
    story(|team, post| async move {
        let (ann, ben) = (post.address("ann", "customer.example"), post.address("ben", "customer.example"));
        let words = "Die Bohnen sind gut.\r\n\r\nAber bitte keine Mails mehr.\r\n";
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Bohnen", words)).await;
        let inbox = team.sees("/conversations", "Die Bohnen sind gut.").await;
        let page = team.person(&inbox, "Die Bohnen sind gut.").await;
        let hers = team.address(&page);
        assert!(page.contains(LINE) && !page.contains(NOTHING), "it is pointed out and not done: {page}");
        decides(&team, &page, "write").await;
        let page = team.gets(&hers).await;
        assert!(page.contains(NOTHING) && !page.contains(LINE), "{page}");
        team.writes_first(&page, "New beans are here.").await;
        let page = team.sees(&hers, "Not delivered").await;
        assert!(
            page.contains(&format!("{ann}: whoever reads this address wants no mail like this there")),
            "{page}"
        );
        // Who of us heard it and in which words can be shown, and is in the log.
        let said = team.store.read(|db| {
            let person =
                db.first("select person_id from moments where kind = 'permission'", &[], |row| row.get(0))?;
            permission::of_person(db, person.unwrap())
        });
        let said = said.await.unwrap().remove(0);
        let permission::What::Event(event) = &said.what else { panic!("{said:?}") };
        assert!(
            said.by.is_some()
                && event.proof.evidence_id.as_ref().is_some_and(|it| page.contains(it.as_str())),
            "{said:?}"
        );
        assert_eq!(event.via.as_deref(), Some("mail"));
        assert!(team.gets("/house/log").await.contains("stop written down"));

        // What somebody only quotes is not their word, and what a list says is nobody's.
        let quoting = "Gern!\r\n\r\nAm Montag schrieb Ines Okafor:\r\n> please stop writing\r\n";
        post.send(&ben, &team.mailbox, &letter(&ben, &team.mailbox, "Kaffee", quoting)).await;
        let his = team.address(&team.person(&team.sees("/conversations", "Gern!").await, "Gern!").await);
        let list = letters::written(
            &ben,
            &team.mailbox,
            "Listed",
            "List-Id: <beans.example>\r\n",
            "Unsubscribe me\r\n",
        );
        post.send(&ben, &team.mailbox, &list).await;
        team.sees(&his, "Listed").await;
        let page = team.gets(&his).await;
        assert!(!page.contains(LINE), "{page}");
        // Who only told a story is not asked about again for the same words; for others they are.
        post.send(
            &ben,
            &team.mailbox,
            &letter(&ben, &team.mailbox, "Song", "It goes: “leave me alone”.\r\n"),
        )
        .await;
        let page = team.sees(&his, LINE).await;
        assert!(page.contains("It goes:"));
        decides(&team, &page, "no").await;
        let page = team.gets(&his).await;
        assert!(!page.contains(LINE) && !page.contains(NOTHING), "{page}");
        post.send(
            &ben,
            &team.mailbox,
            &letter(&ben, &team.mailbox, "Now", "Please remove me\r\nfrom your list.\r\n"),
        )
        .await;
        let page = team.sees(&his, LINE).await;
        assert!(page.contains("Please remove me"));
        // Nobody writes down what somebody else said.
        let form = &page[page.find("id=\"peace\"").unwrap()..];
        let (moment, path) = (field(form, "moment"), format!("{hers}/peace"));
        let (status, _) = team.posts(&path, &[("moment", &moment), ("do", "no")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(team.gets(&his).await.contains(LINE));
    });
}
