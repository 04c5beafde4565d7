//! Finding people and what was said, told to both engines.
#![allow(clippy::unwrap_used)]

mod common;

use common::{HOUSE, address, found, mail, noon, somebody, told};
use memory::finding;
use model::{Fragment, Handle};
use store::{Engine, params, trial::both_engines};

#[test]
fn people_are_found_by_beginnings_and_through_slips_and_in_any_script() {
    both_engines(HOUSE, noon, |store| async move {
        let people = [
            "María José Carreño",
            "Łukasz Wiśniewski",
            "田中 花子",
            "Oluwaseun Adébáyò",
            "Ann Smith",
            "Anna Smythe",
        ];
        let all =
            people.iter().enumerate().map(|(n, name)| somebody("p", &n.to_string(), name, vec![])).collect();
        told(&store, all).await;
        assert_eq!(found(&store, "carreno mar").await, ["María José Carreño"]);
        assert_eq!(found(&store, "wisniewsk").await, ["Łukasz Wiśniewski"]);
        assert_eq!(found(&store, "田中").await, ["田中 花子"]);
        assert_eq!(found(&store, "花").await, ["田中 花子"]);
        assert_eq!(found(&store, "Oluwasuen").await, ["Oluwaseun Adébáyò"], "two letters swapped");
        assert_eq!(found(&store, "lukazs").await, ["Łukasz Wiśniewski"]);
        assert_eq!(found(&store, "ann sm").await, ["Ann Smith", "Anna Smythe"], "the whole word first");
        assert!(found(&store, "zzz").await.is_empty());
    });
}

#[test]
fn words_that_were_said_are_found_the_newest_first() {
    both_engines(HOUSE, noon, |store| async move {
        let mut ann = somebody("mail", "ann@example.com", "Ann", vec![address("ann@example.com")]);
        ann.moments = vec![
            mail("1", 1, "The Guji arrived, thank you"),
            mail("2", 2, "我想要咖啡豆"),
            mail("3", 3, "Could I have the guji again? Crème brûlée notes!"),
        ];
        let ann = told(&store, vec![ann]).await[0].person.unwrap();
        let hits = |query: &'static str| {
            let store = store.clone();
            async move {
                let hits = store.read(move |db| finding::moments(db, query, None, None, 10)).await.unwrap();
                hits.into_iter()
                    .map(|h| h.moment.body.chars().take(9).collect::<String>())
                    .collect::<Vec<_>>()
            }
        };
        assert_eq!(hits("guji").await, ["Could I h", "The Guji "]);
        assert_eq!(hits("thank guj").await, ["The Guji "]);
        assert_eq!(hits("creme brulee").await, ["Could I h"]);
        assert_eq!(hits("咖啡").await, ["我想要咖啡豆"]);
        assert!(hits("\" OR *").await.is_empty());
        assert!(hits("guji nothing").await.is_empty());
        for begun in ["guj", "thank guj", "bru", "咖"] {
            assert!(!hits(begun).await.is_empty(), "{begun}");
        }
        assert!(hits("thank gu").await.is_empty(), "two letters are no beginning");
        let first = store.read(|db| finding::moments(db, "note", None, None, 1)).await.unwrap();
        assert_eq!(first[0].moment.body, "Could I have the guji again? Crème brûlée notes!");
        let mut ben = somebody("mail", "ben@example.com", "Ben", vec![address("ben@example.com")]);
        ben.moments = vec![mail("4", 0, "A note")];
        told(&store, vec![ben]).await;
        let first = store.read(|db| finding::moments(db, "note", None, None, 1)).await.unwrap();
        assert_eq!(first[0].moment.body, "A note", "the whole word before what begins with it");
        let of_ann = |query: &'static str, after, most| {
            store.read(move |db| finding::moments(db, query, Some(ann), after, most))
        };
        let with_ann = of_ann("note", None, 10).await.unwrap();
        assert_eq!(with_ann.len(), 1, "what was said with Ben is not hers");
        let page = of_ann("guj", None, 1).await.unwrap();
        let next = of_ann("guj", Some(page[0].after), 10).await.unwrap();
        let said =
            |hits: &[finding::Hit]| hits.iter().map(|hit| hit.moment.title.clone()).collect::<Vec<_>>();
        assert_eq!((page.len(), next.len()), (1, 1), "{:?} {:?}", said(&page), said(&next));
        assert!(page[0].moment.at > next[0].moment.at);
    });
}

