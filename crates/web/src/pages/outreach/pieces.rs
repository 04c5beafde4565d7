//! A piece: something of ours, something of others', or what somebody told us and lets us pass on.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, Query, State as With},
    response::{IntoResponse, Redirect, Response},
};
use conversations::pieces::{self, Kind, Piece, Told};
use maud::{Markup, html};
use memory::{
    people::{self, Line},
    timeline,
};
use model::{Direction, Moment, MomentId, PieceId};
use permission::topics::{self, Topic};
use serde::Deserialize;
use store::Read;

use super::form::{Fields, Trouble};
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    languages::LANGUAGES,
    layout::{self, Here},
    pages::parts::{Colleagues, glimpse, someone},
    problem::{Answer, Problem},
    when,
};

/// Characters of what somebody said, as it stands above the form.
const SAID: usize = 600;
const FIELDS: Fields = &[
    ("title", "The title"),
    ("words", "The words"),
    ("link", "The link"),
    ("why", "Why"),
    ("topic", "The topic"),
    ("allowed", "Their consent"),
    ("told_by", "Whoever told it"),
];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Given {
    kind: String,
    topic: String,
    language: String,
    title: String,
    words: String,
    link: String,
    why: String,
    recommended_by: String,
    ready: Option<String>,
    /// Where they told it.
    moment: String,
    /// That they allowed it there.
    allowed: Option<String>,
}

/// Where a new piece begins.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Begun {
    topic: String,
    moment: String,
}

/// What the form is made with.
struct Ground {
    piece: Option<Piece>,
    topics: Vec<Topic>,
    /// What somebody told, and who they are.
    told: Option<(Moment, Line)>,
}

fn ground(db: &mut Read<'_>, id: Option<PieceId>, moment: Option<MomentId>) -> Result<Ground, Problem> {
    let piece = id.map(|id| pieces::one(db, id)).transpose()?.flatten();
    let kept = id.map(|id| pieces::told(db, id)).transpose()?.flatten();
    let moment = kept.map(|it| it.allowed).or(moment);
    let found = moment.map(|id| timeline::moment_by_id(db, id)).transpose()?.flatten();
    let told =
        match found.filter(|it| it.direction == Direction::Heard || it.direction == Direction::Together) {
            Some(moment) => people::some(db, &[moment.person])?.pop().map(|line| (moment, line)),
            None => None,
        };
    Ok(Ground { piece, topics: topics::all(db)?, told })
}

fn moment_of(text: &str) -> Result<Option<MomentId>, Problem> {
    Ok(Some(text).filter(|it| !it.is_empty()).map(str::parse).transpose()?)
}

pub(super) async fn new(With(state): With<State>, desk: Desk, Query(begun): Query<Begun>) -> Answer {
    desk.may(Permission::WritePeople)?;
    let moment = moment_of(&begun.moment)?;
    let ground = state.store().read(move |db| ground(db, None, moment)).await?;
    if moment.is_some() && ground.told.is_none() {
        return Err(Problem::missing("What they said"));
    }
    let mut given = Given {
        kind: Kind::Own.as_str().into(),
        topic: begun.topic,
        recommended_by: desk.viewer.staff().to_string(),
        ..Given::default()
    };
    if let Some((moment, _)) = &ground.told {
        given.kind = Kind::Story.as_str().into();
        given.title.clone_from(&moment.title);
        given.words = moment.parted().0.trim().to_owned();
        given.moment = moment.id.to_string();
    }
    page(&state, &desk, state.world().id(), &ground, &given, None).await
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let id: PieceId = id.parse()?;
    let ground = state.store().read(move |db| ground(db, Some(id), None)).await?;
    let piece = ground.piece.as_ref().ok_or_else(|| Problem::missing("This piece"))?;
    let given = Given {
        kind: piece.kind.as_str().into(),
        topic: piece.topic.clone(),
        language: piece.language.clone(),
        title: piece.title.clone(),
        words: piece.words.clone(),
        link: piece.link.clone(),
        why: piece.why.clone(),
        recommended_by: piece.recommended_by.map(|it| it.to_string()).unwrap_or_default(),
        ready: piece.ready_at.map(|_| "yes".into()),
        moment: ground.told.as_ref().map(|(it, _)| it.id.to_string()).unwrap_or_default(),
        allowed: Some("yes".into()),
    };
    page(&state, &desk, id, &ground, &given, None).await
}

