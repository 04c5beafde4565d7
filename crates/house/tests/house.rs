//! What the house promises to those who work here, told to both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use std::sync::Arc;

use house::{
    Door, Entered, House, HouseError, LinkKind, NewToken, Newcomer, Permission, Role, Scope, Secret,
    Settings, SignIn, Viewer,
};
use model::{SeededChance, StillClock, Time, World};
use store::trial::both_engines;

const ROOMS: &[store::Room] = &[store::ROOM, house::ROOM];
const PASSWORD: &str = "the kettle sings at noon";

/// A house on each engine, and the clock on its wall.
fn told<F, R>(story: F)
where
    F: Fn(House, Arc<StillClock>) -> R,
    R: Future<Output = ()>,
{
    let clock = Arc::new(StillClock::at(Time::from_seconds(1_800_000_000)));
    let world = || World::new(clock.clone(), Arc::new(SeededChance::new(7)));
    both_engines(ROOMS, world, |store| story(House::new(store), clock.clone()));
}

fn newcomer(name: &str, email: &str) -> Newcomer {
    Newcomer {
        name: name.into(),
        email: email.into(),
        password: PASSWORD.into(),
        browser: "Firefox on Linux".into(),
    }
}

async fn owner(house: &House) -> Entered {
    let (secret, _) = house.first_link().await.unwrap().unwrap();
    house.enter(&secret, newcomer("Ines Okafor", "ines@roastery.example")).await.unwrap()
}

async fn joined(house: &House, by: &Viewer, name: &str, role: Role) -> Viewer {
    let email = format!("{}@roastery.example", name.to_lowercase());
    let (secret, _) = house.invite(by, name, &email, role).await.unwrap();
    house.enter(&secret, newcomer(name, "ignored@example.org")).await.unwrap().viewer
}

fn knock(email: &str, password: &str, address: &str) -> SignIn {
    SignIn {
        email: email.into(),
        password: password.into(),
        address: address.into(),
        browser: "Safari on iPhone".into(),
    }
}

#[test]
fn the_first_link_makes_the_owner_and_opens_only_once() {
    told(|house, clock| async move {
        let (stale, _) = house.first_link().await.unwrap().unwrap();
        let (secret, door) = house.first_link().await.unwrap().unwrap();
        assert_eq!((door.kind, door.role), (LinkKind::First, Role::Owner));
        let late = house.enter(&stale, newcomer("Eve", "eve@example.org")).await;
        assert!(matches!(late, Err(HouseError::DeadLink)), "a newer link closes the older");
        let weak = Newcomer { password: "short".into(), ..newcomer("Ines", "ines@roastery.example") };
        let weak = house.enter(&secret, weak).await;
        assert!(matches!(weak, Err(HouseError::Invalid { field: "password", .. })), "the link stays open");

        let entered = house.enter(&secret, newcomer("Ines Okafor", "Ines@Roastery.example")).await.unwrap();
        assert_eq!(entered.viewer.role(), Role::Owner);
        assert_eq!(house.viewer(&entered.secret).await.unwrap().name(), "Ines Okafor");
        let again = house.enter(&secret, newcomer("Eve", "eve@example.org")).await;
        assert!(matches!(again, Err(HouseError::DeadLink)));
        assert!(house.first_link().await.unwrap().is_none(), "a settled house prints no link");
        clock.pass(0);
    });
}

#[test]
fn an_unused_link_dies_of_age() {
    told(|house, clock| async move {
        let (secret, _) = house.first_link().await.unwrap().unwrap();
        clock.pass(25 * 3600);
        assert!(matches!(house.door(&secret).await, Err(HouseError::DeadLink)));
    });
}

#[test]
fn who_is_invited_keeps_the_invited_address_and_role() {
    told(|house, _| async move {
        let ines = owner(&house).await.viewer;
        let ben = joined(&house, &ines, "Ben", Role::Member).await;
        let own = house.own(&ben).await.unwrap();
        assert_eq!((own.email.as_str(), own.role), ("ben@roastery.example", Role::Member));
        let twice = house.invite(&ines, "Ben", "BEN@roastery.example", Role::Admin).await;
        assert!(matches!(twice, Err(HouseError::Known)));
        let refused = house.invite(&ben, "Eve", "eve@example.org", Role::ReadOnly).await;
        assert!(matches!(refused, Err(HouseError::Refused(_))));
    });
}

