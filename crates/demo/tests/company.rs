//! What must hold for the sample company, whatever the day and the seed.

use std::collections::{BTreeMap, BTreeSet};

use demo::{Company, company};
use model::{Fragment, Handle, HandleKind, Kind, NewMoment, Purchase, Time};

fn now() -> Time {
    Time::parse("2026-03-18T14:30:00Z").expect("a written time")
}

fn lantern_row() -> Company {
    company(now(), 7)
}

fn moments(company: &Company) -> impl Iterator<Item = (&Fragment, &NewMoment)> {
    company
        .fragments
        .iter()
        .flat_map(|fragment| fragment.moments.iter().map(move |moment| (fragment, moment)))
}

#[test]
fn the_same_seed_and_time_give_the_same_company() {
    assert_eq!(lantern_row(), lantern_row());
    assert_ne!(lantern_row().fragments, company(now(), 8).fragments);
}

#[test]
fn a_few_hundred_people_and_a_year_of_moments() {
    for seed in [1, 7, 42] {
        let company = company(now(), seed);
        let (people, told) = (company.fragments.len(), moments(&company).count());
        assert!((300..=420).contains(&people), "{people} people");
        assert!((6_000..=8_000).contains(&told), "{told} moments");
    }
}

#[test]
fn every_handle_is_in_its_normal_form() {
    for fragment in &lantern_row().fragments {
        for handle in &fragment.handles {
            let again = match handle.kind {
                HandleKind::Email => Handle::email(&handle.value),
                HandleKind::Phone => Handle::phone(&handle.value, None),
                _ => continue,
            };
            assert_eq!(again.unwrap().value, handle.value, "{}", fragment.key);
        }
    }
}

#[test]
fn addresses_are_of_places_that_do_not_exist() {
    for fragment in &lantern_row().fragments {
        for mail in fragment.handles.iter().filter(|handle| handle.kind == HandleKind::Email) {
            let host = mail.value.split('@').next_back().unwrap();
            let safe =
                host.ends_with(".example") || ["example.com", "example.org", "example.net"].contains(&host);
            assert!(safe, "{}", mail.value);
        }
    }
}

#[test]
fn everything_happened_within_the_year_before_now() {
    for day in [now(), now().plus_days(3), Time::parse("2026-12-31T00:10:00Z").unwrap()] {
        for (fragment, moment) in moments(&company(day, 7)) {
            assert!(moment.at < day && moment.at > day.plus_days(-365), "{} {}", fragment.key, moment.at);
        }
    }
}

#[test]
fn lives_are_told_in_order_and_sources_by_their_first_moment() {
    let company = lantern_row();
    assert!(company.fragments.is_sorted_by_key(|fragment| fragment.seen_at));
    assert!(company.fragments.iter().all(|fragment| fragment.moments.is_sorted_by_key(|moment| moment.at)));
}

#[test]
fn purchases_cost_something_and_refunds_give_it_back() {
    for (fragment, moment) in moments(&lantern_row()) {
        let total = || serde_json::from_value::<Purchase>(moment.data.clone()).unwrap().total.minor;
        match moment.kind {
            Kind::Purchase => assert!(total() > 0, "{}", fragment.key),
            Kind::Refund => assert!(total() < 0, "{}", fragment.key),
            _ => {}
        }
    }
}

#[test]
fn no_two_sources_and_no_two_moments_share_a_key() {
    let company = lantern_row();
    let sources: BTreeSet<_> = company.fragments.iter().map(|f| (&f.source, &f.key)).collect();
    assert_eq!(sources.len(), company.fragments.len());
    let keys: BTreeSet<_> = moments(&company).map(|(_, moment)| &moment.key).collect();
    assert_eq!(keys.len(), moments(&company).count());
}

