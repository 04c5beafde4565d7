//! The people in tests, with names, in a world that stands still. Each gives what one source says about them,
//! so that a story reads "Ann writes" and not "fragment 1 has a mail".

pub mod elsewhere;
pub mod letters;
pub mod names;
pub mod post;
pub mod sink;

use model::{Channel, Direction, Fields, Fragment, Handle, Item, Kind, Money};
use model::{NewMoment, Purchase, RoleClaim, Time, World};

/// When every test takes place: a Wednesday morning in spring.
pub fn today() -> Time {
    Time::parse("2026-03-18T09:30:00Z").expect("a written time")
}

/// A world that stands still at [`today`] and always throws the same dice.
pub fn world() -> World {
    World::still(today(), 1).0
}

/// What sort of thing, through what, and who acted.
pub type What = (Kind, Channel, Direction);

/// They wrote a mail.
pub const WRITES: What = (Kind::Email, Channel::Email, Direction::Heard);
/// We answered by mail.
pub const ANSWERED: What = (Kind::Email, Channel::Email, Direction::Said);
/// We spoke on the telephone.
pub const CALL: What = (Kind::Call, Channel::Phone, Direction::Together);
/// They came by.
pub const VISIT: What = (Kind::Visit, Channel::InPerson, Direction::Together);
/// They bought something.
pub const BUYS: What = (Kind::Purchase, Channel::Shop, Direction::Heard);
/// We wrote unasked.
pub const LETTER: What = (Kind::Outreach, Channel::Email, Direction::Said);

/// Ann Smith, who writes mails and answers them.
pub fn ann() -> Fragment {
    let mut ann = somebody("mail", "Ann Smith", "ann");
    ann.handles = vec![email("ann@smith.example").proven()];
    let question =
        mail("ann-1", 12, WRITES, "One bag or two?", "Hello,\n\ntwo bags, not one, please.\n\nAnn");
    let answer = mail("ann-2", 11, ANSWERED, "Re: One bag or two?", "Dear Ann,\n\ntwo it is.");
    ann.moments = vec![question, answer];
    threaded(ann, "ann-1")
}

/// Ann Smith again, as the shop knows her: the same mailbox, a telephone besides, and an order.
pub fn ann_in_the_shop() -> Fragment {
    let mut ann = somebody("shop", "A. Smith", "customer-17");
    ann.handles = vec![email("ann@smith.example"), phone("+44 131 496 0401"), external("shop", "17")];
    ann.moments = vec![purchase("LR-1001", 10, 1900, "Harbour Blend 250 g", 2)];
    ann
}

/// Ben Achebe, who rings up and comes by, and never writes.
pub fn ben() -> Fragment {
    let mut ben = somebody("desk", "Ben Achebe", "ben");
    ben.handles = vec![phone("+44 131 496 0402")];
    let call = moment("ben-1", 30, CALL, "Asked about opening hours", "");
    ben.moments = vec![call, moment("ben-2", 3, VISIT, "Came by", "Brought his daughter.")];
    ben
}

/// Another Ben Achebe, who must never be taken for the first.
pub fn another_ben() -> Fragment {
    let mut ben = somebody("shop", "Ben Achebe", "customer-18");
    ben.handles = vec![email("ben.achebe@post.example"), external("shop", "18")];
    ben.moments = vec![purchase("LR-1002", 20, 950, "Harbour Blend 250 g", 1)];
    ben
}

/// The Okafor household: Ngozi, who buys, and Emeka, who drinks it. They share a mailbox and a telephone.
pub fn okafors() -> [Fragment; 2] {
    let shared = || vec![email("family@okafor.example"), phone("+44 131 496 0403")];
    let member = |name: &str, key: &str, role: &str| {
        let mut okafor = somebody("shop", name, key);
        okafor.handles = shared();
        okafor.roles = vec![claim("Household Okafor", "household", role)];
        okafor
    };
    let mut ngozi = member("Ngozi Okafor", "customer-19", "buys");
    ngozi.moments = vec![purchase("LR-1003", 8, 2450, "Geisha Las Nubes 250 g", 1)];
    let mut emeka = member("Emeka Okafor", "customer-20", "uses");
    emeka.moments = vec![moment("emeka-1", 6, CALL, "Half caf?", "Asked for half caf.")];
    [ngozi, emeka]
}