#[test]
fn an_admin_can_neither_make_nor_unmake_an_owner() {
    told(|house, _| async move {
        let ines = owner(&house).await.viewer;
        let ada = joined(&house, &ines, "Ada", Role::Admin).await;
        assert!(matches!(
            house.change_role(&ada, ada.staff(), Role::Owner).await,
            Err(HouseError::Refused(_))
        ));
        assert!(matches!(house.let_go(&ada, ines.staff()).await, Err(HouseError::Refused(_))));
        assert!(matches!(house.let_go(&ines, ines.staff()).await, Err(HouseError::LastOwner)));
        house.change_role(&ines, ada.staff(), Role::Owner).await.unwrap();
        house.change_role(&ines, ines.staff(), Role::Member).await.unwrap();
    });
}

#[test]
fn the_right_password_opens_and_the_wrong_one_does_not_say_what_was_wrong() {
    told(|house, _| async move {
        owner(&house).await;
        let wrong = house.sign_in(knock("ines@roastery.example", "not the password", "10.0.0.1")).await;
        let unknown = house.sign_in(knock("nobody@roastery.example", PASSWORD, "10.0.0.1")).await;
        assert_eq!(wrong.unwrap_err().to_string(), unknown.unwrap_err().to_string());
        let entered = house.sign_in(knock(" Ines@roastery.example ", PASSWORD, "10.0.0.1")).await.unwrap();
        assert_eq!(entered.viewer.name(), "Ines Okafor");
    });
}

#[test]
fn guessing_a_password_soon_has_to_wait_even_from_many_addresses() {
    told(|house, clock| async move {
        owner(&house).await;
        let mut waits = 0;
        for n in 0..12 {
            let guess = house.sign_in(knock("ines@roastery.example", "guess", &format!("10.0.0.{n}"))).await;
            waits += i64::from(matches!(guess, Err(HouseError::TooOften { .. })));
        }
        assert_eq!(waits, 2, "ten tries, then a pause");
        clock.pass(61);
        house.sign_in(knock("ines@roastery.example", PASSWORD, "10.0.0.99")).await.unwrap();
    });
}

#[test]
fn a_session_ends_when_signed_out_when_left_alone_and_when_its_owner_leaves() {
    told(|house, clock| async move {
        let ines = owner(&house).await;
        let phone = house.sign_in(knock("ines@roastery.example", PASSWORD, "10.0.0.1")).await.unwrap();
        assert_eq!(house.sessions(&ines.viewer).await.unwrap().len(), 2);
        house.sign_out(&ines.viewer, phone.viewer.session().unwrap()).await.unwrap();
        assert!(matches!(house.viewer(&phone.secret).await, Err(HouseError::SignedOut)));

        for _ in 0..3 {
            clock.pass(10 * 86_400);
            house.viewer(&ines.secret).await.unwrap();
        }
        clock.pass(15 * 86_400);
        assert!(matches!(house.viewer(&ines.secret).await, Err(HouseError::SignedOut)));

        let ines = house.sign_in(knock("ines@roastery.example", PASSWORD, "10.0.0.1")).await.unwrap();
        let ben = joined(&house, &ines.viewer, "Ben", Role::Member).await;
        let key = NewToken { label: "till".into(), scopes: vec![Scope::PeopleRead] };
        let (key, _) = house.make_token(&ben, key).await.unwrap();
        house.let_go(&ines.viewer, ben.staff()).await.unwrap();
        assert!(matches!(house.viewer_by_token(&key).await, Err(HouseError::SignedOut)));
        let back = house.sign_in(knock("ben@roastery.example", PASSWORD, "10.0.0.1")).await;
        assert!(matches!(back, Err(HouseError::WrongPassword)));
        assert_eq!(house.sign_out_everywhere(&ines.viewer).await.unwrap(), 1);
    });
}

#[test]
fn a_new_password_signs_out_every_other_browser() {
    told(|house, _| async move {
        let ines = owner(&house).await;
        let phone = house.sign_in(knock("ines@roastery.example", PASSWORD, "10.0.0.1")).await.unwrap();
        let new = "a better sentence for noon";
        let wrong = house.change_password(&ines.viewer, "guess".into(), new.into()).await;
        assert!(matches!(wrong, Err(HouseError::Invalid { field: "old_password", .. })));
        house.change_password(&ines.viewer, PASSWORD.into(), new.into()).await.unwrap();
        assert!(house.viewer(&phone.secret).await.is_err());
        assert!(house.viewer(&ines.secret).await.is_ok());
    });
}

#[test]
fn a_way_back_gives_a_new_password_and_closes_old_browsers() {
    told(|house, _| async move {
        let ines = owner(&house).await.viewer;
        let ben = joined(&house, &ines, "Ben", Role::Member).await;
        let (secret, Door { kind, .. }) = house.way_back(&ines, ben.staff()).await.unwrap();
        assert_eq!(kind, LinkKind::Return);
        let new = Newcomer { password: "another sentence by Ben".into(), ..newcomer("", "") };
        let entered = house.enter(&secret, new).await.unwrap();
        assert_eq!((entered.viewer.staff(), entered.viewer.name()), (ben.staff(), "Ben"));
        assert_eq!(house.sessions(&ben).await.unwrap().len(), 1);
    });
}

