//! Walks through the desk over HTTP, told to both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod outreach;
mod speaking;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use house::House;
use model::{
    Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, PersonId, SystemChance, SystemClock, Time,
    World,
};
use store::{Store, trial::both_engines};
use tokio::sync::watch;
use tower::ServiceExt;

const ROOMS: &[store::Room] = &[
    store::ROOM,
    house::ROOM,
    memory::ROOM,
    permission::ROOM,
    conversations::ROOM,
    insight::ROOM,
    delivery::ROOM,
    web::ROOM,
];
const HOST: &str = "localhost:8080";
const PASSWORD: &str = "the kettle sings at noon";

struct Desk {
    app: Router,
    cookie: String,
}

struct Seen {
    status: StatusCode,
    headers: header::HeaderMap,
    text: String,
}

impl Seen {
    async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: parts.status, headers: parts.headers, text }
    }
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    fn leads_to(&self) -> &str {
        self.header("location")
    }
}

impl Desk {
    async fn ask(&self, request: axum::http::request::Builder, body: &str) -> Seen {
        let request = request.header(header::COOKIE, &self.cookie).header(header::HOST, HOST);
        let request = request.header("sec-fetch-site", "same-origin");
        let request = request.body(Body::from(body.to_owned())).unwrap();
        Seen::of(self.app.clone().oneshot(request).await.unwrap()).await
    }
    async fn get(&self, path: &str) -> Seen {
        self.ask(Request::get(path), "").await
    }
    async fn post(&self, path: &str, form: &str) -> Seen {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, form).await
    }
    async fn part(&self, path: &str) -> Seen {
        self.ask(Request::get(path).header("x-regard-fragment", "1"), "").await
    }
}

fn world() -> World {
    World::new(std::sync::Arc::new(SystemClock), std::sync::Arc::new(SystemChance))
}

fn open(store: &Store) -> Desk {
    let (_, stopped) = watch::channel(false);
    let config = web::Config { address: format!("http://{HOST}"), ..web::Config::default() };
    let app = web::router(web::State::new(store.clone(), config, stopped));
    Desk { app, cookie: String::new() }
}

/// A desk at which Ines sits, who came in by the first link.
async fn ines(store: &Store) -> Desk {
    let mut desk = open(store);
    let (secret, _) = House::new(store.clone()).first_link().await.unwrap().unwrap();
    let door = format!("/door/{}", secret.expose());
    let form =
        format!("name=Ines+Okafor&email=ines%40roastery.example&password={}", PASSWORD.replace(' ', "+"));
    let entered = desk.post(&door, &form).await;
    assert_eq!((entered.status, entered.leads_to()), (StatusCode::SEE_OTHER, "/house/welcome"));
    let cookie = entered.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    desk.cookie = cookie.split(';').next().unwrap().to_owned();
    desk
}

async fn takes(store: &Store, name: &str, email: &str, said: &str) -> PersonId {
    let at = Time::parse("2026-03-01T09:30:00Z").unwrap();
    let fragment = Fragment {
        source: "mail".into(),
        key: email.into(),
        seen_at: at,
        fields: Fields::from([("name".to_owned(), name.to_owned())]),
        handles: vec![Handle::email(email).unwrap()],
        roles: Vec::new(),
        moments: vec![NewMoment {
            key: said.into(),
            at,
            kind: Kind::Email,
            channel: Channel::Email,
            direction: Direction::Heard,
            account: None,
            by: None,
            thread: None,
            title: "The grinder".into(),
            body: said.into(),
            data: serde_json::Value::Null,
            originals: Vec::new(),
        }],
    };
    let (prepared, world) = (vec![memory::prepare(fragment)], store.world().clone());
    let taken = store.write(move |tx| memory::take(tx, &world, &prepared)).await.unwrap();
    taken[0].person.unwrap()
}

#[test]
fn a_stranger_is_led_to_the_door_and_back_to_where_they_wanted_to_go() {
    both_engines(ROOMS, world, |store| async move {
        let mut desk = ines(&store).await;
        desk.cookie.clear();
        assert_eq!(desk.get("/people").await.leads_to(), "/sign-in?next=/people");
        let form = "email=ines%40roastery.example&password=guess&next=/people";
        let wrong = desk.post("/sign-in", form).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("do not belong together") && !wrong.text.contains("guess"));
        let form =
            format!("email=ines%40roastery.example&password={}&next=/people", PASSWORD.replace(' ', "+"));
        assert_eq!(desk.post("/sign-in", &form).await.leads_to(), "/people");
    });
}

