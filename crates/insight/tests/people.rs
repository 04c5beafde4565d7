//! How it goes with people, what they are to us, why they come back, and whether some are served worse: by hand-made lives.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::collections::{HashMap, HashSet};

use common::made::{
    buyer, counting, euros, felt, off, on, paid, person, promise, term, today, told, turns, waited, work,
};
use insight::{
    Fold, Life,
    fairness::{Fairness, Measure, Verdict},
    health::{self, Band, Healths, Sign, What},
    kinds::{self, Kinds, Relation},
    lives::{Brought, Day, Deed, Feedback, Wait},
    loyalty::{self, Loyalties, Loyalty},
    prices::Prices,
    profit::Counting,
};

fn bought_on(days: &[Day]) -> Life {
    buyer(days.iter().map(|back| paid(today() - back, 1000)).collect())
}

fn why(life: &Life) -> Option<Loyalty> {
    loyalty::of_person(life, today()).map(|it| it.loyalty)
}

#[test]
fn loyalty_is_earned_if_people_return_of_themselves() {
    assert_eq!(why(&bought_on(&[90])), None, "once is not yet coming back");
    assert_eq!(why(&bought_on(&[90, 20])), Some(Loyalty::Earned));
    let half = [paid(today() - 90, 9), off(today() - 50, 9, 1), paid(today() - 9, 9)];
    assert_eq!(why(&buyer(half.clone().into())), Some(Loyalty::Earned), "half of the returns is not most");
    let mostly = [half.as_slice(), &[off(today() - 2, 9, 1)]].concat();
    assert_eq!(why(&buyer(mostly)), Some(Loyalty::Bought));
}

#[test]
fn a_regular_rhythm_without_a_word_is_a_habit() {
    let every_month = bought_on(&[150, 120, 91, 60, 30]);
    let it = loyalty::of_person(&every_month, today()).unwrap();
    assert_eq!(it.loyalty, Loyalty::Habitual);
    assert_eq!(it.reasons[0], "They bought 5 times, regularly every 30 days.");
    let now_and_then = bought_on(&[300, 150, 120, 20, 10]);
    assert_eq!(why(&now_and_then), Some(Loyalty::Earned));
    let spoke = Life { turns: vec![turns(today() - 40, 1, 0, 0)], ..every_month.clone() };
    assert_eq!(why(&spoke), Some(Loyalty::Earned), "who talks with us is more than a habit");
    let brought = Life { brought: vec![Brought { day: 0, person: None }], ..every_month };
    assert_eq!(why(&brought), Some(Loyalty::Earned));
}

#[test]
fn who_is_bound_or_could_not_leave_is_not_loyal() {
    let subscribed = |bound: Option<Day>, failed: Vec<Day>| {
        let mut it = term(today() - 200, None);
        (it.bound_to, it.failed) = (bound, failed);
        Life { terms: vec![it], ..bought_on(&[90, 20]) }
    };
    assert_eq!(why(&subscribed(None, vec![])), Some(Loyalty::Earned));
    assert_eq!(why(&subscribed(Some(today() - 1), vec![])), Some(Loyalty::Earned), "no longer bound");
    assert_eq!(why(&subscribed(Some(today() + 1), vec![])), Some(Loyalty::Captive));
    assert_eq!(why(&subscribed(None, vec![today() - 30])), Some(Loyalty::Captive));
    let lives = [subscribed(Some(today() + 1), vec![]), bought_on(&[20, 10]), bought_on(&[5])];
    let it = told(Loyalties::new(today(), "EUR"), &lives).report();
    assert_eq!((it.back, it.once), (2, 1));
    assert_eq!((it.groups[0].people, it.groups[0].share, it.groups[0].spent), (1, Some(0.5), 2000));
    assert_eq!(it.words, "2 people came back, 50 % of them of themselves.");
}

fn is(life: &Life) -> Relation {
    kinds::of_person(life, &counting(), false).relation
}

#[test]
fn a_relationship_is_read_from_what_was_done_and_said() {
    let none = Life { turns: vec![turns(today(), 0, 0, 9)], ..Life::default() };
    assert_eq!(is(&none), Relation::OnlyAddress, "that we write makes nobody anything to us");
    let alone = kinds::of_person(&none, &counting(), true);
    assert_eq!(
        alone.relation,
        Relation::LetGo,
        "an address that asked to be left alone is more than an address"
    );
    let spoke = |times| Life { turns: vec![turns(today(), times, 0, 0)], ..Life::default() };
    assert_eq!((is(&spoke(2)), is(&spoke(3))), (Relation::Wave, Relation::Acquaintance));
    assert_eq!(is(&bought_on(&[400])), Relation::Acquaintance);
    assert_eq!(is(&bought_on(&[90, 50])), Relation::Acquaintance);
    assert_eq!(is(&bought_on(&[90, 50, 10])), Relation::Regular);
    assert_eq!(is(&bought_on(&[390, 50, 10])), Relation::Acquaintance, "only two of them in twelve months");
    let known = Life {
        turns: [10, 50, 80, 110].map(|back| turns(today() - back, 1, 1, 0)).into(),
        felt: vec![felt(today() - 30, 4.0)],
        ..bought_on(&[500])
    };
    assert_eq!(is(&known), Relation::Friend);
    assert_ne!(is(&Life { since: today() - 300, ..known.clone() }), Relation::Friend, "not known for long");
    let brought = Life { brought: vec![Brought { day: today() - 30, person: None }], ..known };
    let it = kinds::of_person(&brought, &counting(), false);
    assert_eq!(
        (it.relation, it.reasons[0].as_str()),
        (Relation::Ambassador, "They brought 1 person in the last two years.")
    );
}

