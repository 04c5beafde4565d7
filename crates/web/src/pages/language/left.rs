//! Advice that one of us left as it is: learned where they write, and taken back on their own page.

use ::house::Permission;
use axum::{
    Form,
    extract::State as With,
    response::{IntoResponse, Redirect},
};
use conversations::speaking::{self, Left};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    State,
    gate::Desk,
    layout,
    problem::{Answer, Problem},
    when,
};

#[derive(Deserialize)]
pub(super) struct Given {
    rule: String,
    words: String,
}

pub(super) async fn leave(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    desk.may(Permission::WritePeople)?;
    let auditor = state.auditor().now(state.store()).await?;
    if !auditor.rules().iter().any(|it| it.id == given.rule) {
        return Err(Problem::unfit("rule", "There is no such rule."));
    }
    let (me, now) = (desk.viewer.staff(), state.world().now());
    state.store().write(move |tx| speaking::leave(tx, me, &given.rule, &given.words, now)).await?;
    Ok(layout::part(html! {}))
}

pub(super) async fn take_back(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    let me = desk.viewer.staff();
    state.store().write(move |tx| speaking::take_back(tx, me, &given.rule, &given.words)).await?;
    Ok(Redirect::to("/house/me#left").into_response())
}

/// On one's own page: what one does not want to be told, and the way back.
pub(in crate::pages) fn mine(desk: &Desk, left: &[Left]) -> Markup {
    html! {
        @if !left.is_empty() {
            section #left tabindex="-1" {
                h2 { "Words you leave as they are" }
                p.soft { "You are not told of these any more while you write. Your colleagues are." }
                ul.lines { @for it in left {
                    li {
                        div {
                            q { (it.words) }
                            p.small.soft { (it.rule) ", since " (when::date(it.at, &desk.zone)) }
                        }
                        form method="post" action="/language/take-back" {
                            input type="hidden" name="rule" value=(it.rule);
                            input type="hidden" name="words" value=(it.words);
                            button.plain { "Tell me again" span.hush { ": " (it.words) } }
                        }
                    }
                } }
            }
        }
    }
}
