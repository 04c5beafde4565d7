//! Wholesale: cafés and offices, in each of which one decides, another uses, a third pays.

use model::{Fragment, RoleClaim};

use crate::{
    accounts, deck,
    dice::Dice,
    people::slug,
    script::Script,
    stage::{House, Stage},
    tales::Tales,
};

/// Somebody's part in an account: their title, their roles, which cards they are dealt and how many.
struct Part {
    title: &'static str,
    roles: &'static [&'static str],
    sort: &'static str,
    exchanges: usize,
    staff: &'static str,
    orders: bool,
}

const CAFE: &[Part] = &[
    Part {
        title: "Owner",
        roles: &["decides", "buys"],
        sort: "owner",
        exchanges: 9,
        staff: "callum",
        orders: true,
    },
    Part {
        title: "Barista",
        roles: &["uses", "champions"],
        sort: "barista",
        exchanges: 8,
        staff: "tomasz",
        orders: false,
    },
    Part {
        title: "Barista",
        roles: &["uses"],
        sort: "barista",
        exchanges: 3,
        staff: "tomasz",
        orders: false,
    },
    Part {
        title: "Bookkeeper",
        roles: &["pays"],
        sort: "payer",
        exchanges: 6,
        staff: "hamish",
        orders: false,
    },
];

const OFFICE: &[Part] = &[
    Part {
        title: "Office manager",
        roles: &["buys"],
        sort: "office",
        exchanges: 9,
        staff: "callum",
        orders: true,
    },
    Part {
        title: "Managing partner",
        roles: &["decides"],
        sort: "owner",
        exchanges: 3,
        staff: "nora",
        orders: false,
    },
    Part {
        title: "Drinks most of it",
        roles: &["uses", "influences"],
        sort: "colleague",
        exchanges: 4,
        staff: "priya",
        orders: false,
    },
    Part { title: "Accounts", roles: &["pays"], sort: "payer", exchanges: 6, staff: "hamish", orders: false },
];

/// Everyone in cafés and offices that have no story of their own.
pub fn trade(house: &mut House, tales: &mut Tales) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    for account in accounts::scripts() {
        let parts = match account.get("trade") {
            Some("cafe") => CAFE,
            Some("office") => OFFICE,
            _ => continue,
        };
        fragments.extend(parts.iter().map(|part| someone(house, tales, &account, part)));
    }
    fragments
}

fn someone(house: &mut House, tales: &mut Tales, account: &Script, part: &Part) -> Fragment {
    let company = account.get("account").unwrap_or_default();
    let mut who = tales.town.somebody(part.staff);
    let host = slug(company).replace('-', "");
    let local = slug(&format!("{} {}", who.given.1, who.family.1)).replace('-', ".");
    who.actor.address = Some(format!("{local}@{host}.example"));
    who.actor.account = Some(company.into());
    who.actor.sign = format!("{}\n{}, {company}", who.actor.name, part.title);
    who.actor.city = account.get("city").unwrap_or_default().into();
    let dice = Dice::new(house.seed, &who.actor.slug);
    let phone = tales.town.phone();
    let mut stage = Stage::new(house, who.actor.clone());
    stage.slots.insert("company".into(), company.into());
    if part.orders {
        standing_order(&mut stage, &dice);
    }
    for exchange in 0..part.exchanges {
        // Spread over the year, so that nobody lives only in one month.
        let weeks = 50 - (exchange * 49 / part.exchanges) as i64 - dice.between(0, 5);
        let day = stage.house.year.week(weeks.max(1), dice.between(0, 4), dice.between(450, 1020));
        tales.deck.happens(&mut stage, &dice, part.sort, day);
    }
    let roles = part.roles.iter().map(|role| claim(account, role, &stage)).collect();
    let mut fragment = deck::fragment("wholesale.csv", &who, stage, roles, phone.into_iter().collect());
    fragment.fields.insert("company".into(), company.into());
    fragment.fields.insert("title".into(), part.title.into());
    fragment
}

fn claim(account: &Script, role: &str, stage: &Stage<'_>) -> RoleClaim {
    RoleClaim {
        account: account.get("account").unwrap_or_default().into(),
        account_kind: account.get("kind").unwrap_or("organisation").into(),
        role: role.into(),
        since: Some(stage.house.year.start()),
        until: None,
    }
}

/// The same weekday nearly every week; more in busy months, nothing when they are shut.
fn standing_order(stage: &mut Stage<'_>, dice: &Dice) {
    let coffees = ["Harbour Blend", "Kettle Street", "Night Ferry Espresso", "Monte Carmelo"];
    let (house_coffee, guest) = (dice.one(&coffees), dice.one(&coffees));
    let (weekday, kilos, every) = (dice.between(0, 4), dice.between(3, 9), *dice.one(&[1, 1, 2]));
    let shut = dice.between(4, 46);
    for weeks in (1..=50).rev().filter(|weeks| weeks % every == 0 && (*weeks - shut).abs() > 1) {
        let at = stage.house.year.week(weeks, weekday, 420 + dice.between(0, 90));
        let kilos =
            (kilos as f64 * crate::year::season(at).clamp(0.85, 1.3)).round() as i64 + dice.between(-1, 1);
        let mut lines = vec![format!("{} x {house_coffee} 1 kg", kilos.max(2))];
        if dice.often(0.3) {
            lines.push(format!("1 x {guest} 1 kg"));
        }
        if dice.often(0.08) {
            lines.push("1 x Cleaning powder, 900 g".into());
        }
        stage.happens(at, "buys", "", &lines.join("\n"));
    }
}