#[test]
fn nobody_is_let_go_to_whom_we_owe_something() {
    let counting = Counting { prices: Prices::default(), ..counting() };
    let costly = Life {
        since: today() - 300,
        turns: vec![turns(on(2026, 1, 5), 20, 20, 0)],
        work: vec![work(on(2026, 1, 5), Deed::Call, 20, 0, 0)],
        ..bought_on(&[60])
    };
    let is = |life: &Life| kinds::of_person(life, &counting, false).relation;
    assert_eq!(is(&costly), Relation::LetGo);
    let less = Life { work: vec![work(on(2026, 1, 5), Deed::Call, 11, 0, 0)], ..costly.clone() };
    assert_ne!(is(&less), Relation::LetGo, "110 minutes are not much");
    let new = Life { since: today() - 100, ..costly.clone() };
    assert_ne!(is(&new), Relation::LetGo);
    let told = Life { feedback: vec![Feedback { day: 0, led_to_something: true }], ..costly.clone() };
    assert_ne!(is(&told), Relation::LetGo);
    let owed = Life { promises: vec![promise(today() - 20, "broken", false)], ..costly.clone() };
    assert_ne!(is(&owed), Relation::LetGo);
    let waits = Life { waits: vec![Wait { day: today() - 9, minutes: None, asked: 1 }], ..costly };
    assert_ne!(is(&waits), Relation::LetGo);
    let alone = kinds::of_person(&bought_on(&[90, 50, 10]), &counting, true);
    assert_eq!(
        (alone.relation, alone.reasons[0].as_str()),
        (Relation::LetGo, "They asked to be left alone.")
    );
}

#[test]
fn kinds_are_counted_the_closest_first() {
    let lives = [bought_on(&[90, 50, 10]), bought_on(&[90]), bought_on(&[80])];
    let it = told(Kinds::new(counting(), HashSet::from([person(3)]), HashMap::new()), &lives).report();
    let of = |relation| it.kinds.iter().find(|it| it.relation == relation).unwrap();
    assert_eq!(of(Relation::Regular).named, [person(1)]);
    assert_eq!((of(Relation::Acquaintance).people, of(Relation::LetGo).people), (1, 1));
    assert_eq!((it.people, it.kinds.len()), (3, 7));
}

fn part(life: &Life, what: What) -> (Option<f64>, String) {
    let it = health::of_person(life, today()).parts.into_iter().find(|it| it.what == what).unwrap();
    (it.value, it.words)
}

#[test]
fn each_part_of_how_it_goes_has_its_sentence() {
    let mut waits: Vec<Wait> = (0..9).map(|it| waited(today() - 100 + it, 100)).collect();
    waits.push(Wait { day: today() - 50, minutes: Some(3000), asked: 2 });
    let ann = Life {
        since: today() - 547,
        waits,
        promises: vec![
            promise(today() - 9, "kept", false),
            promise(today() - 8, "kept", true),
            promise(today() - 7, "broken", false),
            promise(today(), "open", false),
        ],
        felt: vec![felt(today() - 500, 1.0), felt(today() - 40, 5.0), felt(today() - 30, 3.0)],
        turns: vec![turns(today(), 4, 3, 5)],
        ..Life::default()
    };
    assert_eq!(
        part(&ann, What::Responsiveness),
        (Some(0.9), "Answered within 2 hours in 9 of 10 times.".into())
    );
    assert_eq!(
        part(&ann, What::Promises),
        (Some(0.5), "Of 3 promises: 1 kept in time, 1 late, 1 not kept.".into())
    );
    assert_eq!(
        part(&ann, What::Effort),
        (Some(0.9), "They had to ask more than once in 1 of 10 times.".into())
    );
    assert_eq!(part(&ann, What::Satisfaction).0, Some(0.75), "what they felt long ago does not count");
    assert_eq!(
        part(&ann, What::Reciprocity),
        (Some(0.8), "They spoke 4 times; we answered 3 times and wrote 5 times unasked.".into())
    );
    let (tenure, words) = part(&ann, What::Tenure);
    assert!((tenure.unwrap() - 547.0 / 1095.0).abs() < 1e-12 && words.contains("18 months"), "{words}");
    // (0.9 + 0.5 + 0.9 + 0.75 + 0.8) / 5 = 0.77
    assert_eq!(health::of_person(&ann, today()).band, Band::Well);
    let felt_bad = Life { felt: vec![felt(today() - 30, 1.5)], ..ann };
    assert_eq!(health::of_person(&felt_bad, today()).band, Band::Fair);
    let but_one = Life {
        promises: Vec::new(),
        waits: vec![waited(today() - 9, 30)],
        turns: vec![turns(today(), 4, 3, 4)],
        ..felt_bad
    };
    // (1 + 1 + 0.125 + 1) / 4 = 0.78
    assert_eq!(health::of_person(&but_one, today()).band, Band::Fair, "a weak part keeps it from going well");
}

