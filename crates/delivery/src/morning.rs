//! Each morning the team meets somebody in its own chat, and whoever promised something that is due gets a mail about it.

use channels::{
    mail::{Mailbox as Address, Outgoing, smtp::Handed},
    team_chat,
};
use conversations::{
    daily::{self, Why},
    promises::{self, Promise},
};
use house::{House, Permission, Settings, Staff};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use memory::{looks, people};
use model::{JobId, PersonId, StaffId, Time};
use permission::Cleared;
use serde_json::json;
use store::{
    Store,
    jobs::{self, Job},
};

use crate::{
    DeliveryError,
    mailboxes::{self, State},
    sending,
};

/// The job that plans a morning, and those it plans.
pub(crate) const MORNING: &str = "morning";
pub(crate) const MEET: &str = "morning.meet";
pub(crate) const REMIND: &str = "morning.remind";
/// When a day begins for those who read it.
const HOUR: i8 = 8;
/// Promises in one mail.
const MOST: i64 = 50;

fn zone(settings: &Settings) -> TimeZone {
    TimeZone::get(&settings.zone).unwrap_or(TimeZone::UTC)
}

/// The next morning after a time, and its day.
fn next(now: Time, zone: &TimeZone) -> Option<(Date, Time)> {
    let here = now.timestamp().to_zoned(zone.clone());
    let of =
        |day: Date| Some((day, Time::from(day.at(HOUR, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp())));
    of(here.date()).filter(|(_, at)| *at > now).or_else(|| of(here.date().checked_add(1.day()).ok()?))
}

/// Has the next morning done. Asked for again it is the same.
pub async fn schedule(store: &Store) -> Result<(), DeliveryError> {
    let (settings, world) = (House::new(store.clone()).settings().await?, store.world().clone());
    let Some((day, at)) = next(world.now(), &zone(&settings)) else { return Ok(()) };
    let (key, payload) = (day.to_string(), json!({ "day": day.to_string() }));
    Ok(store.write(move |tx| jobs::enqueue(tx, &world, MORNING, &key, &payload, at)).await?)
}

/// Plans what is done on a morning, each thing for itself, so that the trouble of one is told of once and repeats nothing else.
pub(crate) async fn begin(store: &Store, day: &str) -> Result<(), DeliveryError> {
    schedule(store).await?;
    drop_old_looks(store).await?;
    let who = House::new(store.clone()).who_may(Permission::WritePeople).await?;
    let (world, day) = (store.world().clone(), day.to_owned());
    Ok(store
        .write(move |tx| {
            let now = world.now();
            jobs::enqueue(tx, &world, MEET, &day, &json!({ "day": day }), now)?;
            for staff in &who {
                let (key, payload) =
                    (format!("{day} {}", staff.id), json!({ "day": day, "staff": staff.id }));
                jobs::enqueue(tx, &world, REMIND, &key, &payload, now)?;
            }
            Ok::<_, store::StoreError>(())
        })
        .await?)
}

/// Who looked at somebody is kept for a time only.
async fn drop_old_looks(store: &Store) -> Result<(), DeliveryError> {
    let now = store.world().now();
    while store.write(move |tx| looks::drop_old(tx, now)).await? > 0 {}
    Ok(())
}

fn date(job: &Job) -> Result<Date, DeliveryError> {
    let day = job.payload["day"].as_str().unwrap_or_default();
    day.parse().map_err(|_| DeliveryError::Wish(format!("“{day}” is no day")))
}

/// The team meets somebody.
pub(crate) async fn introduce(store: &Store, job: &Job, address: &str) -> Result<(), DeliveryError> {
    let (day, settings) = (date(job)?, House::new(store.clone()).settings().await?);
    if settings.team_chat.is_empty() {
        return Ok(());
    }
    let now = store.world().now();
    let met: Option<(String, PersonId, Why)> = store
        .write(move |tx| {
            let Some((person, why)) = daily::meeting(tx, daily::team(), day, now)? else { return Ok(None) };
            let line = people::some(tx, &[person])?.pop();
            Ok::<_, DeliveryError>(line.map(|line| (line.name, line.id, why)))
        })
        .await?;
    let Some((name, person, why)) = met else { return Ok(()) };
    let text = format!("Somebody to meet today: {name}. {}\n{address}/people/{person}", in_words(&why, now));
    Ok(team_chat::tell(&settings.team_chat, &text).await?)
}

/// Why we meet somebody, in a sentence or two.
pub fn in_words(why: &Why, now: Time) -> String {
    let days = |since: &Time| match now.seconds_since(*since) / 86_400 {
        ..=1 => "a day".to_owned(),
        days => format!("{days} days"),
    };
    match why {
        Why::Unhappy { score, of, words, .. } if words.is_empty() => format!("They gave us {score} of {of}."),
        Why::Unhappy { score, of, words, .. } => format!("They gave us {score} of {of}: “{words}”"),
        Why::Waiting { since } => format!("They have waited {} for a word from us.", days(since)),
        Why::LetDown { what } => format!("We promised to {what}, and did not keep it."),
        Why::Quiet { since: Some(since) } => {
            format!("A regular of whom nothing was heard for {}.", days(since))
        }
        Why::Quiet { since: None } => "A regular of whom nothing was heard for a while.".to_owned(),
        Why::New => "They wrote to us for the first time this week.".to_owned(),
    }
}

/// Whoever promised something that is due by the end of tomorrow, or was due, is told in one mail.
pub(crate) async fn remind(store: &Store, job: &Job, address: &str) -> Result<(), DeliveryError> {
    let house = House::new(store.clone());
    let (day, zone) = (date(job)?, zone(&house.settings().await?));
    let end = day.checked_add(2.days()).and_then(|it| it.to_zoned(zone.clone()));
    let end = end.map_or_else(|_| store.world().now().plus_days(2), |it| Time::from(it.timestamp()));
    let mailboxes = store.read(mailboxes::all).await?;
    let mailbox = mailboxes.iter().find(|it| it.state == State::Fine);
    let who = house.who_may(Permission::WritePeople).await?;
    let staff = who.iter().find(|it| job.payload["staff"] == json!(it.id));
    let (Some(mailbox), Some(staff)) = (mailbox, staff) else { return Ok(()) };
    let due = due(store, staff.id, end).await?;
    if due.is_empty() {
        return Ok(());
    }
    let mail = reminder(mailbox, staff, &due, &zone, job.id, address, store.world().now());
    let signer = crate::signing::signer(store, &mailbox.address).await?;
    let bytes = Outgoing { signer, ..mail }.bytes()?;
    let one = Cleared::to_ourselves(&staff.email);
    let handed = sending::hand_to(store, mailbox, &[one], &bytes).await?;
    match handed.into_iter().next() {
        Some(Handed::Later(why)) => Err(DeliveryError::Wish(why)),
        _ => Ok(()),
    }
}

/// What somebody has to keep by then, with the names of those it was promised to.
async fn due(store: &Store, keeper: StaffId, end: Time) -> Result<Vec<(Promise, String)>, DeliveryError> {
    store
        .read(move |db| {
            let due = promises::open(db, end, Some(keeper), MOST)?;
            let ids: Vec<PersonId> = due.iter().map(|it| it.person).collect();
            let lines = people::some(db, &ids)?;
            let name = |id| lines.iter().find(|line| line.id == id).map(|line| line.name.clone());
            Ok(due.into_iter().filter_map(|it| name(it.person).map(|name| (it, name))).collect())
        })
        .await
}

fn reminder(
    mailbox: &mailboxes::Mailbox,
    staff: &Staff,
    due: &[(Promise, String)],
    zone: &TimeZone,
    job: JobId,
    address: &str,
    now: Time,
) -> Outgoing {
    let first = staff.name.split(' ').next().unwrap_or(&staff.name);
    let mut text = format!("Good morning {first},\n\nthis was promised by you:\n");
    for (promise, name) in due {
        let day = promise.due_at.timestamp().to_zoned(zone.clone());
        let was = if promise.due_at < now { "was due" } else { "due" };
        text.push_str(&format!(
            "\n- {}: {} ({was} {})\n  {address}/people/{}\n",
            name,
            promise.what,
            day.strftime("%A, %-d %B"),
            promise.person
        ));
    }
    let subject = match due {
        [(only, name)] => format!("Promised to {name}: {}", only.what),
        all => format!("{} promises of yours are due", all.len()),
    };
    let to = |it: &str, name: &str| Address { name: Some(name.to_owned()), address: it.to_owned() };
    Outgoing {
        // The same mail, however often the morning is tried.
        id: format!("<{job}.{}.morning@{}>", staff.id, mailboxes::domain(&mailbox.address)),
        at: now,
        from: Some(to(&mailbox.address, "Regard")),
        to: vec![to(&staff.email, &staff.name)],
        subject,
        text,
        automatic: true,
        ..Outgoing::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_today_until_it_is_over_and_follows_the_clocks() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |text: &str| Time::from(text.parse::<jiff::Timestamp>().unwrap());
        let next = |text: &str| next(at(text), &zone).unwrap().1.to_string();
        assert_eq!(next("2026-03-27T06:59:00Z"), at("2026-03-27T07:00:00Z").to_string());
        assert_eq!(next("2026-03-27T07:00:00Z"), at("2026-03-28T07:00:00Z").to_string());
        assert_eq!(next("2026-03-28T08:00:00Z"), at("2026-03-29T06:00:00Z").to_string(), "an hour earlier");
    }
}
