//! What somebody wants to hear from us: the page behind the link in our messages. No password, no script, one press for each thing; or one
//! request of a mail program (RFC 8058). Looking changes nothing: programs that look for viruses follow every link.

mod page;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State as With},
    http::HeaderMap,
    response::{IntoResponse, Redirect},
    routing::get,
};
use conversations::{
    links,
    outbox::{self, Message},
};
use model::Time;
use permission::{
    Actor, Known, Pause, Point, Quiet, Saying, Stance, Wishes,
    choosing::{self, Choice, How},
    policies,
};
use serde::Deserialize;
use store::Read;

use crate::{
    State,
    problem::{Answer, Problem},
    when,
};

/// A pause that is longer than this is a no.
const LONGEST_PAUSE_DAYS: i64 = 366;

pub(crate) fn router() -> Router<State> {
    Router::new()
        .route("/preferences/{token}", get(show).post(act))
        // As links in older mails have it.
        .route("/stop/{token}", get(show).post(act))
        .route("/preferences/{token}/receipt/{moment}", get(receipt))
}

/// Everything the page shows.
pub(crate) struct Ground {
    message: Message,
    address: String,
    point: Point,
    known: Known,
    stances: Vec<(Choice, Stance)>,
    /// How many of each purpose came within ninety days.
    came: Vec<(String, i64)>,
    /// What waits to be said, and until when.
    next: Option<(Time, String)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shown {
    /// What was just done, and about what.
    done: String,
    about: String,
}

/// What one press says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pressed {
    #[serde(rename = "do")]
    what: String,
    about: String,
    rhythm: String,
    pause: String,
    from: String,
    until: String,
    zone: String,
    language: String,
    why: String,
    #[serde(rename = "List-Unsubscribe")]
    one_click: String,
}

fn ground(db: &mut Read<'_>, message: Message, address: String, now: Time) -> Result<Ground, Problem> {
    let point = Point::mail(&address);
    let known = permission::known(db, message.person)?;
    let stances = choosing::stances(db, &known, &point, now)?;
    let came = outbox::came(db, known.person, now.plus_days(-90))?;
    let next = outbox::next(db, known.person)?;
    Ok(Ground { message, address, point, known, stances, came, next })
}

impl Ground {
    /// What the message that led here is about, as far as one can say no to it.
    fn own(&self) -> Vec<&(Choice, Stance)> {
        let purpose = self.message.word.as_ref().map_or(&self.message.purpose, |word| &word.purpose);
        let topics = self.message.letter.digest.as_ref().map_or(&[][..], |it| &it.topics);
        let is_its = |it: &Choice| {
            it.purpose == *purpose && it.topic.as_ref().is_none_or(|topic| topics.contains(topic))
        };
        self.stances.iter().filter(|(it, _)| is_its(it)).collect()
    }

    fn choice(&self, key: &str) -> Result<&(Choice, Stance), Problem> {
        let found = self.stances.iter().find(|(it, _)| it.key() == key);
        found.ok_or_else(|| Problem::unfit("about", "names nothing that one can choose"))
    }
}

async fn show(With(state): With<State>, Path(token): Path<String>, Query(shown): Query<Shown>) -> Answer {
    let (world, now) = (state.world().clone(), state.world().now());
    let held = token.clone();
    let ground = state
        .store()
        .write(move |tx| {
            let (message, address) = links::of_token(tx, &world, &held)?;
            ground(tx, message, address, now)
        })
        .await?;
    page::show(&state, &token, &ground, &shown.done, &shown.about).await
}

async fn act(With(state): With<State>, Path(token): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    // Mail programs say it in a form of either kind, and all that they say is stop.
    let is_form = headers.get("content-type").is_none_or(|it| !it.as_bytes().starts_with(b"multipart/"));
    let pressed: Pressed = match is_form {
        true => serde_urlencoded::from_bytes(&body).unwrap_or_default(),
        false => Pressed { one_click: "One-Click".into(), ..Pressed::default() },
    };
    let by_program = !pressed.one_click.is_empty() || pressed.what.is_empty();
    let (world, now) = (state.world().clone(), state.world().now());
    let language = page::LANGUAGE.to_owned();
    let held = token.clone();
    let (done, about) = state
        .store()
        .write(move |tx| {
            let (message, address) = links::of_token(tx, &world, &held)?;
            let before = ground(tx, message, address, now)?;
            let how = How {
                via: if by_program { "one_click" } else { "preference_page" }.into(),
                page: before.message.letter.id.clone(),
                language: language.clone(),
                at_the_address: true,
                ..How::default()
            };
            let done = if by_program {
                stop(tx, &world, &before, &how)?
            } else {
                press(tx, &world, &before, &pressed, how)?
            };
            // What waited may be asked for or refused now.
            outbox::look_again(tx, before.known.person, now)?;
            Ok::<_, Problem>(done)
        })
        .await?;
    if by_program {
        return Ok("You will get no more of these.\n".into_response());
    }
    let to = format!("/preferences/{token}?done={done}&about={about}#said");
    Ok(Redirect::to(&to).into_response())
}

type Tx<'a, 'b> = &'a mut store::Write<'b>;

/// No more of what the message was; of everything, where it was nothing that one can name.
fn stop(
    tx: Tx<'_, '_>,
    world: &model::World,
    before: &Ground,
    how: &How,
) -> Result<(&'static str, String), Problem> {
    let (person, point) = (before.known.person, &before.point);
    let own = before.own();
    if own.is_empty() {
        choosing::nothing(tx, world, person, point, how)?;
    }
    for (choice, stance) in own {
        if !matches!(stance, Stance::No { .. }) {
            choosing::no(tx, world, person, point, choice, how)?;
        }
    }
    Ok(("no", String::new()))
}