#[test]
fn what_is_not_known_is_not_made_up() {
    let it = health::of_person(&Life { since: today() - 2000, ..Life::default() }, today());
    assert_eq!((it.band, it.parts.len()), (Band::Unknown, 6));
    assert_eq!(it.parts.iter().filter(|it| it.value.is_some()).count(), 1, "only how long is known");
    let one = Life { since: today() - 9, felt: vec![felt(today(), 5.0)], ..Life::default() };
    assert_eq!(health::of_person(&one, today()).band, Band::Unknown);
    let two = Life { waits: vec![waited(today() - 5, 30)], ..one };
    assert_eq!(health::of_person(&two, today()).band, Band::Well, "a short time together is nothing bad");
    let bad = Life {
        felt: vec![felt(today(), 1.0)],
        waits: vec![Wait { day: today() - 5, minutes: Some(9000), asked: 3 }],
        ..Life::default()
    };
    assert_eq!(health::of_person(&bad, today()).band, Band::Strained);
}

fn signs(life: &Life) -> Vec<(Sign, Day)> {
    health::of_person(life, today()).warnings.iter().map(|it| (it.sign, today() - it.since)).collect()
}

#[test]
fn a_broken_rhythm_is_told_with_its_day() {
    assert_eq!(signs(&bought_on(&[150, 120, 90, 60])), [], "twice the usual gap, and not more");
    assert_eq!(signs(&bought_on(&[151, 121, 91, 61])), [(Sign::RhythmBroken, 1)]);
    assert_eq!(signs(&bought_on(&[120, 90, 70])), [], "three purchases are no rhythm");
    assert_eq!(signs(&bought_on(&[14, 13, 12, 11])), [], "a few days are no silence");
    let it = &health::of_person(&bought_on(&[190, 160, 130, 100]), today()).warnings[0];
    assert_eq!(it.why, "They usually buy every 30 days, and have not for 3 months.");
}

#[test]
fn warnings_come_while_there_is_time_the_most_pressing_first() {
    let wait =
        |back| Life { waits: vec![Wait { day: today() - back, minutes: None, asked: 1 }], ..Life::default() };
    assert_eq!((signs(&wait(2)), signs(&wait(3))), (vec![], vec![(Sign::Waits, 3)]));
    let promised = |it| Life { promises: vec![it], ..Life::default() };
    assert_eq!(signs(&promised(promise(today() - 10, "broken", false))), [(Sign::PromiseBroken, 10)]);
    assert_eq!(
        signs(&promised(promise(today() - 10, "open", false))),
        [(Sign::PromiseBroken, 10)],
        "overdue"
    );
    assert_eq!(signs(&promised(promise(today(), "open", false))), [], "it may yet be kept");
    assert_eq!(signs(&promised(promise(today() - 10, "kept", true))), []);
    assert_eq!(signs(&promised(promise(today() - 100, "broken", false))), [], "that was not lately");
    let feels = |last| Life {
        felt: vec![felt(today() - 90, 5.0), felt(today() - 60, 4.0), felt(today() - 5, last)],
        ..Life::default()
    };
    // From 0.875 to 0.75, or to 0.5.
    assert_eq!((signs(&feels(4.0)), signs(&feels(3.0))), (vec![], vec![(Sign::FeelsWorse, 5)]));
    let waits = |now| {
        let then = [200, 180, 160].map(|back| waited(today() - back, 60));
        let now = [30, 20, 10].map(|back| waited(today() - back, now));
        Life { waits: [then, now].concat(), ..Life::default() }
    };
    assert_eq!((signs(&waits(299)), signs(&waits(300))), (vec![], vec![(Sign::WaitsGrow, 30)]));
    let vain = |unasked| Life {
        turns: vec![
            turns(on(2025, 10, 1), 2, 1, 1),
            turns(on(2025, 12, 1), 0, 0, unasked),
            turns(on(2026, 1, 1), 0, 0, 1),
        ],
        ..Life::default()
    };
    assert_eq!((signs(&vain(1)), signs(&vain(2))), (vec![], vec![(Sign::InVain, today() - on(2025, 12, 1))]));
    let mut stuck = term(today() - 200, None);
    stuck.failed = vec![today() - 7];
    let both = Life { terms: vec![stuck], ..wait(9) };
    assert_eq!(signs(&both), [(Sign::Waits, 9), (Sign::CouldNotLeave, 7)]);
    let it = told(Healths::new(today()), &[both, wait(4), Life::default()]).report();
    assert_eq!((it.warnings[0].sign, it.warnings[0].people), (Sign::Waits, 2));
    assert_eq!(it.warnings[0].named, [(today() - 4, person(2)), (today() - 9, person(1))]);
    assert_eq!(it.bands.iter().map(|it| it.people).sum::<usize>(), 3);
}