#[test]
fn what_comes_from_another_site_is_not_done() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let foreign = Request::post("/house/me/name")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, &desk.cookie)
            .header(header::HOST, HOST)
            .header("sec-fetch-site", "cross-site")
            .body(Body::from("name=Eve"))
            .unwrap();
        let seen = Seen::of(desk.app.clone().oneshot(foreign).await.unwrap()).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN);
        assert!(seen.text.contains("came from another site"));
        assert!(!desk.get("/house").await.text.contains("Eve"));
    });
}

#[test]
fn every_answer_keeps_browsers_careful_and_shared_machines_forgetful() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        for path in ["/", "/people", "/nowhere", "/healthz"] {
            let seen = desk.get(path).await;
            let policy = seen.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
            assert_eq!(seen.header("cache-control"), "no-store", "{path}");
            assert_eq!(seen.header("x-content-type-options"), "nosniff");
            assert!(
                !seen.text.contains("style=\"") && !seen.text.contains("onclick"),
                "{path} obeys its policy"
            );
        }
    });
}

#[test]
fn a_call_is_noted_and_read_in_the_conversation_and_sent_twice_it_is_kept_once() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "It grinds <too> coarse.").await;
        let page = desk.get(&format!("/people/{mara}")).await;
        assert!(page.text.contains("Mara Vogel") && page.text.contains("It grinds &lt;too&gt; coarse."));
        let path = format!("/people/{mara}/moments");
        for _ in 0..2 {
            let noted = desk.post(&path, "kind=call&body=She+likes+it+finer.&key=k1").await;
            assert_eq!(noted.status, StatusCode::SEE_OTHER);
        }
        let page = desk.get(&format!("/people/{mara}")).await;
        assert_eq!(page.text.matches("She likes it finer.").count(), 1);
        assert!(page.text.contains("Ines Okafor and they talked by phone"));
        let empty = desk.post(&path, "kind=call&body=+&key=k2").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let found = desk.part("/people?q=mara").await;
        assert!(found.text.contains("Mara Vogel") && !found.text.contains("<html"));
        assert!(desk.get("/people?q=coarse").await.text.contains("They said it"));
    });
}

#[test]
fn a_telephone_leads_to_whoever_calls() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        assert_eq!(desk.get("/call?number=hello").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let unknown = desk.get("/call?number=%2B493090182012").await;
        assert!(unknown.text.contains("Nobody here has this number."), "{}", unknown.text);
        let kept = desk.post("/call", "number=%2B493090182012&name=Mara+Vogel").await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let there = kept.leads_to().to_owned();
        assert_eq!(
            desk.get("/call?number=%2B49+30+9018+2012").await.leads_to(),
            there,
            "however it is written"
        );
        let page = desk.get(there.split('#').next().unwrap()).await.text;
        assert!(page.contains("Mara Vogel") && page.contains("data-key=\"n\" open"), "{page}");
        // Her flatmate has the same telephone.
        desk.post("/call", "number=%2B493090182012&name=Otis+Bell").await;
        let both = desk.get("/call?number=%2B493090182012").await;
        assert!(both.text.contains("Otis Bell") || both.leads_to() == there, "{}", both.text);
        assert_eq!(
            desk.post("/call", "number=%2B493090182012&name=").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    });
}

#[test]
fn two_pages_of_one_person_are_joined_after_a_look_and_parted_again() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let one = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        let other = takes(&store, "M. Vogel", "m.vogel@example.com", "It is me again").await;
        let look = desk.get(&format!("/people/{one}/join/{other}")).await;
        assert!(look.text.contains("Are these one person?") && look.text.contains("m.vogel@example.com"));
        let joined = desk.post(&format!("/people/{one}/join/{other}"), "reason=She+told+me").await;
        assert_eq!(joined.leads_to(), format!("/people/{one}"));
        assert!(desk.get(&format!("/people/{one}")).await.text.contains("It is me again"));
        let old = desk.get(&format!("/people/{other}")).await;
        assert_eq!(old.leads_to(), format!("/people/{one}"), "an old address leads to the person");
        let known = desk.get(&format!("/people/{one}/known")).await.text;
        let from = known.find("/joinings/").unwrap();
        let merge = known[from + 10..].split('/').next().unwrap();
        desk.post(&format!("/people/{one}/joinings/{merge}/undo"), "").await;
        assert!(desk.get(&format!("/people/{other}")).await.text.contains("It is me again"));
    });
}

