//! What all lives together come to. It takes a while where many are known, so it is reckoned each night and when somebody asks, and kept.

mod sql;

use model::{PersonId, Time, World};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Notice, Read, Store, Write, jobs, params};

use crate::{
    Result,
    lives::{self, Day, day_of},
    worth::{self, Backtest, Buyer, Buyers, Equity, Expected, Learnt, Terms},
};

/// The job that reckons.
pub const RECKON: &str = "insight.reckon";
/// Each night at this hour, UTC, the day before is known.
const HOUR: i64 = 3;
/// What is kept.
const LATEST: &str = "latest";

/// What all lives come to on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reckoning {
    /// When it was reckoned.
    pub at: Time,
    /// The day of which it tells.
    pub today: Day,
    /// People whose lives were read.
    pub people: usize,
    /// People who bought in another currency than most, who are not counted.
    pub elsewhere: usize,
    /// How later money counts, and what is left of a price.
    pub terms: Terms,
    /// How models and guesses did on days they had not seen; none while there are too few to hold back.
    pub backtest: Option<Backtest>,
    /// What was learnt; none while nobody returns.
    pub learnt: Option<Learnt>,
    /// What all are worth, and how it came about.
    pub equity: Option<Equity>,
}

/// Reckons and keeps it. Says meanwhile how many lives were made anew.
pub async fn reckon(store: &Store, made: impl FnMut(usize)) -> Result<Reckoning> {
    lives::refresh(store, made).await?;
    let mut buyers = Buyers::default();
    let people = lives::tell(store, &mut [&mut buyers]).await?;
    let now = store.world().now();
    let zone = store.read(lives::zone).await?;
    let today = day_of(now.timestamp().to_zoned(zone).date());
    let terms = Terms { discount: 0.1, margin: 0.5 };
    let reckoned = tokio::task::spawn_blocking(move || {
        let trade = buyers.done();
        // Where nothing was bought for long, the days since then were not seen to be empty: the record ends with the last purchase of all.
        let until = trade.span().map_or(today, |(_, last)| if today - last > STALE { last } else { today });
        let backtest = worth::backtest(&trade, None, until);
        let learnt = worth::learn(&trade, backtest.as_ref().map(|it| it.chosen.as_str()), until);
        let teller = learnt.as_ref().and_then(|it| it.teller(terms));
        let equity = teller.map(|it| worth::equity(&trade, &it, until));
        Reckoning {
            at: now,
            today: until,
            people,
            elsewhere: trade.elsewhere,
            terms,
            backtest,
            learnt,
            equity,
        }
    });
    let reckoned = reckoned.await.map_err(|e| crate::InsightError::Broke(e.to_string()))?;
    let kept = serde_json::to_string(&reckoned).unwrap_or_default();
    store
        .write(move |tx| {
            tx.run(sql::KEEP, params![LATEST, now, kept])?;
            tx.announce(Notice::about("insight", ""))
        })
        .await?;
    Ok(reckoned)
}

/// After so many days without any purchase the record is taken to have ended.
const STALE: Day = 92;

/// What was last reckoned.
pub fn latest(db: &mut Read<'_>) -> Result<Option<Reckoning>> {
    let kept: Option<String> = db.first(sql::KEPT, params![LATEST], |row| row.get(0))?;
    // What an older version kept is reckoned anew.
    Ok(kept.and_then(|it| serde_json::from_str(&it).ok()))
}

/// What is expected of one person, by what was last learnt; none where nothing was, or they never bought.
pub fn expected(db: &mut Read<'_>, person: PersonId) -> Result<Option<Expected>> {
    let Some(reckoned) = latest(db)? else { return Ok(None) };
    let Some(learnt) = reckoned.learnt else { return Ok(None) };
    let Some(teller) = learnt.teller(reckoned.terms) else { return Ok(None) };
    let life = lives::of_person(db, person)?;
    let days = life.bought.iter().filter(|it| it.currency == learnt.currency);
    let buyer = Buyer { person, days: days.map(|it| (it.day, it.minor)).collect() };
    Ok(teller.expected(&buyer, reckoned.today.max(learnt.until)))
}

/// Asks for it to be reckoned as soon as somebody has time.
pub fn ask(tx: &mut Write<'_>, world: &World) -> Result<()> {
    Ok(jobs::enqueue(tx, world, RECKON, "asked", &json!({}), world.now())?)
}

/// Has it reckoned in the coming night. Asked for again it is the same.
pub async fn schedule(store: &Store) -> Result<()> {
    let (world, now) = (store.world().clone(), store.world().now());
    let midnight = Time::from_date(now.date()).unwrap_or(now);
    let today = midnight.plus_seconds(HOUR * 3600);
    let at = if today > now { today } else { today.plus_days(1) };
    let key = at.date().to_string();
    Ok(store.write(move |tx| jobs::enqueue(tx, &world, RECKON, &key, &json!({}), at)).await?)
}

/// Teaches a worker to reckon.
pub fn jobs(worker: jobs::Worker, store: &Store) -> jobs::Worker {
    let store = store.clone();
    worker.on(RECKON, move |_| {
        let store = store.clone();
        async move {
            schedule(&store).await.map_err(|it| it.to_string())?;
            reckon(&store, |_| {}).await.map(drop).map_err(|it| it.to_string())
        }
    })
}
