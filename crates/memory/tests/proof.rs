//! Forgetting can be proved: receipts are signed and form a chain, and a backup brings nobody back.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{HOUSE, address, mail, noon, somebody, told};
use memory::{
    Fate,
    forgetting::{self, AskedBy, Receipt, Unproven, again},
    looks::{self, Looker, What},
    people,
};
use model::{PersonId, World};
use store::{Location, Store, ToValue, Value, params, trial::both_engines};

async fn met(store: &Store, name: &str) -> PersonId {
    let mut fragment = somebody("people.csv", name, name, vec![address(&format!("{name}@example.com"))]);
    fragment.moments = vec![mail(name, 1, "hello")];
    told(store, vec![fragment]).await[0].person.unwrap()
}

async fn chain(store: &Store) -> forgetting::Chain {
    store.read(forgetting::check).await.unwrap()
}

async fn run(store: &Store, sql: &'static str, values: Vec<Value<'static>>) {
    store.write(move |tx| tx.run(sql, &values)).await.unwrap();
}

#[test]
fn receipts_are_a_chain_that_says_where_it_was_broken() {
    both_engines(HOUSE, noon, |store| async move {
        let asked = store.world().now().plus_days(-3);
        let mut given: Vec<Receipt> = Vec::new();
        for name in ["ann", "ben", "cem", "dai"] {
            let id = met(&store, name).await;
            given.push(forgetting::forget_as(&store, id, AskedBy::UsFor(None, asked)).await.unwrap());
        }
        let numbers: Vec<i64> = given.iter().map(|it| it.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4]);
        assert_eq!((given[0].before.clone(), given[1].before.clone()), (None, Some(given[0].digest())));
        assert_eq!((given[0].asked_at, given[0].backups_gone_by), (asked, given[0].at.plus_days(30)));
        let whole = chain(&store).await;
        assert_eq!((whole.whole, whole.broken), (4, None));

        let key = store.read(forgetting::public_key).await.unwrap().unwrap();
        let text = serde_json::to_string_pretty(&given[2]).unwrap();
        assert_eq!(forgetting::verify(&text, Some(&key)).unwrap().id, given[2].id);
        let forged = text.replace("\"moments\": 1", "\"moments\": 0");
        assert_ne!(forged, text);
        assert_eq!(forgetting::verify(&forged, Some(&key)), Err(Unproven::Signature));

        // A word of one is changed; one is taken out; one is written anew by somebody with a key of their own.
        let (id, was) = (given[1].id, serde_json::to_string(&given[1]).unwrap());
        let content = "update receipts set content = $2 where receipt_id = $1";
        let changed = was.replace("\"moments\":1", "\"moments\":0");
        assert_ne!(changed, was);
        run(&store, content, vec![id.value().into_owned(), changed.value().into_owned()]).await;
        let broken = chain(&store).await.broken.unwrap();
        assert!(broken.0 == 2 && broken.1.contains("something in it was changed"), "{broken:?}");
        run(&store, content, vec![id.value().into_owned(), was.value().into_owned()]).await;
        assert_eq!(chain(&store).await.broken, None);
        let other = serde_json::to_string(&given[2]).unwrap();
        run(&store, content, vec![id.value().into_owned(), other.value().into_owned()]).await;
        let broken = chain(&store).await.broken.unwrap();
        assert!(broken.0 == 2 && broken.1.contains("in the place of another"), "{broken:?}");
        run(&store, content, vec![id.value().into_owned(), was.value().into_owned()]).await;
        // Spoilt at its end, it is broken there; whoever comes next is forgotten all the same.
        let spoilt = "update receipts set content = 'nothing' where number = 4";
        run(&store, spoilt, vec![]).await;
        let eve = met(&store, "eve").await;
        assert_eq!(forgetting::forget(&store, eve, None).await.unwrap().number, 5);
        assert_eq!(chain(&store).await.broken.unwrap().0, 4);
        run(&store, "delete from receipts where receipt_id = $1", vec![id.value().into_owned()]).await;
        let broken = chain(&store).await.broken.unwrap();
        assert!(broken.0 == 2 && broken.1.contains("missing"), "{broken:?}");
    });
}

#[test]
fn those_forgotten_at_the_same_time_are_one_behind_the_other() {
    both_engines(HOUSE, World::real, |store| async move {
        const AT_ONCE: usize = 8;
        let mut all = Vec::new();
        for n in 0..AT_ONCE {
            all.push(met(&store, &format!("guest{n}")).await);
        }
        let together = all.into_iter().map(|id| {
            let store = store.clone();
            tokio::spawn(async move { forgetting::forget(&store, id, None).await.unwrap().number })
        });
        let mut numbers = Vec::new();
        for one in together.collect::<Vec<_>>() {
            numbers.push(one.await.unwrap());
        }
        numbers.sort();
        assert_eq!(numbers, (1..=AT_ONCE as i64).collect::<Vec<_>>());
        let found = chain(&store).await;
        assert_eq!((found.whole, found.broken), (AT_ONCE as i64, None));
        let list = std::fs::read_to_string(store.location().folder().join(again::LIST)).unwrap();
        assert_eq!(list.lines().count(), AT_ONCE, "each is in the list once");
    });
}