#[test]
fn forgetting_needs_a_word_gives_a_receipt_and_leaves_no_page() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        let path = format!("/people/{mara}/forget");
        assert!(desk.get(&path).await.text.contains("Forget Mara Vogel?"));
        assert_eq!(desk.post(&path, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let (request, body) = handed_in("friends (2).csv", "name\nMara Vogel\n");
        let look = desk.ask(request, &body).await.leads_to().to_owned();
        assert!(desk.get(&look).await.text.contains("<h1>friends (2).csv</h1>"));
        let receipt = desk.post(&path, "sure=yes").await;
        assert_eq!(
            desk.get(&look).await.status,
            StatusCode::NOT_FOUND,
            "a file that waited may speak of her"
        );
        assert!(receipt.text.contains("aud_") && !receipt.text.contains("Mara"));
        assert_eq!(desk.get(&format!("/people/{mara}")).await.status, StatusCode::NOT_FOUND);
        assert!(!desk.get("/people?q=mara").await.text.contains("Vogel"));
        assert!(!desk.get("/house/log").await.text.contains("Vogel"));
    });
}

#[test]
fn whoever_opens_a_page_of_somebody_is_written_down_before_it_is_shown() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        let other = takes(&store, "M. Vogel", "m.vogel@example.com", "It is me again").await;
        let of = |id: PersonId| store.read(move |db| memory::looks::of_person(db, id));
        let nobody = desk.get(&format!("/people/{}", PersonId::from_uuid(Default::default()))).await;
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
        desk.get("/people?q=mara").await;
        desk.get(&format!("/people/{mara}/photo")).await;
        assert_eq!(of(mara).await.unwrap(), [], "a line in a list shows nobody's page");

        desk.get(&format!("/people/{mara}")).await;
        let looks = of(mara).await.unwrap();
        assert_eq!((looks[0].what.as_str(), looks[0].times, looks[0].role.as_str()), ("page", 1, "owner"));
        assert!(looks[0].staff.is_some() && looks[0].key.is_none() && looks.len() == 1);
        desk.get(&format!("/people/{mara}/known")).await;
        assert_eq!(of(mara).await.unwrap().len(), 1, "one row for all that is opened on a day");
        desk.get(&format!("/people/{mara}/join/{other}")).await;
        assert_eq!(of(other).await.unwrap()[0].what, "page", "both are shown side by side");

        let mut stranger = open(&store);
        stranger.cookie = "regard=nonsense".into();
        let away = stranger.get(&format!("/people/{other}/known")).await;
        assert_eq!(away.leads_to(), format!("/sign-in?next=/people/{other}/known"));
        assert_eq!(of(other).await.unwrap()[0].times, 1);
    });
}

