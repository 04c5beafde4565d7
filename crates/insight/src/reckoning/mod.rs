//! What all lives together come to. It takes a while where many are known, so it is reckoned each night and when somebody asks, and kept.

mod groups;
mod sql;

use std::collections::{HashMap, HashSet};

use model::{PersonId, Time, World};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Notice, Read, Store, Write, jobs, params};

use crate::{
    Fold, Life, Result, coming, fairness, health, kinds,
    lives::{self, Day, day_of},
    loyalty,
    period::{Period, YEAR},
    prices::{self, Prices},
    profit::{self, Profit},
    retention,
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
    /// In which currency amounts are; empty where nobody bought anything.
    pub currency: String,
    /// People who bought in another currency than most, who are not counted.
    pub elsewhere: usize,
    /// What was assumed.
    pub prices: Prices,
    /// How models and guesses did on days they had not seen; none while there are too few to hold back.
    pub backtest: Option<Backtest>,
    /// What was learnt; none while nobody returns.
    pub learnt: Option<Learnt>,
    /// What all are worth, and how it came about.
    pub equity: Option<Equity>,
    /// What each brought and cost in the last twelve months.
    pub profit: profit::Report,
    /// Who stays.
    pub staying: retention::Report,
    /// Where people come from.
    pub coming: coming::Report,
    /// Why they return.
    pub loyalty: loyalty::Report,
    /// What relationships are.
    pub kinds: kinds::Report,
    /// How it goes.
    pub health: health::Report,
    /// What groups get, by the field that parts them.
    pub fairness: Vec<(String, fairness::Report)>,
}

impl Reckoning {
    /// How later money counts, and what is left of a price.
    pub fn terms(&self) -> Terms {
        Terms { discount: self.prices.discount, margin: 1.0 - self.prices.goods }
    }
}

/// Reckons and keeps it. Says meanwhile how many lives were made anew.
pub async fn reckon(store: &Store, made: impl FnMut(usize)) -> Result<Reckoning> {
    lives::refresh(store, made).await?;
    // Whoever asked that what we know of them is left alone is in no sum.
    let around = around(store).await?;
    let mut buyers = Buyers::default();
    let people = lives::tell_but(store, &around.left_alone, &mut [&mut buyers]).await?;
    let now = store.world().now();
    let (zone, prices) =
        store.read(|db| Ok::<_, crate::InsightError>((lives::zone(db)?, prices::current(db)?))).await?;
    let prices = prices.prices;
    let day = day_of(now.timestamp().to_zoned(zone).date());
    let trade = aside(move || buyers.done()).await?;
    // Where nothing was bought for long, the days since then were not seen to be empty: the record ends with the last purchase of all.
    let today = trade.span().map_or(day, |(_, last)| if day - last > STALE { last } else { day });
    let left_alone = around.left_alone.clone();
    let mut folds = Folds::new(today, &trade.currency, &prices, around);
    lives::tell_but(store, &left_alone, &mut folds.each()).await?;
    let terms = Terms { discount: prices.discount, margin: 1.0 - prices.goods };
    let reckoned = aside(move || {
        let backtest = worth::backtest(&trade, None, today);
        let learnt = worth::learn(&trade, backtest.as_ref().map(|it| it.chosen.as_str()), today);
        let teller = learnt.as_ref().and_then(|it| it.teller(terms));
        let equity = teller.map(|it| worth::equity(&trade, &it, today));
        let (currency, elsewhere) = (trade.currency, trade.elsewhere);
        folds.done(now, today, (people, elsewhere), currency, prices, (backtest, learnt, equity))
    });
    let reckoned = reckoned.await?;
    let kept = serde_json::to_string(&reckoned).unwrap_or_default();
    store
        .write(move |tx| {
            tx.run(sql::KEEP, params![LATEST, now, kept])?;
            tx.announce(Notice::about("insight", ""))
        })
        .await?;
    Ok(reckoned)
}

/// Holds the models against the days after one that somebody chose, by everything that is known now; none while there is too little on either
/// side of it. Nothing is kept.
pub async fn backtest(store: &Store, learn_until: Day) -> Result<Option<Backtest>> {
    let left_alone = groups::left_alone(store).await?;
    let mut buyers = Buyers::default();
    lives::tell_but(store, &left_alone, &mut [&mut buyers]).await?;
    aside(move || {
        let trade = buyers.done();
        let last = trade.span().map_or(learn_until, |(_, last)| last);
        worth::backtest(&trade, Some(learn_until), last)
    })
    .await
}

/// Sums over many keep nobody else waiting.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|it| crate::InsightError::Broke(it.to_string()))
}

/// What is known of people beside their lives.
struct Around {
    left_alone: HashSet<PersonId>,
    corrected: HashMap<PersonId, kinds::Correction>,
    groups: Vec<(String, HashMap<PersonId, String>)>,
}

async fn around(store: &Store) -> Result<Around> {
    let corrected = store.read(kinds::corrections).await?;
    let groups = store.read(groups::of_people).await?;
    let left_alone = groups::left_alone(store).await?;
    Ok(Around { left_alone, corrected, groups })
}

/// Everything that eats lives in one pass.
struct Folds {
    profits: profit::Profits,
    staying: retention::Staying,
    coming: coming::Coming,
    loyalties: loyalty::Loyalties,
    kinds: kinds::Kinds,
    healths: health::Healths,
    fairness: Vec<(String, fairness::Fairness)>,
}