fn press(
    tx: Tx<'_, '_>,
    world: &model::World,
    before: &Ground,
    pressed: &Pressed,
    how: How,
) -> Result<(&'static str, String), Problem> {
    let (person, point) = (before.known.person, &before.point);
    let worded = |wording: String| How { wording, ..how.clone() };
    match pressed.what.as_str() {
        "no" => {
            let (choice, stance) = before.choice(&pressed.about)?;
            if !matches!(stance, Stance::No { .. }) {
                choosing::no(tx, world, person, point, choice, &worded(page::wording(choice)))?;
            }
            Ok(("no", choice.key()))
        }
        "yes" => {
            let (choice, stance) = before.choice(&pressed.about)?;
            if !matches!(stance, Stance::Yes { .. }) {
                choosing::yes(tx, world, person, point, choice, &worded(page::wording(choice)))?;
            }
            Ok(("yes", choice.key()))
        }
        "nothing" => {
            if before.stances.iter().any(|(_, it)| !matches!(it, Stance::No { .. })) {
                choosing::nothing(tx, world, person, point, &worded(page::NOTHING.into()))?;
            }
            Ok(("nothing", String::new()))
        }
        "why" => {
            why(tx, world, before, pressed)?;
            Ok(("why", String::new()))
        }
        "wishes" => {
            let wishes = wishes(before, pressed, world.now())?;
            let saying = Saying {
                title: page::in_words(&wishes),
                channel: Some(model::Channel::Form),
                ..Saying::default()
            };
            permission::wish(tx, world, person, &wishes, Actor::Person, &saying)?;
            Ok(("wishes", String::new()))
        }
        _ => Err(Problem::unfit("do", "is nothing that this page knows")),
    }
}

/// Why, in one press, after it was done: told to the team like anything else they say.
fn why(tx: Tx<'_, '_>, world: &model::World, before: &Ground, pressed: &Pressed) -> Result<(), Problem> {
    let reason = page::REASONS.iter().find(|(key, _)| *key == pressed.why);
    let (_, words) = reason.ok_or_else(|| Problem::unfit("why", "is none of the reasons on this page"))?;
    let moment = model::NewMoment {
        key: format!("why {} {}", before.message.moment, world.now().date()),
        at: world.now(),
        kind: model::Kind::Note,
        channel: model::Channel::Form,
        direction: model::Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: format!("Why they stopped: {words}"),
        body: String::new(),
        data: serde_json::json!({ "why_stopped": pressed.why, "about": before.message.moment }),
        originals: Vec::new(),
    };
    memory::note(tx, world, before.known.person, &moment, None)?;
    Ok(())
}

/// What they wish now: what the form says, and of everything else what they wished before.
fn wishes(before: &Ground, pressed: &Pressed, now: Time) -> Result<Wishes, Problem> {
    let mut wishes = before.known.in_force.wishes.clone();
    wishes.rhythm = serde_json::from_value(serde_json::json!(pressed.rhythm))
        .map_err(|_| Problem::unfit("rhythm", "is none of whenever, weekly, monthly"))?;
    let zone = pressed.zone.trim();
    wishes.zone = (!zone.is_empty()).then(|| zone.to_owned());
    wishes.language = Some(pressed.language.trim().to_owned()).filter(|it| !it.is_empty());
    wishes.quiet_hours = match (pressed.from.trim(), pressed.until.trim()) {
        ("", "") => Vec::new(),
        (from, until) => vec![Quiet {
            channels: Vec::new(),
            jurisdiction: permission::ANY.into(),
            days: Vec::new(),
            start: from.to_owned(),
            end: until.to_owned(),
        }],
    };
    wishes.pauses = pause(&pressed.pause, zone, now)?.into_iter().collect();
    Ok(wishes)
}

fn pause(until: &str, zone: &str, now: Time) -> Result<Option<Pause>, Problem> {
    if until.trim().is_empty() {
        return Ok(None);
    }
    let wrong = |why: &str| Problem::unfit("pause", why);
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let until = when::day_begins(until, &zone).ok_or_else(|| wrong("is no day"))?;
    if until > now.plus_days(LONGEST_PAUSE_DAYS) {
        return Err(wrong("is more than a year away; please choose what you want to hear instead"));
    }
    let pause = Pause { from: Some(now), until: Some(until), purposes: Vec::new(), channels: Vec::new() };
    Ok((until > now).then_some(pause))
}

/// What was decided, as a record that they can keep (ISO/IEC TS 27560).
async fn receipt(With(state): With<State>, Path((token, moment)): Path<(String, String)>) -> Answer {
    let (world, moment) = (state.world().clone(), moment.parse::<model::MomentId>()?);
    let settings = state.house().settings().await?;
    let receipt = state
        .store()
        .write(move |tx| {
            let (message, _) = links::of_token(tx, &world, &token)?;
            let known = permission::known(tx, message.person)?;
            let policy = policies::current(tx)?;
            let said = known.said.iter().find(|it| it.moment == moment);
            let said = said.ok_or_else(|| Problem::missing("This decision"))?;
            let mut receipt = permission::receipt(said, &settings.organisation, &policy);
            // The link may have been passed on with its mail; the address is not.
            receipt["pii_principal_id"] = serde_json::Value::Null;
            if let Some(kept) = receipt["as_kept"].as_object_mut() {
                kept.remove("contact_point");
            }
            Ok::<_, Problem>(receipt)
        })
        .await?;
    let name = format!("attachment; filename=\"receipt-{moment}.json\"");
    let headers = [("content-type", "application/json".to_owned()), ("content-disposition", name)];
    Ok((headers, serde_json::to_string_pretty(&receipt).unwrap_or_default()).into_response())
}