#[test]
fn a_reader_sees_people_and_is_told_what_they_may_not() {
    both_engines(ROOMS, world, |store| async move {
        let mut desk = ines(&store).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        let form = "name=Ben&email=ben%40roastery.example&role=read_only";
        let link = desk.post("/house/staff/invite", form).await.text;
        let from = link.find("/door/").unwrap();
        let door: String = link[from..].chars().take_while(|c| *c != '<').collect();
        let form = format!("name=Ben&password={}", PASSWORD.replace(' ', "+"));
        let entered = desk.post(&door, &form).await;
        desk.cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(desk.get(&format!("/people/{mara}")).await.text.contains("Mara Vogel"));
        let noted = desk.post(&format!("/people/{mara}/moments"), "kind=call&body=x&key=k").await;
        assert_eq!(noted.status, StatusCode::FORBIDDEN);
        assert!(noted.text.contains("A reader may not note what happened"));
        for path in ["/house/log", "/house/jobs", "/house/settings"] {
            assert_eq!(desk.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    });
}

/// Somebody else sits at the desk, whom Ines invited.
async fn invited(store: &Store, ines: &Desk, name: &str) -> Desk {
    let form = format!("name={name}&email={name}%40roastery.example&role=member");
    let link = ines.post("/house/staff/invite", &form).await.text;
    let door: String = link[link.find("/door/").unwrap()..].chars().take_while(|c| *c != '<').collect();
    let mut desk = open(store);
    let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
    let entered = desk.post(&door, &form).await;
    desk.cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    desk
}

#[test]
fn whoever_is_called_in_a_note_or_follows_somebody_is_told_until_they_have_looked() {
    both_engines(ROOMS, world, |store| async move {
        let ines = ines(&store).await;
        let ben = invited(&store, &ines, "Ben").await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        let (page, here) = (format!("/people/{mara}"), format!("/people/{mara}/here"));
        assert!(!ben.get("/").await.text.contains("For you"));
        for _ in 0..2 {
            let note = "kind=note&body=%40Ben%3A+she+asks+for+the+blue+cup.+%40Ines+knows.&key=k1";
            assert_eq!(ines.post(&format!("{page}/moments"), note).await.status, StatusCode::SEE_OTHER);
        }
        let today = ben.get("/").await.text;
        assert_eq!(today.matches("Ines Okafor: @Ben: she asks for the blue cup.").count(), 1, "{today}");
        assert!(!ines.get("/").await.text.contains("For you"), "nobody calls themselves");
        ben.post(&here, "doing=leaving").await;
        assert!(ben.get("/").await.text.contains("For you"), "he turned away");
        ben.post(&here, "doing=reading").await;
        assert!(!ben.get("/").await.text.contains("For you"), "he has looked");

        let followed = ben.post(&format!("{page}/follow"), "on=true").await;
        assert_eq!(followed.status, StatusCode::SEE_OTHER);
        assert!(ben.get(&page).await.text.contains("You: Today says when they speak to us."));
        assert!(ines.get(&page).await.text.contains("<p>Ben</p>"));
        assert!(!ben.get("/").await.text.contains("For you"), "nothing was said since");
        let at = store.world().now().plus_seconds(1);
        speaks(&store, mara, at).await;
        assert!(ben.get("/").await.text.contains("They spoke to us"));
        assert!(!ines.get("/").await.text.contains("They spoke to us"));
        ben.post(&format!("{page}/follow"), "on=false").await;
        assert!(!ben.get("/").await.text.contains("They spoke to us"));
    });
}

/// Somebody says something at a time.
async fn speaks(store: &Store, person: PersonId, at: Time) {
    let moment = NewMoment {
        key: "again".into(),
        at,
        kind: Kind::Call,
        channel: Channel::Phone,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: "They called".into(),
        body: "Is it there?".into(),
        data: serde_json::Value::Null,
        originals: Vec::new(),
    };
    let world = store.world().clone();
    store.write(move |tx| memory::note(tx, &world, person, &moment, None)).await.unwrap();
}

#[test]
fn a_long_conversation_is_read_page_by_page_in_both_directions() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "The very first").await;
        for n in 0..50 {
            let form = format!("kind=note&body=Note+number+{n}.&key=k{n}");
            desk.post(&format!("/people/{mara}/moments"), &form).await;
        }
        let page = desk.get(&format!("/people/{mara}")).await.text;
        assert!(shown(&page).contains("Note number 49.") && !shown(&page).contains("The very first"));
        let from = page.find("&amp;before=").unwrap();
        let before: String = page[from + 12..].chars().take_while(|c| *c != '"').collect();
        let earlier = desk.part(&format!("/people/{mara}?before={before}")).await.text;
        assert!(earlier.contains("The very first") && earlier.contains("data-op=\"append\""));
        let on = desk.get(&format!("/people/{mara}?on=2026-03-01")).await.text;
        assert!(on.contains("The very first") && on.contains(">Later<"));
        let only = desk.get(&format!("/people/{mara}?kinds=email")).await.text;
        assert!(shown(&only).contains("The very first") && !shown(&only).contains("Note number 49."));
    });
}

/// The conversation without the brief above it, which tells of some of it in short.
fn shown(page: &str) -> &str {
    &page[page.find("id=\"moments\"").unwrap()..]
}

#[test]
fn programs_hear_of_problems_in_their_own_language_and_metrics_name_nobody() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        let nobody = desk.ask(Request::get("/api/v1/nothing").header("accept", "application/json"), "").await;
        assert_eq!(nobody.header("content-type"), "application/problem+json");
        assert!(nobody.text.contains("\"status\":404"));
        desk.get(&format!("/people/{mara}")).await;
        let metrics = desk.get("/metrics").await.text;
        assert!(metrics.contains("route=\"/people/{id}\",status=\"200\"") && !metrics.contains("per_"));
        assert!(metrics.contains("regard_jobs_dead 0"));
        assert_eq!(desk.get("/readyz").await.text, "ok\n");
    });
}

