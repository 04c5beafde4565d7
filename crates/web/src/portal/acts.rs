//! What they may do at once: put something right, see it differently, say that something is not about them, have it left alone, object, choose.

use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::outbox;
use memory::{joining, people};
use model::{Channel, Direction, Kind, MomentId, NewMoment, PersonId, ProfileId, World};
use permission::{
    Actor, Saying,
    choosing::{self, How},
    policies,
};
use serde::Deserialize;
use serde_json::json;
use store::Write;

use super::{Guest, Mine, mine};
use crate::{
    State,
    problem::{Answer, Problem},
};

fn back(what: &str) -> Answer {
    Ok(Redirect::to(&format!("/me?done={what}")).into_response())
}

/// The parts of a guest; an error where there is nothing of theirs.
fn parts(tx: &mut Write<'_>, guest: &Guest) -> Result<Vec<Mine>, Problem> {
    let all = mine(tx, &guest.point)?;
    if all.is_empty() { Err(Problem::missing("Anything of this address")) } else { Ok(all) }
}

/// Something they tell us that somebody here has to answer.
pub(super) fn tells(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    title: &str,
    what: &str,
) -> Result<(), Problem> {
    let id: MomentId = world.id();
    let moment = NewMoment {
        key: id.to_string(),
        at: world.now(),
        kind: Kind::Message,
        channel: Channel::Form,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: title.to_owned(),
        body: what.to_owned(),
        data: json!({ "from_their_page": true }),
        originals: Vec::new(),
    };
    memory::note(tx, world, person, &moment, None)?;
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct Came {
    by: String,
}

/// Why they came, told once.
pub(super) async fn came(With(state): With<State>, guest: Guest, Form(given): Form<Came>) -> Answer {
    let world = state.world().clone();
    state
        .store()
        .write(move |tx| {
            for part in parts(tx, &guest)?.iter().filter(|it| it.is_whole()) {
                insight::came::tell(tx, &world, part.person.id, &given.by, None)?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    back("came")
}

#[derive(Deserialize)]
pub(super) struct Corrected {
    field: String,
    value: String,
}

pub(super) async fn correct(With(state): With<State>, guest: Guest, Form(given): Form<Corrected>) -> Answer {
    let world = state.world().clone();
    state
        .store()
        .write(move |tx| {
            for part in parts(tx, &guest)? {
                if part.shows(&given.field) {
                    people::enter(tx, &world, part.person.id, &given.field, &given.value, None)?;
                }
            }
            Ok::<_, Problem>(())
        })
        .await?;
    back("corrected")
}

#[derive(Deserialize)]
pub(super) struct Disputed {
    what: String,
}

pub(super) async fn dispute(With(state): With<State>, guest: Guest, Form(given): Form<Disputed>) -> Answer {
    let what: String = given.what.chars().take(500).collect();
    let world = state.world().clone();
    state
        .store()
        .write(move |tx| {
            for part in parts(tx, &guest)? {
                tells(tx, &world, part.person.id, "They see something differently", &what)?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    back("disputed")
}

#[derive(Deserialize)]
pub(super) struct NotMe {
    profile: String,
}

pub(super) async fn not_me(With(state): With<State>, guest: Guest, Form(given): Form<NotMe>) -> Answer {
    let profile: ProfileId = given.profile.parse()?;
    let world = state.world().clone();
    state
        .store()
        .write(move |tx| {
            let part = parts(tx, &guest)?.into_iter().find(|it| it.profiles.contains(&profile));
            let part = part.ok_or_else(|| Problem::missing("This part"))?;
            let (id, from) = (part.person.id, source(&part, profile));
            // What is all that is known of them cannot be parted from them by a press; one of us looks at it.
            let parted = joining::split(tx, &world, id, profile, None).is_ok();
            let words = match parted {
                true => format!("What {from} said of them was parted from them, because they said so. Where does it belong?"),
                false => format!("They say that what {from} said is not about them."),
            };
            tells(tx, &world, id, "\u{201c}This is not me\u{201d}", &words)
        })
        .await?;
    back("not-me")
}

fn source(part: &Mine, profile: ProfileId) -> String {
    let found = part.person.sources.iter().find(|it| it.profile == profile);
    found.map_or_else(|| "a source".to_owned(), |it| it.source.clone())
}

#[derive(Deserialize)]
pub(super) struct Rest {
    rest: String,
}

pub(super) async fn rest(With(state): With<State>, guest: Guest, Form(given): Form<Rest>) -> Answer {
    let on = given.rest == "yes";
    let world = state.world().clone();
    state
        .store()
        .write(move |tx| {
            for part in parts(tx, &guest)? {
                let mut wishes = permission::known(tx, part.person.id)?.in_force.wishes;
                wishes.restricted = on;
                let title = match on {
                    true => "What we know of them is to be left alone",
                    false => "What we know of them may be used again",
                };
                let saying =
                    Saying { title: title.into(), channel: Some(Channel::Form), ..Saying::default() };
                permission::wish(tx, &world, part.person.id, &wishes, Actor::Person, &saying)?;
                outbox::look_again(tx, part.person.id, world.now())?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    back(if on { "rest" } else { "go-on" })
}

fn how(wording: &str) -> How {
    How {
        via: "portal".into(),
        page: "/me".into(),
        language: "en".into(),
        wording: wording.to_owned(),
        heard: None,
        message: None,
        at_the_address: true,
    }
}

pub(super) async fn object(With(state): With<State>, guest: Guest) -> Answer {
    let world = state.world().clone();
    state
        .store()
        .write(move |tx| {
            for part in parts(tx, &guest)? {
                let how = how("Nothing at all that you did not ask for.");
                choosing::nothing(tx, &world, part.person.id, &guest.point, &how)?;
                outbox::look_again(tx, part.person.id, world.now())?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    back("objected")
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(rename = "do")]
    what: String,
    about: String,
}

pub(super) async fn choose(With(state): With<State>, guest: Guest, Form(given): Form<Chosen>) -> Answer {
    let world = state.world().clone();
    state
        .store()
        .write(move |tx| {
            let choice = choosing::choices(tx)?.into_iter().find(|it| it.key() == given.about);
            let choice =
                choice.ok_or_else(|| Problem::unfit("about", "names nothing that one can choose"))?;
            let how = how(&format!("{}: {}", choice.name, choice.words));
            for part in parts(tx, &guest)? {
                match given.what.as_str() {
                    "yes" => choosing::yes(tx, &world, part.person.id, &guest.point, &choice, &how)?,
                    "no" => choosing::no(tx, &world, part.person.id, &guest.point, &choice, &how)?,
                    _ => return Err(Problem::unfit("do", "is neither yes nor no")),
                };
                outbox::look_again(tx, part.person.id, world.now())?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    back("chosen")
}

pub(super) async fn receipt(With(state): With<State>, guest: Guest, Path(moment): Path<String>) -> Answer {
    let moment: MomentId = moment.parse()?;
    let settings = state.house().settings().await?;
    let receipt = state
        .store()
        .read(move |db| {
            let policy = policies::current(db)?;
            for part in mine(db, &guest.point)? {
                let said = permission::of_person(db, part.person.id)?;
                if let Some(said) = said.iter().find(|it| it.moment == moment) {
                    return Ok(permission::receipt(said, &settings.organisation, &policy));
                }
            }
            Err(Problem::missing("This decision"))
        })
        .await?;
    let name = format!("attachment; filename=\"receipt-{moment}.json\"");
    let headers = [("content-type", "application/json".to_owned()), ("content-disposition", name)];
    Ok((headers, serde_json::to_string_pretty(&receipt).unwrap_or_default()).into_response())
}