async fn page(
    state: &State,
    desk: &Desk,
    id: PieceId,
    ground: &Ground,
    given: &Given,
    problem: Option<&Problem>,
) -> Answer {
    let trouble = Trouble { problem, fields: FIELDS };
    let staff = state.house().colleagues().await?;
    let title = match (&ground.piece, &ground.told) {
        (Some(_), _) => "A piece of the library",
        (None, Some(_)) => "Pass a story on",
        (None, None) => "Add a piece",
    };
    let main = html! {
        p.back { a href="/outreach" { "Outreach" } }
        h1 { (title) }
        @if let Some((moment, line)) = &ground.told { (teller(desk, moment, line)) }
        @if ground.topics.is_empty() {
            p.said { "A piece belongs to a topic, and there is none yet. " a href="/outreach/topics/new" { "Add one first" } "." }
        } @else if desk.can(Permission::WritePeople) {
            (form(id, ground, given, &staff, &trouble))
            @if let Some(piece) = &ground.piece { (end_of(piece)) }
        } @else if let Some(piece) = &ground.piece {
            h2 { (piece.title) } p.words { (piece.words) }
        }
    };
    Ok(trouble.answer(layout::page(desk, Here::Outreach, title, main)))
}

/// Who told it, and what they said.
fn teller(desk: &Desk, moment: &Moment, line: &Line) -> Markup {
    html! {
        div.told {
            (someone(line, "told us", Some(when::ago(moment.at, desk.now, &desk.zone))))
            blockquote.words { (glimpse(moment.parted().0, SAID)) }
            p.small { a href={"/people/" (moment.person) "?on=" (when::day(moment.at, &desk.zone)) "#" (moment.id)} { "Read it where they said it" } }
        }
    }
}

fn form(id: PieceId, ground: &Ground, given: &Given, staff: &Colleagues, trouble: &Trouble<'_>) -> Markup {
    let is_story = ground.told.is_some();
    let open = ground.topics.iter().filter(|it| !it.is_ended || it.key == given.topic);
    html! {
        form.fields method="post" action={"/outreach/pieces/" (id)} {
            (trouble.above())
            @if let Some((moment, line)) = &ground.told {
                input type="hidden" name="kind" value=(Kind::Story.as_str());
                input type="hidden" name="moment" value=(moment.id);
                div.field {
                    label.choice.consent { input #allowed type="checkbox" name="allowed" value="yes" checked[given.allowed.is_some()] autofocus[trouble.is_at("allowed")] aria-invalid=[trouble.invalid("allowed")]; span { (line.name) " allowed us to pass it on, in what they said here" } }
                    p.small { "It is told without their name, and only as long as they are with us and do not take it back." }
                }
            } @else {
                fieldset {
                    legend.hush { "Whose is it?" }
                    div.pills {
                        @for (kind, label) in [(Kind::Own, "We wrote it"), (Kind::Other, "Others did, and it is good")] {
                            label.pill { input type="radio" name="kind" value=(kind.as_str()) checked[given.kind == kind.as_str()]; (label) }
                        }
                    }
                    p.small.soft.hint { "A story of somebody we know begins on " a href="/people" { "their page" } ": at what they said, choose \u{201c}Pass it on as a story\u{201d}." }
                }
            }
            div.side-by-side {
                div.field {
                    label for="topic" { "Topic" }
                    select #topic name="topic" aria-invalid=[trouble.invalid("topic")] { @for it in open { option value=(it.key) selected[it.key == given.topic] { (it.name) } } }
                }
                div.field {
                    label for="language" { "Language" }
                    select #language name="language" {
                        option value="" { "For everybody" }
                        @for (code, name) in LANGUAGES { option value=(code) selected[*code == given.language] { (name) } }
                    }
                }
            }
            div.field {
                label for="title" { "Title" }
                input #title name="title" value=(given.title) required data-advice=(ADVICE) maxlength="300" autocomplete="off" autofocus[trouble.is_at("title")] aria-invalid=[trouble.invalid("title")];
            }
            div.field {
                label for="words" { "What it says" }
                textarea #words.tall name="words" maxlength="4000" data-advice=(ADVICE) autofocus[trouble.is_at("words")] aria-invalid=[trouble.invalid("words")] aria-describedby="words-hint" { (given.words) }
                p.small #words-hint { "A few paragraphs: a digest is read in minutes." }
            }
            div.field {
                label for="link" { "Where there is more of it" }
                input #link name="link" value=(given.link) inputmode="url" placeholder="https://" autocomplete="off" autofocus[trouble.is_at("link")] aria-invalid=[trouble.invalid("link")];
            }
            div.field {
                label for="why" { "Why it is worth their time" }
                input #why name="why" value=(given.why) data-advice=(ADVICE) maxlength="300" autocomplete="off" autofocus[trouble.is_at("why")] aria-invalid=[trouble.invalid("why")] aria-describedby="why-hint";
                @if !is_story { p.small #why-hint { "Needed, with a link, for what others wrote. It stands below the piece." } } @else { p.small #why-hint { "It stands below the piece." } }
            }
            div.field {
                label for="recommended_by" { "Recommended by" }
                select #recommended_by name="recommended_by" {
                    option value="" { "Nobody by name" }
                    @for (id, name) in staff { option value=(id) selected[id.to_string() == given.recommended_by] { (name) } }
                }
            }
            label.choice { input type="checkbox" name="ready" value="yes" checked[given.ready.is_some()]; "It is ready to be passed on" }
            p.row { button { "Keep it" } a.button.quiet href="/outreach" { "Leave it" } }
        }
    }
}