#[test]
fn two_words_are_found_on_one_person_whichever_of_them_is_finished() {
    both_engines(HOUSE, noon, |store| async move {
        let mut all: Vec<Fragment> =
            (0..400).map(|n| somebody("book", &format!("{n}"), &format!("Maria Smith{n}"), vec![])).collect();
        let key = Handle::external("shop", "SO-4711").unwrap();
        let phone = Handle::phone("+49 30 901820", None).unwrap();
        all.push(somebody("book", "wu", "Maria Wu", vec![key, phone]));
        all.push(somebody("book", "long", "Maria del Carmen Núñez y García de la Vega", vec![]));
        told(&store, all).await;
        for query in
            ["maria wu", "wu maria", "mari w", "w maria", "so 4711", "wu 4711", "maria 30901", "mraia wu"]
        {
            assert_eq!(found(&store, query).await, ["Maria Wu"], "{query}");
        }
        assert_eq!(found(&store, "vega maria carm").await, ["Maria del Carmen Núñez y García de la Vega"]);
        assert!(found(&store, "maria wux").await.is_empty());
        let mut again =
            somebody("shop", "wu", "Maria Bell", vec![Handle::external("shop", "SO-4711").unwrap()]);
        again.handles.push(address("maria@bell.example"));
        told(&store, vec![again]).await;
        assert_eq!(found(&store, "maria bell").await.len(), 1, "a later name is found whole");
        assert_eq!(found(&store, "wu bell").await.len(), 1, "and by a word of each");
    });
}

/// Between what was said long ago and today lie more places than the nearer steps look through.
#[test]
fn what_was_said_long_ago_is_found_behind_many_others() {
    both_engines(HOUSE, noon, |store| async move {
        let mut ann = somebody("mail", "ann@example.com", "Ann", vec![address("ann@example.com")]);
        let days = [0, 1, 40, 80, 81];
        ann.moments = days.map(|day| mail(&day.to_string(), day, &format!("A zebra on day {day}"))).to_vec();
        told(&store, vec![ann]).await;
        let filled = store.write(move |tx| {
            let (doc, words) = match tx.engine() {
                Engine::Sqlite => ("rowid", "'horse liana'"),
                Engine::Postgres => ("doc", "array_to_tsvector(array['horse', 'liana'])"),
            };
            for (place, count) in [(days[2], 6_000), (days[1], 70_000), (days[0], 1_000)] {
                let after = tx.number("select doc from moment_directory where moment_id =
                    (select moment_id from moments where body = $1)", params![format!("A zebra on day {place}")])?;
                let rows = format!(
                    "insert into moment_words ({doc}, words) with recursive filler (n) as (select cast($1 as bigint) + 1 union all select n + 1 from filler
                     where n <= cast($1 as bigint) + {count}) select n, {words} from filler"
                );
                tx.run(&rows, params![after])?;
            }
            Ok::<_, memory::MemoryError>(())
        });
        filled.await.unwrap();
        // Before the engine has counted its words, and after.
        let analyze = "analyze";
        for (query, counted) in [false, true]
            .into_iter()
            .flat_map(|it| ["zebra", "zeb", "day zebra ", "zebra a"].map(|q| (q, it)))
        {
            if counted {
                store.write(move |tx| Ok::<_, memory::MemoryError>(tx.run(analyze, &[])?)).await.unwrap();
            }
            let (mut after, mut found) = (None, Vec::new());
            for most in [1, 3, 5] {
                let page =
                    store.read(move |db| finding::moments(db, query, None, after, most)).await.unwrap();
                after = page.last().map(|hit| hit.after);
                found.extend(page.into_iter().map(|hit| hit.moment.body));
            }
            assert_eq!(
                found,
                [81, 80, 40, 1, 0].map(|day| format!("A zebra on day {day}")),
                "{query}, {counted}"
            );
        }
        let none = store.read(|db| finding::moments(db, "zebra lia", None, None, 5)).await.unwrap();
        assert!(none.is_empty());
    });
}