/// A form with one file, as a browser sends it.
fn handed_in(name: &str, text: &str) -> (axum::http::request::Builder, String) {
    let body = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n--edge--\r\n"
    );
    (Request::post("/import").header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge"), body)
}

#[test]
fn a_file_is_looked_at_corrected_tried_and_brought_in() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let (request, body) = handed_in(
            "friends.csv",
            "Who,Mail,Tel\nMara,mara@example.org,030 901820\n,,call mara@example.org\n",
        );
        let handed = desk.ask(request, &body).await;
        assert_eq!(handed.status, StatusCode::SEE_OTHER, "{}", handed.text);
        let look = handed.leads_to().to_owned();
        let page = desk.get(&look).await.text;
        assert!(page.contains("friends.csv") && page.contains("a table of people"), "{page}");
        let form = "was=people&format=people&country=de\
            &heading=Who&meaning=name&heading=Mail&meaning=email&heading=Tel&meaning=phone";
        let tried = desk.post(&look, &format!("{form}&act=try")).await.text;
        assert!(
            tried.contains("Tried, and nothing kept") && tried.contains("nothing in the row says who it is")
        );
        assert!(!desk.get("/people").await.text.contains("Mara"));
        let wrong = desk.post(&look, "country=Germany&act=keep").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let begun = desk.post(&look, &format!("{form}&act=keep")).await;
        let worker = delivery::jobs(store::jobs::Worker::new(store.clone()), &store, "http://localhost:8080");
        while worker.turn().await.unwrap() {}
        let done = desk.get(begun.leads_to()).await.text;
        assert!(done.contains("All of it has been read.") && done.contains("people who are new"), "{done}");
        let people = desk.get("/people").await.text;
        assert!(people.contains("Mara"));
        let report = desk.get(&format!("{}/refusals.csv", begun.leads_to())).await;
        assert!(report.text.starts_with("line,what,reason,record\r\n3,refused,"), "{}", report.text);
        assert!(report.text.contains("mara@example.org"));
        let from = people.find("/people/per_").unwrap();
        let mara: String = people[from..].chars().take_while(|c| *c != '"').collect();
        desk.post(&format!("{mara}/forget"), "sure=yes").await;
        let report = desk.get(&format!("{}/refusals.csv", begun.leads_to())).await.text;
        assert!(!report.contains("mara@example.org"), "who is forgotten is not in what was refused either");
        assert_eq!(desk.get(&look).await.status, StatusCode::NOT_FOUND, "what was read does not lie around");
        assert!(desk.get("/house/log").await.text.contains("import asked for"));
    });
}

#[test]
fn a_file_that_is_let_go_or_empty_or_none_leaves_nothing_behind() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let waiting =
            || std::fs::read_dir(delivery::importing::uploads::folder(&store)).map_or(0, Iterator::count);
        for (name, text, says) in [("empty.csv", "", "is empty"), ("", "", "Please choose a file first")] {
            let (request, body) = handed_in(name, text);
            let seen = desk.ask(request, &body).await;
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(seen.text.contains(says), "{}", seen.text);
            assert_eq!(waiting(), 0);
        }
        let (request, body) = handed_in("a.csv", "name\nMara\n");
        let cut = desk.ask(request, &body[..body.len() - 12]).await;
        assert_eq!(
            (cut.status, waiting()),
            (StatusCode::BAD_REQUEST, 0),
            "a file that broke off is not kept"
        );
        let (request, body) = handed_in("a.csv", "name\nMara\n");
        let look = desk.ask(request, &body).await.leads_to().to_owned();
        assert_eq!(waiting(), 1);
        assert_eq!(desk.post(&look, "act=drop").await.leads_to(), "/import");
        assert_eq!(waiting(), 0);
        let digest = store::Files::digest(b"");
        for elsewhere in ["..%2Fx/regard.db", "../regard.db", &format!("{digest}/..%2F..%2Fregard.db")] {
            assert_eq!(desk.get(&format!("/uploads/{elsewhere}")).await.status, StatusCode::NOT_FOUND);
        }
    });
}