impl Folds {
    fn new(today: Day, currency: &str, prices: &Prices, around: Around) -> Self {
        let counting = profit::Counting {
            period: Period::until(today, YEAR),
            today,
            currency: currency.to_owned(),
            prices: prices.clone(),
        };
        let fair = |of: HashMap<PersonId, String>| fairness::Fairness::new(today, currency, of, SEED);
        Self {
            profits: profit::Profits::new(counting.clone()),
            staying: retention::Staying::new(today, currency),
            coming: coming::Coming::new(today, currency, prices.clone()),
            loyalties: loyalty::Loyalties::new(today, currency),
            kinds: kinds::Kinds::new(counting, around.left_alone, around.corrected),
            healths: health::Healths::new(today),
            fairness: around.groups.into_iter().map(|(field, of)| (field, fair(of))).collect(),
        }
    }
    fn each(&mut self) -> Vec<&mut dyn Fold> {
        let mut all: Vec<&mut dyn Fold> = vec![
            &mut self.profits,
            &mut self.staying,
            &mut self.coming,
            &mut self.loyalties,
            &mut self.kinds,
            &mut self.healths,
        ];
        all.extend(self.fairness.iter_mut().map(|(_, it)| it as &mut dyn Fold));
        all
    }
    fn done(
        self,
        at: Time,
        today: Day,
        (people, elsewhere): (usize, usize),
        currency: String,
        prices: Prices,
        (backtest, learnt, equity): (Option<Backtest>, Option<Learnt>, Option<Equity>),
    ) -> Reckoning {
        Reckoning {
            at,
            today,
            people,
            currency,
            elsewhere,
            prices,
            backtest,
            learnt,
            equity,
            profit: self.profits.report(),
            staying: self.staying.report(),
            coming: self.coming.report(),
            loyalty: self.loyalties.report(),
            kinds: self.kinds.report(),
            health: self.healths.report(),
            fairness: self.fairness.into_iter().map(|(field, it)| (field, it.report())).collect(),
        }
    }
}

/// From the same seed chance draws the same, so that a page does not change when nothing did.
const SEED: u64 = 1;

/// After so many days without any purchase the record is taken to have ended.
const STALE: Day = 92;

/// What was last reckoned.
pub fn latest(db: &mut Read<'_>) -> Result<Option<Reckoning>> {
    let kept: Option<String> = db.first(sql::KEPT, params![LATEST], |row| row.get(0))?;
    // What an older version kept is reckoned anew.
    Ok(kept.and_then(|it| serde_json::from_str(&it).ok()))
}

/// What one person is worth to us, and what we gave them, each with its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Ours {
    /// Their life.
    pub life: Life,
    /// In which currency amounts are.
    pub currency: String,
    /// The day of which it tells.
    pub today: Day,
    /// They asked that what we know of them is left alone: then nothing is foretold.
    pub left_alone: bool,
    /// What is expected of them; none where nothing was learnt, or they never bought.
    pub expected: Option<Expected>,
    /// What they brought and cost in the last twelve months.
    pub profit: Profit,
    /// What the relationship is.
    pub kind: kinds::Told,
    /// Why they return, if they do.
    pub loyalty: Option<loyalty::Reading>,
    /// How it goes.
    pub health: health::Health,
}

/// What one person is to us, by what was last learnt.
pub fn of_person(db: &mut Read<'_>, person: PersonId, now: Time) -> Result<Ours> {
    let reckoned = latest(db)?;
    let person = memory::current(db, person)?;
    let life = lives::of_person(db, person)?;
    let zone = lives::zone(db)?;
    let day = day_of(now.timestamp().to_zoned(zone).date());
    let today = reckoned.as_ref().map_or(day, |it| if day - it.today > STALE { it.today } else { day });
    let prices = prices::current(db)?.prices;
    let theirs = life.bought.last().map(|it| it.currency.clone()).unwrap_or_default();
    let currency =
        reckoned.as_ref().map(|it| it.currency.clone()).filter(|it| !it.is_empty()).unwrap_or(theirs);
    let terms = Terms { discount: prices.discount, margin: 1.0 - prices.goods };
    let teller = reckoned.as_ref().and_then(|it| it.learnt.as_ref()?.teller(terms));
    let days = life.bought.iter().filter(|it| it.currency == currency);
    let buyer = Buyer { person, days: days.map(|it| (it.day, it.minor)).collect() };
    let counting =
        profit::Counting { period: Period::until(today, YEAR), today, currency: currency.clone(), prices };
    let left_alone = groups::is_left_alone(db, person)?;
    let looks = kinds::of_person(&life, &counting, left_alone);
    Ok(Ours {
        left_alone,
        expected: teller.filter(|_| !left_alone).and_then(|it| it.expected(&buyer, today)),
        profit: counting.of(&life),
        kind: kinds::Told::of(looks, kinds::correction_of(db, person)?),
        loyalty: loyalty::of_person(&life, today),
        health: health::of_person(&life, today),
        life,
        currency,
        today,
    })
}

/// Asks for it to be reckoned as soon as somebody has time.
pub fn ask(tx: &mut Write<'_>, world: &World) -> Result<()> {
    Ok(jobs::enqueue(tx, world, RECKON, "asked", &json!({}), world.now())?)
}

/// Has it reckoned in the coming night. Asked for again it is the same.
pub async fn schedule(store: &Store) -> Result<()> {
    Ok(jobs::nightly(store, RECKON, HOUR).await?)
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