fn end_of(piece: &Piece) -> Markup {
    html! {
        form.ending method="post" action={"/outreach/pieces/" (piece.id) "/ended"} {
            @if piece.ended_at.is_some() {
                p { "It is not passed on any more." }
                button.quiet name="on" value="false" { "Pass it on again" }
            } @else {
                button.quiet.grave name="on" value="true" data-sure={"Pass \u{201c}" (piece.title) "\u{201d} on no more?"} { "Pass it on no more" }
            }
        }
    }
}

/// What was entered, as a piece; where there was one before, it keeps who made it and since when it is ready.
fn piece_of(desk: &Desk, id: PieceId, given: &Given, before: Option<&Piece>) -> Result<Piece, Problem> {
    let kind: Kind = given.kind.parse().map_err(|why: String| Problem::unfit("kind", why))?;
    let by = Some(given.recommended_by.as_str()).filter(|it| !it.is_empty()).map(str::parse).transpose()?;
    let ready = given.ready.is_some();
    Ok(Piece {
        id,
        kind,
        topic: given.topic.clone(),
        language: given.language.clone(),
        title: given.title.clone(),
        words: given.words.clone(),
        link: given.link.trim().to_owned(),
        why: given.why.clone(),
        recommended_by: by,
        made_at: before.map_or(desk.now, |it| it.made_at),
        made_by: before.map_or(desk.viewer.staff(), |it| it.made_by),
        ready_at: ready.then(|| before.and_then(|it| it.ready_at).unwrap_or(desk.now)),
        ended_at: before.and_then(|it| it.ended_at),
    })
}

/// Who told it, if it is a story; they have to have allowed it.
fn told_of(ground: &Ground, given: &Given) -> Result<Option<Told>, Problem> {
    if given.kind != Kind::Story.as_str() {
        return Ok(None);
    }
    let (moment, _) = ground.told.as_ref().ok_or_else(|| Problem::missing("What they said"))?;
    if given.allowed.is_none() {
        return Err(Problem::unfit(
            "allowed",
            "allowed: is not confirmed. Without it their story stays with us.",
        ));
    }
    Ok(Some(Told { by: moment.person, allowed: moment.id }))
}

pub(super) async fn keep(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (id, moment): (PieceId, _) = (id.parse()?, moment_of(&given.moment)?);
    let ground = state.store().read(move |db| ground(db, Some(id), moment)).await?;
    let made = piece_of(&desk, id, &given, ground.piece.as_ref())
        .and_then(|piece| Ok((piece, told_of(&ground, &given)?)));
    let done = match made {
        Ok((piece, told)) => write(&state, &desk, piece, told, "piece.kept").await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/outreach#topic-{}", given.topic)).into_response()),
        Err(problem) => page(&state, &desk, id, &ground, &given, Some(&problem)).await,
    }
}

async fn write(
    state: &State,
    desk: &Desk,
    piece: Piece,
    told: Option<Told>,
    verb: &'static str,
) -> Result<(), Problem> {
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            pieces::keep(tx, &world, &piece, told)?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, verb, piece.id))?)
        })
        .await
}

#[derive(Deserialize)]
pub(super) struct Ended {
    on: bool,
}

pub(super) async fn end(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(ended): Form<Ended>,
) -> Result<Response, Problem> {
    desk.may(Permission::WritePeople)?;
    let id: PieceId = id.parse()?;
    let found = state
        .store()
        .read(move |db| Ok::<_, Problem>(pieces::one(db, id)?.zip(Some(pieces::told(db, id)?))))
        .await?;
    let (piece, told) = found.ok_or_else(|| Problem::missing("This piece"))?;
    let piece = Piece { ended_at: ended.on.then_some(desk.now), ..piece };
    let verb = if ended.on { "piece.ended" } else { "piece.taken_up" };
    write(&state, &desk, piece, told, verb).await?;
    Ok(Redirect::to("/outreach").into_response())
}