/// Another database of the same house, as it was before anybody was forgotten.
async fn older(folder: &Path) -> Store {
    Store::open(Location::Folder(folder.into()), HOUSE, World::real()).await.unwrap()
}

#[test]
fn whoever_a_backup_brings_back_is_named_by_the_list_and_stays_out() {
    both_engines(HOUSE, World::real, |store| async move {
        let eve = met(&store, "eve").await;
        let (ann, ben) = (met(&store, "ann").await, met(&store, "ben").await);
        let out = store.read(move |db| {
            Ok::<_, memory::MemoryError>(
                [memory::fragments_of(db, eve)?, memory::fragments_of(db, ann)?].concat(),
            )
        });
        let out = out.await.unwrap();
        let world = store.world().clone();
        let joined = store.write(move |tx| memory::joining::merge(tx, &world, ann, ben, "same", None, false));
        joined.await.unwrap();
        let receipt = forgetting::forget(&store, ann, None).await.unwrap();
        let here = store.location().folder().to_owned();
        assert_eq!(again::missing(&store, &here).await.unwrap(), again::Missing::default());
        let list = std::fs::read_to_string(here.join(again::LIST)).unwrap();
        assert!(!list.contains("example.com") && list.contains(&receipt.id.to_string()), "{list}");

        // The database of before: Ann and Ben are two, and nobody was forgotten. Ann was taken for Eve, who goes by the older id.
        let folder = tempfile::tempdir().unwrap();
        let old = older(folder.path()).await;
        told(&old, out).await;
        let world = old.world().clone();
        let taken_for = old.write(move |tx| memory::joining::merge(tx, &world, eve, ann, "", None, false));
        taken_for.await.unwrap();
        let cem = met(&old, "cem").await;
        let found = again::missing(&old, &here).await.unwrap();
        assert_eq!((found.receipts, found.people.clone()), (1, vec![eve]), "Ann is in there");
        let taken = again::take_in(&old, &here).await.unwrap();
        assert_eq!((taken.receipts, taken.people), (1, vec![ann]), "only she is to be forgotten");
        forgetting::forget_as(&old, ann, AskedBy::Again).await.unwrap();
        assert_eq!(again::take_in(&old, &here).await.unwrap(), again::Missing::default());
        let whole = chain(&old).await;
        assert_eq!((whole.whole, whole.broken), (2, None), "the receipt is back at its place");
        let back = told(&old, vec![somebody("fair", "1", "Ann", vec![address("ann@example.com")])]).await;
        assert_eq!(back[0].fate, Fate::Forgotten, "the hashes are back as well");
        for other in [cem, eve] {
            assert_eq!(old.read(move |db| people::person(db, other)).await.unwrap().moments, 1);
        }

        // A database with other keys than the list's is of another house.
        let strange = tempfile::tempdir().unwrap();
        let strange = older(strange.path()).await;
        let dai = met(&strange, "dai").await;
        forgetting::forget(&strange, dai, None).await.unwrap();
        let refused = again::take_in(&strange, &here).await.unwrap_err().to_string();
        assert!(refused.contains("another house"), "{refused}");
    });
}

#[test]
fn a_receipt_that_followed_another_is_found_in_a_chain_that_is_not_its_own() {
    both_engines(HOUSE, World::real, |store| async move {
        let mut given = Vec::new();
        for name in ["ann", "ben", "cem"] {
            let id = met(&store, name).await;
            given.push(forgetting::forget(&store, id, None).await.unwrap());
        }
        let here = store.location().folder().to_owned();
        let list = std::fs::read_to_string(here.join(again::LIST)).unwrap();
        // A database of the same house that knows of the first only, and went its own way.
        let folder = tempfile::tempdir().unwrap();
        let first = list.lines().next().unwrap();
        std::fs::write(folder.path().join(again::LIST), format!("{first}\n")).unwrap();
        std::fs::copy(here.join(again::KEYS), folder.path().join(again::KEYS)).unwrap();
        let other = older(folder.path()).await;
        assert_eq!(again::take_in(&other, folder.path()).await.unwrap().receipts, 1);
        let dai = met(&other, "dai").await;
        assert_eq!(forgetting::forget(&other, dai, None).await.unwrap().number, 2);
        // The rest of the list comes to it: its second has no place any more, and its third does not follow this second.
        let found = again::take_in(&other, &here).await.unwrap();
        assert_eq!((found.receipts, found.people), (2, vec![]));
        let whole = chain(&other).await;
        assert_eq!((whole.whole, whole.broken, whole.outside), (2, None, 2));
        let (id, third) = (given[2].id, "update receipts set number = 3 where receipt_id = $1");
        run(&other, third, vec![id.value().into_owned()]).await;
        let (number, why) = chain(&other).await.broken.unwrap();
        assert!(number == 3 && why.contains("not the one that it was given after"), "{why}");
        let text = other.read(move |db| forgetting::of_id(db, given[1].id)).await.unwrap().unwrap();
        assert!(forgetting::verify(&text, None).is_ok(), "outside of the chain it is as good as before");
    });
}