/// The mailbox of a company that several people read: it says nothing about who writes.
pub fn info_mailbox() -> Fragment {
    let mut info = somebody("mail", "Acme Instruments", "info");
    info.handles = vec![email("info@acme.example")];
    info.roles = vec![claim("Acme Instruments", "organisation", "buys")];
    info.moments = vec![mail("info-1", 5, WRITES, "Invoice", "Could we have it again, please?")];
    threaded(info, "info-1")
}

/// 由紀, whose name is found in her own letters.
pub fn yuki() -> Fragment {
    let mut yuki = somebody("mail", "田中 由紀", "yuki");
    yuki.handles = vec![email("yuki@tanaka.example")];
    yuki.moments = vec![mail("yuki-1", 4, WRITES, "焙煎日について", "飲み頃は何日目からでしょうか。")];
    threaded(yuki, "yuki-1")
}

/// Somebody of whom there is only an address, and to whom we have written without ever being answered.
pub fn only_an_address() -> Fragment {
    let mut nobody = somebody("newsletter.csv", "", "7");
    nobody.fields = Fields::new();
    nobody.handles = vec![email("k.weber@inbox.example")];
    let letter = |key: &str, days| moment(key, days, LETTER, "News", "Hello,");
    nobody.moments = vec![letter("letter-1", 60), letter("letter-2", 30)];
    nobody
}

/// Everyone above.
pub fn everyone() -> Vec<Fragment> {
    let shop = vec![ann(), ann_in_the_shop(), ben(), another_ben()];
    [shop, okafors().into(), vec![info_mailbox(), yuki(), only_an_address()]].concat()
}

/// A mail so many days ago; its key is its Message-ID.
pub fn mail(key: &str, days_ago: i64, what: What, title: &str, body: &str) -> NewMoment {
    let id = format!("{key}@mail.example");
    let mut mail = moment(&id, days_ago, what, title, body);
    mail.data = serde_json::json!({ "message_id": id });
    mail
}

/// An order so many days ago, of one thing.
pub fn purchase(order: &str, days_ago: i64, pence: i64, thing: &str, quantity: i64) -> NewMoment {
    let total = Money { minor: pence, currency: "GBP".into() };
    let item = Item { name: thing.into(), quantity, total: Some(total.clone()) };
    let mut bought = moment(order, days_ago, BUYS, thing, "");
    bought.thread = Some(order.into());
    bought.data = serde_json::to_value(Purchase { total, order: Some(order.into()), items: vec![item] })
        .expect("a purchase is plain data");
    bought
}

/// Anything, so many days ago.
pub fn moment(key: &str, days_ago: i64, what: What, title: &str, body: &str) -> NewMoment {
    let (kind, channel, direction) = what;
    NewMoment {
        key: key.into(),
        at: today().plus_days(-days_ago),
        kind,
        channel,
        direction,
        account: None,
        by: None,
        thread: None,
        title: title.into(),
        body: body.into(),
        data: serde_json::Value::Null,
        originals: vec![],
    }
}

/// Somebody with a name, from a source, with nothing else known yet.
pub fn somebody(source: &str, name: &str, key: &str) -> Fragment {
    Fragment {
        source: source.into(),
        key: key.into(),
        seen_at: today(),
        fields: Fields::from([("name".to_owned(), name.to_owned())]),
        handles: vec![],
        roles: vec![],
        moments: vec![],
    }
}

/// A mail address as a handle.
pub fn email(address: &str) -> Handle {
    Handle::email(address).expect("a written address")
}

/// A telephone number as a handle.
pub fn phone(number: &str) -> Handle {
    Handle::phone(number, None).expect("a written number")
}

/// A key in somebody else's system as a handle.
pub fn external(namespace: &str, key: &str) -> Handle {
    Handle::external(namespace, key).expect("a written key")
}

fn claim(account: &str, account_kind: &str, role: &str) -> RoleClaim {
    let (account, account_kind, role) = (account.into(), account_kind.into(), role.into());
    RoleClaim { account, account_kind, role, since: None, until: None }
}

fn threaded(mut fragment: Fragment, root: &str) -> Fragment {
    let thread = format!("{root}@mail.example");
    fragment.moments.iter_mut().for_each(|moment| moment.thread = Some(thread.clone()));
    fragment
}
