//! Somebody deletes what was said in their talk, or asks us to: first what will happen, then the act.

use ::house::Act;
use axum::{Json, extract::State as With, response::IntoResponse};
use conversations::talks::{self, Erased};
use serde::Deserialize;
use serde_json::json;

use super::{ERASINGS, Holder, Open, lines};
use crate::{
    State,
    problem::{Answer, Problem},
};

/// Whether it goes at once, or one of us has to look.
pub(super) async fn show(With(state): With<State>, Open(site): Open, holder: Holder) -> Answer {
    let talk = lines::theirs(&state, &site, &holder).await?;
    let all = state.store().read(move |db| talks::is_all_we_know(db, &talk)).await?;
    Ok(Json(json!({"at_once": all})).into_response())
}

#[derive(Deserialize)]
pub(super) struct Wish {
    /// What the browser calls it, so that it is kept once.
    name: String,
}

pub(super) async fn erase(
    With(state): With<State>,
    Open(site): Open,
    holder: Holder,
    Json(wish): Json<Wish>,
) -> Answer {
    lines::named(&wish.name)?;
    lines::theirs(&state, &site, &holder).await?;
    state.house().count(ERASINGS, &holder.visitor.address).await?;
    let (world, key) = (state.world().clone(), holder.key);
    let erased = state
        .store()
        .write(move |tx| {
            // What else is known of them is asked in the same transaction that takes it out.
            let talk = talks::held(tx, site.id, &key)?.ok_or_else(|| Problem::missing("A talk of yours"))?;
            let erased = talks::erase(tx, &world, &key, &talk, &wish.name)?;
            let act = match &erased {
                Erased::Gone(out) => Act::by_themselves("person.forgotten", out.receipt().id),
                Erased::Asked => Act::by_themselves("talk.asked to be deleted", talk.id),
            };
            ::house::note(tx, &world, &act)?;
            Ok::<_, Problem>(erased)
        })
        .await?;
    Ok(match erased {
        Erased::Gone(out) => Json(out.finish(state.store()).await?).into_response(),
        Erased::Asked => Json(json!({"asked": true})).into_response(),
    })
}
