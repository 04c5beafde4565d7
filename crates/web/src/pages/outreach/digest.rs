//! A digest while it is written: its words beside how they will look; and one for whoever writes it.

use std::time::Duration;

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, Query, State as With},
    response::{IntoResponse, Redirect},
};
use channels::mail::smtp::Handed;
use conversations::digests::{self, Digest, State as Far};
use delivery::{
    digesting,
    mailboxes::{self, Mailbox},
};
use maud::{Markup, html};
use memory::people::{self, Line};
use model::{DigestId, PersonId};
use permission::topics::{self, Topic};
use serde::Deserialize;
use store::Read;

use super::{
    form::{Fields, Trouble},
    given::{Given, blank, found},
    going,
};
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::Colleagues,
    problem::{Answer, Problem},
};

/// Letters of a subject that phones show.
pub(super) const SHOWN: usize = 60;
/// Readers offered for a look through their eyes.
const READERS: usize = 20;
/// How long somebody waits for a mail server before they are told that it takes longer.
const PATIENCE: Duration = Duration::from_secs(20);
const FIELDS: Fields = &[
    ("subject", "The subject"),
    ("intro", "What stands first"),
    ("question", "The question"),
    ("starts_at", "The time from which it goes"),
    ("expires_at", "The time after which it is of no use"),
    ("per_minute", "The pace"),
    ("topics", "The topics"),
    ("mailbox", "The mailbox"),
    ("by", "Whoever it is from"),
];

/// What the form is made with.
struct Ground {
    topics: Vec<Topic>,
    mailboxes: Vec<Mailbox>,
    readers: Vec<(PersonId, String)>,
    names: Vec<Line>,
}

fn ground(db: &mut Read<'_>, digest: &Digest, now: model::Time) -> Result<Ground, Problem> {
    let readers = digests::readers(db, digest, now, READERS)?;
    let ids: Vec<PersonId> = readers.iter().map(|it| it.0).collect();
    Ok(Ground {
        topics: topics::open(db)?,
        mailboxes: mailboxes::all(db)?,
        readers,
        names: people::some(db, &ids)?,
    })
}

/// What was just done with it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

pub(super) async fn new(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::WritePeople)?;
    let blank = blank(&desk, state.world().id());
    let mut given = Given::of(&blank, &desk);
    given.0.retain(|(key, _)| key != "mailbox");
    page(&state, &desk, blank, true, &given, None, "").await
}

pub(super) async fn show(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let digest = found(&state, &id).await?;
    if digest.state != Far::Draft || !desk.can(Permission::WritePeople) {
        return going::page(&state, &desk, &digest).await;
    }
    let given = Given::of(&digest, &desk);
    page(&state, &desk, digest, false, &given, None, &done.done).await
}

async fn page(
    state: &State,
    desk: &Desk,
    digest: Digest,
    is_new: bool,
    given: &Given,
    problem: Option<&Problem>,
    done: &str,
) -> Answer {
    let trouble = Trouble { problem, fields: FIELDS };
    let (id, now) = (digest.id, desk.now);
    let ground = state.store().read(move |db| ground(db, &digest, now)).await?;
    let staff = state.house().colleagues().await?;
    let email = state.house().own(&desk.viewer).await?.email;
    let title = if is_new { "Write a digest" } else { "A digest" };
    let main = html! {
        p.back { a href="/outreach" { "Outreach" } }
        h1 { (title) }
        @match done {
            "kept" => p.said.said-well role="status" { "Kept." },
            "tried" => p.said.said-well role="status" { "Kept, and sent to " (email) " as a sample reader would get it." },
            _ => {}
        }
        @if ground.mailboxes.is_empty() {
            p.said { "A digest leaves from a mailbox, and there is none yet. " a href="/house/mailboxes" { "Add one first" } "." }
        } @else {
            div.writing {
                (form(id, &ground, given, &staff, &email, &trouble))
                (beside(id, &ground))
            }
            @if !is_new {
                form.ending method="post" action={"/outreach/digests/" (id) "/end"} {
                    button.quiet.grave data-sure="Throw this digest away?" { "Throw it away" }
                }
            }
        }
    };
    Ok(trouble.answer(layout::page(desk, Here::Outreach, title, main)))
}

