//! What the stories of this room begin with.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use memory::{prepare, take};
use model::{Fields, Fragment, Handle, NewMoment, PersonId};
use store::Store;

/// Somebody of this name, who is known by a mail address and did all this.
pub async fn known(store: &Store, name: &str, moments: Vec<NewMoment>) -> PersonId {
    let mine = |it: NewMoment| NewMoment { key: format!("{name} {}", it.key), ..it };
    let fragment = Fragment {
        source: "test".into(),
        key: name.into(),
        seen_at: store.world().now(),
        fields: Fields::from([("name".to_owned(), name.to_owned())]),
        handles: vec![Handle::email(&format!("{name}@example.com")).unwrap()],
        roles: Vec::new(),
        moments: moments.into_iter().map(mine).collect(),
    };
    let (world, batch) = (store.world().clone(), [prepare(fragment)]);
    store.write(move |tx| take(tx, &world, &batch)).await.unwrap()[0].person.unwrap()
}
