//! Work in progress: what waits, what was set aside, and another chance for it.

use ::house::{Act, HouseError, Permission};
use axum::{
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use model::JobId;
use store::jobs::{self, Job};

use super::head;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// Jobs on the page: the dead first, then the next.
const MOST: i64 = 200;

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageJobs)?;
    let jobs = state.store().read(|db| jobs::list(db, MOST)).await?;
    let list = html! {
        div #jobs data-live="topic=jobs" data-src="/house/jobs" {
            @if jobs.is_empty() { div.empty { p { "Nothing to do: all work is done." } } }
            ul.lines { @for job in &jobs { li { (line(&desk, job)) } } }
        }
    };
    if desk.fragment {
        return Ok(layout::part(list));
    }
    let main = html! { (head(&desk, "/house/jobs")) (list) };
    Ok(layout::page(&desk, Here::House, "Work in progress", main))
}

fn line(desk: &Desk, job: &Job) -> Markup {
    html! {
        div {
            b { (job.kind.replace('_', " ")) } @if job.dead { span.tag.tag-bad { " set aside" } }
            p.small.soft {
                "Asked for " (when::ago(job.created_at, desk.now, &desk.zone))
                @if job.attempts > 0 { ", tried " (job.attempts) " times" }
                @if !job.last_error.is_empty() { br; (job.last_error) }
            }
        }
        @if job.dead { form method="post" action={"/house/jobs/" (job.id) "/again"} { button.quiet { "Try again" } } }
    }
}

pub(super) async fn again(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ManageJobs)?;
    let id: JobId = id.parse()?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = state.store().write(move |tx| {
        if !jobs::revive(tx, id, world.now())? {
            return Err(Problem::from(HouseError::Missing));
        }
        Ok(::house::note(tx, &world, &Act::by(&viewer, "job.revived", id))?)
    });
    write.await?;
    Ok(Redirect::to("/house/jobs").into_response())
}