#[test]
fn a_list_that_broke_off_or_is_gone_is_made_whole_again() {
    both_engines(HOUSE, World::real, |store| async move {
        let (ann, ben) = (met(&store, "ann").await, met(&store, "ben").await);
        forgetting::forget(&store, ann, None).await.unwrap();
        let path = store.location().folder().join(again::LIST);
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        forgetting::forget(&store, ben, None).await.unwrap();
        let now = std::fs::read_to_string(&path).unwrap();
        assert!(now.starts_with(&whole) && now.lines().count() == 2, "{now}");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(again::keep(&store).await.unwrap(), 2);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), now);
        assert_eq!(again::keep(&store).await.unwrap(), 0);
    });
}

#[test]
fn everybody_can_be_told_who_looked_at_them() {
    both_engines(HOUSE, noon, |store| async move {
        let (ann, ben) = (met(&store, "ann").await, met(&store, "ben").await);
        let world = store.world().clone();
        let nora = Looker { staff: Some(world.id()), key: None, role: "member".into() };
        let till = Looker { key: Some(world.id()), ..nora.clone() };
        let look = |person, looker: &Looker, what, times| {
            let (looker, world, store) = (looker.clone(), store.world().clone(), store.clone());
            async move {
                store.write(move |tx| looks::note(tx, &world, person, &looker, what, times)).await.unwrap()
            }
        };
        let of = |person| store.read(move |db| looks::of_person(db, person));
        look(ann, &nora, What::Page, 1).await;
        look(ann, &nora, What::Page, 3).await;
        look(ann, &till, What::Api, 1).await;
        look(ben, &Looker::program(), What::Export, 1).await;
        let seen: Vec<_> = of(ann)
            .await
            .unwrap()
            .into_iter()
            .map(|it| (it.what, it.times, it.staff, it.key, it.role))
            .collect();
        assert!(seen.contains(&("page".into(), 4, nora.staff, None, "member".into())), "{seen:?}");
        let key = till.key.map(|it| it.to_string());
        assert!(seen.contains(&("api".into(), 1, nora.staff, key, "member".into())), "{seen:?}");
        assert_eq!(seen.len(), 2);

        // Joined, they have the looks of both; taken apart again, each has their own and what was seen of the two as one.
        let merged =
            store.write(move |tx| memory::joining::merge(tx, &World::real(), ann, ben, "same", None, false));
        let merge = merged.await.unwrap();
        assert_eq!(of(ann).await.unwrap().len(), 3);
        look(ann, &nora, What::File, 1).await;
        let once = of(ann).await.unwrap().into_iter().find(|it| it.what == "file").unwrap();
        assert_eq!(once.times, 1, "it was one look, though both sides know of it");
        let world = store.world().clone();
        store.write(move |tx| memory::joining::undo(tx, &world, merge, None)).await.unwrap();
        let whats =
            async |person| of(person).await.unwrap().into_iter().map(|it| it.what).collect::<Vec<_>>();
        assert_eq!(whats(ben).await, ["export", "file"]);
        assert_eq!(whats(ann).await.len(), 3);

        let later = store.world().now().plus_days(looks::KEPT_DAYS);
        assert_eq!(
            store.write(move |tx| looks::drop_old(tx, later)).await.unwrap(),
            0,
            "the last day counts"
        );
        let later = later.plus_days(1);
        assert_eq!(store.write(move |tx| looks::drop_old(tx, later)).await.unwrap(), 5);
        assert!(of(ann).await.unwrap().is_empty());
        look(ben, &nora, What::Page, 1).await;
        forgetting::forget(&store, ben, None).await.unwrap();
        let left = store.read(|db| db.number("select count(*) from looks", params![])).await.unwrap();
        assert_eq!(left, 0, "who looked goes with whom they looked at");
    });
}
