//! What the people of the sample company promised and did for others in the last months: acts of the team, which no source tells of,
//! so they are done again here, each at its own time.

use conversations::{
    goodwill::{self, Budget, NewGoodwill, Whose},
    promises::{self, NewPromise},
    sites::{self, Site},
    talks::{self, Heard, Key},
};
use memory::people::{self, Filter, Line};
use model::{Channel, Direction, Kind, Money, NewMoment, PersonId, SiteId, StaffId, Time, World};
use serde_json::{Value, json};
use store::{Store, Write};

/// What became of a promise.
enum Became {
    /// Kept, so many days after it was given.
    Kept(i64),
    /// Not kept, decided so many days after it was given; and why.
    Broken(i64, &'static str),
    Open,
}
use Became::{Broken, Kept, Open};

/// Who promised what, how many days ago, due after how many days, and what became of it.
const PROMISES: &[(&str, &str, i64, i64, Became)] = &[
    ("priya", "send the brewing guide for the new kettle", 86, 3, Kept(1)),
    ("callum", "come by with samples for the autumn menu", 81, 7, Kept(6)),
    ("tomasz", "call back about the hum of the grinder", 77, 2, Kept(2)),
    ("esme", "put the missing bag into Tuesday\u{2019}s parcel", 70, 4, Kept(3)),
    ("hamish", "send a corrected invoice", 66, 7, Kept(9)),
    ("priya", "find out whether the decaf is washed with water", 61, 3, Kept(3)),
    ("callum", "hold forty kilos of the Huila until the new bar opens", 55, 21, Kept(20)),
    (
        "tomasz",
        "look at the group head on the next round",
        52,
        10,
        Broken(12, "The spare part was not delivered in time"),
    ),
    ("esme", "write when the next cupping is", 47, 5, Kept(4)),
    ("nora", "ask the cooperative for the photographs of the harvest", 44, 14, Kept(17)),
    ("priya", "pause the subscription over the holidays", 40, 2, Kept(1)),
    ("hamish", "split the invoice between both shops", 33, 5, Kept(4)),
    ("callum", "send the price list for the spring", 29, 7, Kept(7)),
    (
        "esme",
        "look for the lost parcel at the courier\u{2019}s",
        26,
        3,
        Broken(6, "The courier never found it; sent once more instead"),
    ),
    ("priya", "move the delivery to the office address", 21, 3, Kept(2)),
    ("tomasz", "roast the next batch a little lighter and tell how it went", 17, 10, Kept(8)),
    ("nora", "put them in touch with the growers in Sidamo", 14, 10, Kept(9)),
    ("hamish", "send the statement of the whole year", 9, 7, Open),
    ("tomasz", "call back with a date for the service", 3, 4, Open),
    ("callum", "send samples of the two new espressos", 2, 4, Open),
    ("priya", "check why the voucher was not taken", 1, 3, Open),
];

/// Who did what, why, what it cost in pence (a gift, if it is one), and how many days ago.
const GOODWILL: &[(&str, &str, &str, i64, bool, i64)] = &[
    ("priya", "Postage back", "The parcel took nine days", 450, false, 112),
    ("esme", "A bag of the Sidamo", "The box came crushed, and they were kind about it", 1150, true, 97),
    (
        "callum",
        "First hour of training for nothing",
        "Their barista had left the day before",
        4000,
        false,
        90,
    ),
    ("priya", "Sent once more, at our cost", "The wrong grind", 1390, false, 78),
    (
        "esme",
        "A handwritten card and filters",
        "They sent a photograph of the cup they chipped",
        320,
        true,
        69,
    ),
    ("tomasz", "A new gasket", "It should have been changed at the last service", 600, true, 58),
    ("priya", "Half of the order back", "Two bags were past their best", 1200, false, 49),
    ("hamish", "The late fee taken off", "Our invoice had gone to their old address", 1500, false, 41),
    ("esme", "Sent once more, at our cost", "The courier lost it", 1890, false, 20),
    ("priya", "A month of the subscription", "Three deliveries in a row came late", 1800, false, 12),
    (
        "callum",
        "A kilo of the house espresso",
        "They stood in for another caf\u{e9} at our cupping",
        2200,
        true,
        6,
    ),
];

/// What each may give away in a month.
const BUDGET: Budget = Budget { minor: 6000, gifts: 4 };

/// How many days ago somebody came because a regular had told them of the shop.
const BROUGHT: &[i64] = &[306, 281, 262, 240, 214, 190, 171, 149, 120, 101, 77, 60, 38, 21];
/// So many regulars tell others of it.
const AMBASSADORS: usize = 5;

/// What a visitor of the shop asked a few minutes ago, how many seconds ago each.
const ASKED: &[(i64, &str)] = &[
    (540, "Hello! My moka pot is the small one, for two cups."),
    (515, "Which of yours would you grind for it?"),
];

/// Does it all.
pub(super) async fn act(store: &Store, currency: &str) -> anyhow::Result<()> {
    let regulars = Filter { kind: Some("regular".into()), ..Filter::default() };
    let who: Vec<Line> = store.read(move |db| people::list(db, &regulars, 200)).await?;
    if who.is_empty() {
        return Ok(());
    }
    let (now, currency) = (store.world().now(), currency.to_owned());
    store
        .write(move |tx| {
            goodwill::set_budget(tx, Whose::Everybody, Some(BUDGET))?;
            for (n, it) in PROMISES.iter().enumerate() {
                promised(tx, now, n as u64, who[n * 7 % who.len()].id, it)?;
            }
            for (n, it) in GOODWILL.iter().enumerate() {
                given(tx, now, n as u64, who[(n * 11 + 3) % who.len()].id, it, &currency)?;
            }
            for (n, ago) in BROUGHT.iter().enumerate() {
                let (friend, came) = (&who[n % AMBASSADORS * 9 % who.len()], &who[(n * 5 + 2) % who.len()]);
                brought(tx, now.plus_days(-ago), 4000 + n as u64, friend, came)?;
            }
            asked(tx, now)?;
            Ok::<_, conversations::ConversationError>(())
        })
        .await?;
    Ok(())
}

fn staff(key: &str) -> StaffId {
    StaffId::derived(&[b"demo", key.as_bytes()])
}

fn promised(
    tx: &mut Write<'_>,
    now: Time,
    n: u64,
    person: PersonId,
    (by, what, ago, due, became): &(&str, &str, i64, i64, Became),
) -> conversations::Result<()> {
    let by = staff(by);
    let given_at = now.plus_days(-ago);
    let (world, clock) = World::still(given_at, 1000 + n);
    let id = world.id();
    let what = (*what).to_owned();
    let due_at = given_at.plus_days(*due);
    promises::make(tx, &world, &NewPromise { person, id, moment: None, what, due_at, keeper: by, by })?;
    match became {
        Kept(after) => {
            clock.pass(after * 86_400 - 3600);
            promises::keep(tx, &world, person, id, by)
        }
        Broken(after, why) => {
            clock.pass(after * 86_400);
            promises::give_up(tx, &world, person, id, by, why)
        }
        Open => Ok(()),
    }
}

fn given(
    tx: &mut Write<'_>,
    now: Time,
    n: u64,
    person: PersonId,
    (by, what, reason, minor, is_gift, ago): &(&str, &str, &str, i64, bool, i64),
    currency: &str,
) -> conversations::Result<()> {
    let at = now.plus_days(-ago);
    let (world, _) = World::still(at, 2000 + n);
    let new = NewGoodwill {
        person,
        id: world.id(),
        what: (*what).to_owned(),
        reason: (*reason).to_owned(),
        is_gift: *is_gift,
        worth: Money { minor: *minor, currency: currency.to_owned() },
        by: staff(by),
        month: (at.plus_days(-15), at.plus_days(15)),
    };
    goodwill::give(tx, &world, &new)
}

/// Somebody came because of somebody: both timelines tell it.
fn brought(tx: &mut Write<'_>, at: Time, n: u64, friend: &Line, came: &Line) -> conversations::Result<()> {
    if friend.id == came.id {
        return Ok(());
    }
    let (world, _) = World::still(at, n);
    let told = |who: &str, title: String, data: Value| NewMoment {
        key: format!("brought {n} {who}"),
        at,
        kind: Kind::Referral,
        channel: Channel::Form,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title,
        body: String::new(),
        data,
        originals: Vec::new(),
    };
    let data = json!({ "came_by": "friend", "brought_by": friend.name, "person": friend.id });
    let because = told("came", format!("Came because of {}", friend.name), data);
    memory::note(tx, &world, came.id, &because, None)?;
    let data = json!({ "brought": came.name, "person": came.id });
    memory::note(tx, &world, friend.id, &told("friend", format!("Brought {}", came.name), data), None)?;
    Ok(())
}

/// The shop has a talk on its pages, and somebody just used it.
fn asked(tx: &mut Write<'_>, now: Time) -> conversations::Result<()> {
    let id = SiteId::derived(&[b"demo", b"shop"]);
    let site = Site {
        id,
        name: "Our shop".into(),
        origins: vec!["https://lantern-row.example".into()],
        vouched_only: false,
        apps: false,
        mailbox: None,
        greeting: "Ask us anything about coffee. We are real people, and we answer ourselves.".into(),
        created_at: now.plus_days(-240),
        turns: 0,
    };
    let (opened, _) = World::still(site.created_at, 3000);
    sites::keep(tx, &opened, &site)?;
    let key = Key::new(&opened);
    for (n, (ago, text)) in ASKED.iter().enumerate() {
        let (world, _) = World::still(now.plus_seconds(-ago), 3001 + n as u64);
        let page = "https://lantern-row.example/beans/house-espresso".to_owned();
        let heard = Heard { name: n.to_string(), text: (*text).to_owned(), page, files: Vec::new() };
        talks::hear(tx, &world, id, &key, &heard)?;
    }
    Ok(())
}
