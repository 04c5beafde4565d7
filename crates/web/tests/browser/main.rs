//! One whole morning at the desk in a real browser: from the first link to somebody forgotten, by keyboard where it
//! matters, with nothing on the way that shuts people out. Told to both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod chatting;
mod doing;
mod inbox;
mod insight;
mod mail;
mod morning;
mod outreach;
mod own;
mod speaking;

use std::fs;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use model::World;
use morning::Morning;
use store::trial::both_engines;

const ROOMS: &[store::Room] = &[
    store::ROOM,
    house::ROOM,
    memory::ROOM,
    permission::ROOM,
    conversations::ROOM,
    ::insight::ROOM,
    delivery::ROOM,
    web::ROOM,
];

const PEOPLE: &str = "Name,E-Mail,Phone,Favourite\n\
    Mara Vogel,mara@example.org,+49 30 901820,Yirgacheffe\n\
    M. Vogel,m.vogel@example.com,,Yirgacheffe\n\
    Otis Bell,otis@example.net,,Huila\n\
    ,not an address,,\n";

const MAIL: &str = "From mara@example.org Sun Mar  1 09:30:00 2026\n\
    From: Mara Vogel <mara@example.org>\n\
    To: hello@roastery.example\n\
    Subject: The grinder\n\
    Date: Sun, 01 Mar 2026 09:30:00 +0000\n\
    Message-ID: <1@example.org>\n\
    \n\
    It grinds too coarse.\n\
    \n\
    From hello@roastery.example Mon Mar  2 08:00:00 2026\n\
    From: The roastery <hello@roastery.example>\n\
    To: Mara Vogel <mara@example.org>\n\
    Subject: Re: The grinder\n\
    Date: Mon, 02 Mar 2026 08:00:00 +0000\n\
    Message-ID: <2@roastery.example>\n\
    In-Reply-To: <1@example.org>\n\
    \n\
    Turn the ring to the left.\n\
    \n";

impl Morning {
    async fn leaves_and_comes_back_with_a_passkey(&mut self) {
        let device = self.browser.add_authenticator().await.unwrap();
        self.go("/house/me").await;
        self.write("#passkey-label", "My laptop").await;
        self.click("button[data-passkey=create]").await;
        self.reads("My laptop").await;
        assert_eq!(self.browser.passkeys(&device).await.unwrap(), 1);
        self.click("form[action='/sign-out'] button").await;
        self.reads("Good to see you").await;
        self.look("signing in").await;
        self.click("button[data-passkey=get]").await;
        self.browser.find("nav a[aria-current=page]").await.unwrap();
        assert_eq!(self.place().await, "/");
    }

    /// Hands a file in; the page that shows what it is taken for comes.
    async fn hands_in(&mut self, name: &str, text: &str) {
        let path = self.file(name, text);
        self.go("/import").await;
        self.browser.choose_file("#file", &path).await.unwrap();
        self.click("form[action='/import'] button").await;
        self.reads("Nothing has been kept yet.").await;
    }

    async fn brings_in_a_table(&mut self) {
        self.hands_in("people.csv", PEOPLE).await;
        self.reads("This looks like a table of people").await;
        self.reads("Yirgacheffe").await;
        self.look("a table before it is kept").await;
        self.picture("import-look").await;
        self.click("button[value=try]").await;
        self.reads("Tried, and nothing kept").await;
        self.look("a table that was tried").await;
        assert_eq!(self.store.read(memory::people::count).await.unwrap(), 0, "a try keeps nothing");
        self.click("button[value=keep]").await;
        self.reads("All of it has been read.").await;
        self.reads("records that could not be read").await;
        self.look("an import that is done").await;
        self.picture("import-done").await;
        let report = "const done = arguments[0];
            fetch(document.querySelector('a[download]').href).then(a => a.text()).then(done)";
        let report = self.browser.client().execute_async(report, Vec::new()).await.unwrap();
        let report = report.as_str().unwrap();
        assert!(report.starts_with("line,what,reason,record\r\n5,refused,"), "{report}");
        assert!(report.contains("not an address"));
    }

    async fn brings_in_mail(&mut self) {
        self.hands_in("archive.mbox", MAIL).await;
        self.reads("This looks like a mail archive").await;
        self.look("mail before it is kept").await;
        self.click("button[value=keep]").await;
        self.reads("All of it has been read.").await;
        let left = fs::read_dir(delivery::importing::uploads::folder(&self.store)).unwrap().count();
        assert_eq!(left, 0, "what was read does not lie around");
        self.go("/import").await;
        self.reads("Brought in before").await;
        self.look("import").await;
        self.picture("import").await;
    }

    /// A photo comes with an address card, wider than it is high; the browser's own picture of a page will do.
    async fn brings_in_a_card_with_a_photo(&mut self) {
        self.go("/").await;
        let photo = BASE64_STANDARD.encode(self.browser.client().screenshot().await.unwrap());
        let card = format!(
            "BEGIN:VCARD\nVERSION:3.0\nFN:Mara Vogel\nEMAIL:mara@example.org\nPHOTO;ENCODING=b;TYPE=PNG:{photo}\nEND:VCARD\n"
        );
        self.hands_in("mara.vcf", &card).await;
        self.reads("This looks like an address book").await;
        self.click("button[value=keep]").await;
        self.reads("All of it has been read.").await;
    }