#[test]
fn a_key_may_what_it_was_made_for_and_never_more_than_its_maker() {
    told(|house, _| async move {
        let ines = owner(&house).await.viewer;
        let ben = joined(&house, &ines, "Ben", Role::Member).await;
        let all = NewToken { label: "everything".into(), scopes: Scope::ALL.to_vec() };
        let (secret, id) = house.make_token(&ben, all).await.unwrap();
        let program = house.viewer_by_token(&secret).await.unwrap();
        assert!(program.can(Permission::ReadPeople) && !program.can(Permission::ManageSettings));
        let few = NewToken { label: "reader".into(), scopes: vec![Scope::PeopleRead] };
        let (reader, _) = house.make_token(&ines, few).await.unwrap();
        let reader = house.viewer_by_token(&reader).await.unwrap();
        let refused = reader.may(Permission::WritePeople).unwrap_err().to_string();
        assert_eq!(
            refused,
            "this key may not note what happened and correct what is known; it would need the scope people:write"
        );
        house.revoke_token(&ben, id).await.unwrap();
        assert!(house.viewer_by_token(&secret).await.is_err());
        assert!(house.viewer_by_token(&Secret::shown("regard_made_up")).await.is_err());
    });
}

#[test]
fn the_log_tells_who_did_what_page_by_page_and_holds_no_address() {
    told(|house, _| async move {
        let ines = owner(&house).await.viewer;
        for n in 0..60 {
            let label = format!("key {n}");
            house.make_token(&ines, NewToken { label, scopes: vec![Scope::Import] }).await.unwrap();
        }
        let first = house.audit(&ines, None, None).await.unwrap();
        let rest = house.audit(&ines, None, first.next).await.unwrap();
        assert_eq!((first.lines.len(), rest.lines.len(), rest.next), (50, 11, None));
        assert_eq!(rest.lines.last().unwrap().verb, "staff.entered");
        assert!(first.lines[49].id > rest.lines[0].id);
        let text = format!("{first:?}{rest:?}");
        assert!(text.contains("Ines Okafor") && !text.contains('@') && !text.contains("key 7"));
        let about = house.audit(&ines, Some(ines.staff().to_string()), None).await.unwrap();
        assert_eq!(about.lines.len(), 1);
    });
}

#[test]
fn settings_are_kept_and_only_those_who_may_change_them() {
    told(|house, _| async move {
        let ines = owner(&house).await.viewer;
        assert_eq!(house.settings().await.unwrap(), Settings::default());
        let new = Settings {
            organisation: "Roastery".into(),
            own_domains: vec!["roastery.example".into()],
            ..Settings::default()
        };
        house.change_settings(&ines, new.clone()).await.unwrap();
        assert_eq!(house.settings().await.unwrap(), new);
        let ben = joined(&house, &ines, "Ben", Role::Member).await;
        assert!(matches!(
            house.change_settings(&ben, Settings::default()).await,
            Err(HouseError::Refused(_))
        ));
    });
}

#[cfg(feature = "passkeys")]
#[test]
fn a_passkey_ceremony_is_answered_once_by_whom_it_was_meant_for() {
    use serde_json::json;
    told(|house, clock| async move {
        let ines = owner(&house).await.viewer;
        let passkeys = house::Passkeys::at("http://localhost:8080").unwrap();
        assert!(house::Passkeys::at("http://127.0.0.1:8080").is_err());
        let challenge = passkeys.begin_registration(&house, &ines).await.unwrap();
        assert_eq!(challenge.options["publicKey"]["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(challenge.options["publicKey"]["user"]["name"], "ines@roastery.example");
        let nonsense = passkeys.finish_registration(&house, &ines, &challenge.secret, json!({}), "x").await;
        assert!(matches!(nonsense, Err(HouseError::Passkey(_))));
        let again = passkeys.finish_registration(&house, &ines, &challenge.secret, json!({}), "x").await;
        assert!(matches!(again, Err(HouseError::DeadLink)));
        let late = passkeys.begin_sign_in(&house).await.unwrap();
        clock.pass(301);
        let late = passkeys.finish_sign_in(&house, &late.secret, json!({}), String::new()).await;
        assert!(matches!(late, Err(HouseError::DeadLink)));
        assert!(house.passkeys(&ines).await.unwrap().is_empty());
    });
}