fn fairly(leith: usize, wait: i64) -> insight::fairness::Report {
    let mut group_of = HashMap::new();
    let mut all = Vec::new();
    for n in 0..(leith + 40) {
        let here = n < leith;
        group_of.insert(person(n as u128), if here { "Leith" } else { "Morningside" }.to_owned());
        let minutes = 50 + (n as i64 % 5) * 10 + if here { wait } else { 0 };
        let bought = paid(today() - 9, 1000);
        all.push(Life {
            waits: vec![waited(today() - 9, minutes)],
            goodwill: vec![euros(today() - 9, 100 + n as i64 % 3)],
            ..buyer(vec![bought])
        });
    }
    let mut fold = Fairness::new(today(), "EUR", group_of, 7);
    (0..).zip(&all).for_each(|(n, life)| fold.eat(person(n), life));
    fold.report()
}

#[test]
fn a_group_that_waits_longer_is_told_and_one_that_is_too_small_is_never_judged() {
    let of = |it: &insight::fairness::Report, measure| {
        let leith = it.groups.iter().find(|it| it.name == "Leith").unwrap();
        leith.measures.iter().find(|it| it.measure == measure).unwrap().clone()
    };
    let longer = fairly(30, 60);
    let it = of(&longer, Measure::MedianWait);
    assert_eq!((it.ours, it.others, it.verdict), (Some(130.0), Some(70.0), Verdict::HardlyChance));
    assert!(it.words.contains("Chance is a poor explanation"), "{}", it.words);
    assert_eq!(of(&longer, Measure::MeanWait).verdict, Verdict::HardlyChance);
    for same in [Measure::NeverAnswered, Measure::Goodwill, Measure::Discount] {
        assert_eq!(of(&longer, same).verdict, Verdict::MayBeChance, "{same:?}");
    }
    assert!(of(&longer, Measure::Goodwill).words.contains("1.01 EUR, others 1.01 EUR"));
    let alike = fairly(30, 0);
    assert_eq!(of(&alike, Measure::MeanWait).verdict, Verdict::MayBeChance);
    assert_eq!(alike.judged, 10);
    let few = fairly(19, 600);
    let it = of(&few, Measure::MedianWait);
    assert_eq!((it.verdict, it.between, it.ours), (Verdict::TooFew, None, Some(670.0)), "shown, not judged");
    assert!(it.words.ends_with("19 people are too few to judge."), "{}", it.words);
    assert_eq!(fairly(30, 60), longer, "chance draws the same from the same seed");
}

#[test]
fn who_asked_this_week_may_yet_be_answered() {
    let group_of: HashMap<_, _> = (1..=2).map(|n| (person(n), "Leith".to_owned())).collect();
    let asked =
        |back| Life { waits: vec![Wait { day: today() - back, minutes: None, asked: 1 }], ..Life::default() };
    let it = told(Fairness::new(today(), "EUR", group_of, 7), &[asked(7), asked(8), asked(90)]).report();
    let never = it.groups[0].measures.iter().find(|it| it.measure == Measure::NeverAnswered).unwrap();
    assert_eq!((never.people.0, never.ours), (1, Some(1.0)), "and who is in no group is not looked at");
}

#[test]
fn what_is_told_reads_well() {
    for words in [loyalty::rule(), kinds::rule(), health::rule()] {
        assert!(words.ends_with('.') && !words.contains("  "), "{words}");
    }
    let it = fairly(30, 60);
    let words: Vec<_> = it.groups[1].measures.iter().map(|it| it.words.as_str()).collect();
    assert_eq!(
        words[..3],
        [
            "Half of all answers came within: 130 minutes, others 70 minutes. Chance is a poor explanation: look into it.",
            "Time until an answer on average: 130 minutes, others 70 minutes. Chance is a poor explanation: look into it.",
            "Once never answered: 0.0 %, as for all others.",
        ]
    );
}