#[test]
fn every_mail_answers_one_that_exists() {
    let company = lantern_row();
    let mails: BTreeMap<_, _> =
        moments(&company).filter(|(_, m)| m.kind == Kind::Email).map(|(_, m)| (m.key.clone(), m)).collect();
    assert!(mails.len() > 600, "{} mails", mails.len());
    for (id, mail) in &mails {
        let thread = mail.thread.as_ref().unwrap();
        assert!(mails.contains_key(thread), "{id} belongs to a lost thread");
        if let Some(before) = mail.data["in_reply_to"].as_str() {
            assert!(mails[before].at <= mail.at, "{id} answers the future");
        }
        if let Some(from) = mail.data["quote_from"].as_u64() {
            assert!(mail.body[from as usize..].contains("\n>"), "{id} quotes nothing");
        }
    }
}

#[test]
fn names_come_in_at_least_five_scripts() {
    let scripts: BTreeSet<&str> = lantern_row()
        .fragments
        .iter()
        .filter_map(|fragment| fragment.fields.get("name"))
        .flat_map(|name| name.chars().filter_map(script).collect::<Vec<_>>())
        .collect();
    assert!(scripts.len() >= 5, "{scripts:?}");
}

fn script(c: char) -> Option<&'static str> {
    match c {
        'a'..='z' => Some("Latin"),
        '\u{370}'..='\u{3ff}' => Some("Greek"),
        '\u{400}'..='\u{4ff}' => Some("Cyrillic"),
        '\u{5d0}'..='\u{5ea}' => Some("Hebrew"),
        '\u{600}'..='\u{6ff}' => Some("Arabic"),
        '\u{900}'..='\u{97f}' => Some("Devanagari"),
        '\u{4e00}'..='\u{9fff}' => Some("Han"),
        '\u{ac00}'..='\u{d7af}' => Some("Hangul"),
        _ => None,
    }
}

#[test]
fn nobody_is_called_a_user_and_no_slot_stays_open() {
    let distant = [" user", "lorem", "ipsum", "customer id", "dear customer", "valued customer"];
    for (fragment, moment) in moments(&lantern_row()) {
        let text = format!("{} {}", moment.title, moment.body).to_lowercase();
        let word = distant.iter().find(|word| text.contains(*word));
        assert_eq!(word, None, "{}: {text}", fragment.key);
        assert!(!text.contains('{') && !text.contains('}'), "{}: {text}", fragment.key);
        assert!(!moment.title.is_empty(), "{} at {}", fragment.key, moment.at);
    }
}

#[test]
fn main_characters_have_a_story_across_the_year() {
    let company = lantern_row();
    let told = company.fragments.iter().filter(|f| f.fields.contains_key("goal") && f.moments.len() >= 12);
    assert!(told.clone().count() >= 25, "{} stories", told.count());
    for fragment in told {
        let (first, last) = (&fragment.moments[0], &fragment.moments[fragment.moments.len() - 1]);
        assert!(last.at.seconds_since(first.at) > 80 * 86_400, "{}", fragment.key);
    }
}

#[test]
fn those_who_buy_those_who_use_and_those_who_matter_are_different_people() {
    let company = lantern_row();
    let roles: BTreeSet<_> =
        company.fragments.iter().flat_map(|f| f.roles.iter().map(|claim| claim.role.as_str())).collect();
    for role in ["uses", "buys", "decides", "pays", "supplies", "regulates", "influences", "champions"] {
        assert!(roles.contains(role), "nobody {role}");
    }
    let named: BTreeSet<_> = company.accounts.iter().map(|account| account.name.as_str()).collect();
    let claimed = company.fragments.iter().flat_map(|f| f.roles.iter().map(|claim| claim.account.as_str()));
    claimed.for_each(|account| assert!(named.contains(account), "{account}"));
}

#[test]
fn whoever_spoke_for_us_works_here() {
    let company = lantern_row();
    let staff: BTreeSet<_> = company.staff.iter().map(|member| member.id).collect();
    assert!(moments(&company).filter_map(|(_, moment)| moment.by).all(|by| staff.contains(&by)));
}

#[test]
fn nobody_lives_the_same_week_twice() {
    for fragment in &lantern_row().fragments {
        let mut said = BTreeSet::new();
        let chats = fragment.moments.iter().filter(|moment| moment.kind == Kind::Chat);
        for chat in chats {
            assert!(said.insert(&chat.body), "{} says twice: {}", fragment.key, chat.body);
        }
    }
}