fn form(
    id: DigestId,
    ground: &Ground,
    given: &Given,
    staff: &Colleagues,
    email: &str,
    trouble: &Trouble<'_>,
) -> Markup {
    let is_long = given.one("subject").chars().count() > SHOWN;
    html! {
        form.fields #digest method="post" action={"/outreach/digests/" (id)} data-looks {
            (trouble.above())
            div.field {
                label for="subject" { "Subject" }
                input #subject name="subject" value=(given.one("subject")) data-advice=(ADVICE) required maxlength="300" autocomplete="off" data-most=(SHOWN) autofocus[trouble.is_at("subject")] aria-invalid=[trouble.invalid("subject")] aria-describedby="subject-hint";
                p.small.over[is_long] #subject-hint { "Phones cut it after about " (SHOWN) " letters." }
            }
            div.field {
                label for="intro" { "What you say first" }
                textarea #intro.tall name="intro" maxlength="2000" data-advice=(ADVICE) autofocus[trouble.is_at("intro")] aria-invalid=[trouble.invalid("intro")] aria-describedby="intro-hint" { (given.one("intro")) }
                p.small #intro-hint { "It begins with their name by itself. Words only: mail programs hide pictures from elsewhere, and such pictures tell who opened a mail." }
            }
            div.field {
                label for="question" { "One question, if you have one" }
                textarea #question.short name="question" maxlength="2000" data-advice=(ADVICE) aria-invalid=[trouble.invalid("question")] aria-describedby="question-hint" { (given.one("question")) }
                p.small #question-hint { "It stands last. Whoever answers the mail answers whoever it is from." }
            }
            fieldset #topics {
                legend { "Topics" }
                @for it in &ground.topics {
                    label.choice { input type="checkbox" name="topics" value=(it.key) checked[given.has("topics", &it.key)]; (it.name) }
                }
                @if ground.topics.is_empty() { p.small.soft { "There are none yet. " a href="/outreach/topics/new" { "Add one" } "." } }
                @else { p.small.soft { "None means all of them. Everybody gets only what they chose." } }
            }
            div.side-by-side {
                div.field {
                    label for="by" { "From" }
                    select #by name="by" aria-invalid=[trouble.invalid("by")] { @for (id, name) in staff { option value=(id) selected[id.to_string() == given.one("by")] { (name) } } }
                }
                div.field {
                    label for="mailbox" { "Mailbox" }
                    select #mailbox name="mailbox" aria-invalid=[trouble.invalid("mailbox")] { @for it in &ground.mailboxes { option value=(it.id) selected[it.id.to_string() == given.one("mailbox")] { (it.address) } } }
                }
            }
            div.side-by-side.times {
                div.field { label for="starts_at" { "Not before" } input #starts_at type="datetime-local" name="starts_at" value=(given.one("starts_at")) required autofocus[trouble.is_at("starts_at")] aria-invalid=[trouble.invalid("starts_at")]; }
                div.field { label for="expires_at" { "Of no use after" } input #expires_at type="datetime-local" name="expires_at" value=(given.one("expires_at")) required autofocus[trouble.is_at("expires_at")] aria-invalid=[trouble.invalid("expires_at")]; }
            }
            div.field {
                label for="per_minute" { "At most so many a minute" }
                input #per_minute name="per_minute" value=(given.one("per_minute")) inputmode="numeric" size="8" required autocomplete="off" autofocus[trouble.is_at("per_minute")] aria-invalid=[trouble.invalid("per_minute")] aria-describedby="pace-hint";
                p.small #pace-hint { "What has not left when it is of no use any more does not leave." }
            }
            p.row {
                button.quiet name="then" value="stay" { "Keep it" }
                button.quiet name="then" value="try" { "Send me a test" }
                button name="then" value="plan" { "See who gets it" }
            }
            p.small.soft { "A test goes to " (email) ", from this mailbox, with everything a reader could get who has seen nothing yet." }
        }
    }
}