    /// By keyboard alone; gives the person's page.
    async fn finds_mara_and_notes_two_calls(&mut self) -> String {
        self.go("/").await;
        for key in ["g", "p"] {
            self.browser.press(key).await.unwrap();
        }
        self.browser.find("#q").await.unwrap();
        self.browser.press("/").await.unwrap();
        self.browser.type_text("mara").await.unwrap();
        self.until("return !document.body.innerText.includes('Otis Bell')").await;
        self.reads("Mara Vogel").await;
        self.browser.press("Escape").await.unwrap();
        self.browser.press("j").await.unwrap();
        self.browser.press("Enter").await.unwrap();
        self.reads("It grinds too coarse.").await;
        self.reads("Turn the ring to the left.").await;
        let face = "const face = document.querySelector('.who img.face');
            return face.complete && face.naturalWidth === 1280 && face.width === face.height";
        self.until(face).await;
        for note in ["She likes it finer.", "And darker."] {
            let focused = self.browser.focused().await.unwrap().attr("id").await.unwrap();
            if focused.as_deref() != Some("note-body") {
                self.browser.press("n").await.unwrap();
            }
            self.browser.type_text(note).await.unwrap();
            self.browser.press("Control+Enter").await.unwrap();
            self.reads(note).await;
        }
        let moments = "return document.querySelectorAll('#moments .moment').length";
        assert_eq!(self.asks(moments).await, 4, "each is told once");
        let days = "return document.querySelectorAll('#moments .day').length";
        assert_eq!(self.asks(days).await, 3, "one line for each day");
        self.place().await
    }

    async fn joins_two_and_parts_them(&mut self, mara: &str) {
        self.go(&format!("{mara}/join")).await;
        self.write("#q", "m.vogel@example.com").await;
        self.reads("M. Vogel").await;
        self.until("return document.querySelectorAll('#results a').length === 1").await;
        self.click("#results a").await;
        self.reads("Are these one person?").await;
        self.look("two people side by side").await;
        self.write("#reason", "She told me on the phone").await;
        self.browser.press("Enter").await.unwrap();
        self.reads("m.vogel@example.com").await;
        self.browser.find("#conversation").await.unwrap();
        let joined = self.place().await;
        self.go(&format!("{joined}/known")).await;
        self.look("known of two who were joined").await;
        self.click("form[action*='/joinings/'] button").await;
        self.browser.find("#conversation").await.unwrap();
        assert_eq!(self.store.read(memory::people::count).await.unwrap(), 3, "they are two again");
        self.go(mara).await;
        self.reads("And darker.").await;
        assert_eq!(self.asks("return document.body.innerText.includes('m.vogel@example.com')").await, false);
    }

    async fn looks_at_every_page(&mut self, mara: &str) {
        let of_mara = ["", "/known", "/join", "/forget"].map(|page| format!("{mara}{page}"));
        let rooms = ["/", "/people", "/people?q=mara", "/accounts", "/nowhere"];
        let house = ["", "/me", "/settings", "/fields", "/log", "/jobs"].map(|page| format!("/house{page}"));
        for page in rooms.map(str::to_owned).iter().chain(&of_mara).chain(&house) {
            self.go(page).await;
            self.look(&page.replace(mara, "/people/mara")).await;
        }
        for (page, name) in [("/", "today"), ("/people", "people"), (mara, "person"), ("/house", "house")] {
            self.go(page).await;
            self.picture(name).await;
        }
    }

    async fn forgets_mara_for_good(&mut self, mara: &str) {
        self.go(&format!("{mara}/forget")).await;
        self.click("input[name=sure]").await;
        self.click("button.grave").await;
        self.reads("This is the receipt.").await;
        self.look("a receipt").await;
        self.go("/people?q=mara").await;
        assert_eq!(self.asks("return document.body.innerText.includes('Mara')").await, false);
        self.hands_in("people.csv", PEOPLE).await;
        self.click("button[value=keep]").await;
        self.reads("All of it has been read.").await;
        self.reads("people who asked to be forgotten: left out").await;
    }
}

#[test]
fn a_morning_at_the_desk_from_the_first_link_to_somebody_forgotten() {
    both_engines(ROOMS, World::real, |store| async move {
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        morning.leaves_and_comes_back_with_a_passkey().await;
        morning.brings_in_a_table().await;
        morning.brings_in_mail().await;
        morning.brings_in_a_card_with_a_photo().await;
        let mara = morning.finds_mara_and_notes_two_calls().await;
        morning.joins_two_and_parts_them(&mara).await;
        morning.looks_at_every_page(&mara).await;
        morning.forgets_mara_for_good(&mara).await;
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}