/// How it looks, for whom; the frame is where the answer of our form goes.
fn beside(id: DigestId, ground: &Ground) -> Markup {
    let looks = format!("/outreach/digests/{id}/looks");
    let name = |id: &PersonId, address: &str| {
        let line = ground.names.iter().find(|it| it.id == *id);
        line.map_or_else(|| address.to_owned(), |it| it.name.clone())
    };
    html! {
        section.beside aria-labelledby="beside-title" {
            h2 #beside-title { "As it will look" }
            div.seen-as {
                div.field {
                    label for="reader" { "Through the eyes of" }
                    select #reader name="reader" form="digest" {
                        option value="" { "a sample reader, who has seen nothing yet" }
                        @for (id, address) in &ground.readers { option value=(id) { (name(id, address)) } }
                    }
                }
                fieldset.pills {
                    legend.hush { "With its looks or as text" }
                    label.pill { input type="radio" name="as" value="html" form="digest" checked; "With its looks" }
                    label.pill { input type="radio" name="as" value="text" form="digest"; "As text" }
                }
                button.quiet #show-it form="digest" formaction=(looks) formtarget="looks" formnovalidate data-look { "Show it" }
            }
            div.frames {
                iframe name="looks" title="How this digest looks" src=(looks) sandbox=(super::looks::SANDBOX) {}
            }
            p.small.soft { "Exactly as it leaves, but that the link at its end leads nowhere." }
        }
    }
}

pub(super) async fn keep(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (id, given): (DigestId, _) = (id.parse()?, Given(pairs));
    let digest = match given.digest(&desk, id) {
        Ok(digest) => digest,
        Err(problem) => return again(&state, &desk, id, &given, &problem).await,
    };
    if !state.house().colleagues().await?.iter().any(|(id, _)| *id == digest.by) {
        let problem = Problem::unfit("by", "by: does not work here any more.");
        return again(&state, &desk, id, &given, &problem).await;
    }
    let (world, viewer, kept) = (state.world().clone(), desk.viewer.clone(), digest.clone());
    let done = state
        .store()
        .write(move |tx| {
            if mailboxes::one(tx, kept.mailbox)?.is_none() {
                return Err(Problem::unfit("mailbox", "mailbox: is not here any more."));
            }
            digests::keep(tx, &world, &kept)?;
            Ok(::house::note(tx, &world, &Act::by(&viewer, "digest.kept", id))?)
        })
        .await;
    if let Err(problem) = done {
        return again(&state, &desk, id, &given, &problem).await;
    }
    match given.one("then") {
        "plan" => Ok(Redirect::to(&format!("/outreach/digests/{id}/plan")).into_response()),
        "try" => match try_out(&state, &desk, &digest).await {
            Ok(()) => Ok(Redirect::to(&format!("/outreach/digests/{id}?done=tried")).into_response()),
            Err(problem) => again(&state, &desk, id, &given, &problem).await,
        },
        _ => Ok(Redirect::to(&format!("/outreach/digests/{id}?done=kept")).into_response()),
    }
}

/// The form once more, with what was wrong.
async fn again(state: &State, desk: &Desk, id: DigestId, given: &Given, problem: &Problem) -> Answer {
    let is_new = state.store().read(move |db| digests::one(db, id)).await?.is_none();
    page(state, desk, given.so_far(desk, id), is_new, given, Some(problem), "").await
}

/// Sends it to whoever writes it.
async fn try_out(state: &State, desk: &Desk, digest: &Digest) -> Result<(), Problem> {
    let me = state.house().own(&desk.viewer).await?;
    let sent = digesting::to_ourselves(
        state.store(),
        &state.config().address,
        digest,
        (desk.viewer.name(), &me.email),
    );
    let stayed = |why: &str| {
        Problem::new(
            axum::http::StatusCode::BAD_GATEWAY,
            "It did not leave",
            format!("It is kept, but the test did not leave. The mail server says: {why}"),
        )
    };
    match tokio::time::timeout(PATIENCE, sent).await {
        Ok(Ok(Handed::Over(_))) => Ok(()),
        Ok(Ok(Handed::Unknown(why) | Handed::Later(why) | Handed::Refused(why))) => Err(stayed(&why)),
        Ok(Err(error)) => Err(stayed(&error.to_string())),
        Err(_) => Err(stayed("nothing so far. It may still arrive.")),
    }
}
