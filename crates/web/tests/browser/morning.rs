//! A desk on a port of its own, and a browser before it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use browser::Browser;
use cast::{elsewhere::Elsewhere, names::Names};
use house::{House, Role, SignIn};
use serde_json::{Value, json};
use store::{Engine, Store, jobs::Worker};
use tokio::sync::watch;

/// Screens on which the pages are looked at.
const SCREENS: &[(u32, u32)] = &[(390, 844), (1280, 900), (1920, 1080)];

/// A desk on a port of its own, and a browser before it.
pub struct Morning {
    pub browser: Browser,
    pub store: Store,
    /// What the world is told of domains, and somebody's web server in it.
    pub names: Names,
    pub elsewhere: Elsewhere,
    pub found: String,
    address: String,
    folder: tempfile::TempDir,
    _stop: watch::Sender<bool>,
}

impl Morning {
    pub async fn begin(store: Store) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let (stop, stopped) = watch::channel(false);
        let (names, elsewhere) = (Names::open(), Elsewhere::open());
        let config = web::Config {
            address: address.clone(),
            behind_proxy: false,
            dns: Some(names.address),
            pictures_also_from: Some(elsewhere.address),
        };
        tokio::spawn(web::serve(web::State::new(store.clone(), config, stopped.clone()), listener));
        let worker = delivery::jobs(Worker::new(store.clone()), &store, "http://localhost:8080");
        tokio::spawn(async move { worker.run(stopped).await });
        let folder = tempfile::tempdir().unwrap();
        let browser = Browser::start().await.unwrap();
        Self { browser, store, names, elsewhere, address, folder, found: String::new(), _stop: stop }
    }

    /// A colleague, whom Ines invited, at a browser of their own before the same desk.
    pub async fn joined_by(&self, name: &str) -> Self {
        let house = House::new(self.store.clone());
        let ines = SignIn {
            email: "ines@roastery.example".into(),
            password: "the kettle sings at noon".into(),
            address: "127.0.0.1".into(),
            browser: "a test".into(),
        };
        let ines = house.sign_in(ines).await.unwrap().viewer;
        let email = format!("{}@roastery.example", name.to_lowercase());
        let (secret, _) = house.invite(&ines, name, &email, Role::Member).await.unwrap();
        let mut colleague = Self {
            browser: Browser::start().await.unwrap(),
            store: self.store.clone(),
            names: self.names.clone(),
            elsewhere: self.elsewhere.clone(),
            found: String::new(),
            address: self.address.clone(),
            folder: tempfile::tempdir().unwrap(),
            _stop: watch::channel(false).0,
        };
        colleague.go(&format!("/door/{}", secret.expose())).await;
        colleague.write("#password", "the spoon is in the jar").await;
        colleague.browser.press("Enter").await.unwrap();
        colleague.browser.find("nav[aria-label=Desk]").await.unwrap();
        colleague
    }

    /// Where the desk is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Somebody else's browser, at another address.
    pub async fn visited_from(&self, address: &str) -> Self {
        Self {
            browser: Browser::start().await.unwrap(),
            store: self.store.clone(),
            names: self.names.clone(),
            elsewhere: self.elsewhere.clone(),
            found: String::new(),
            address: address.to_owned(),
            folder: tempfile::tempdir().unwrap(),
            _stop: watch::channel(false).0,
        }
    }

    pub async fn go(&mut self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.address)).await.unwrap();
    }

    pub async fn write(&mut self, css: &str, text: &str) {
        self.browser.find(css).await.unwrap().send_keys(text).await.unwrap();
    }

    pub async fn click(&mut self, css: &str) {
        self.browser.click(css).await.unwrap();
    }

    pub async fn reads(&mut self, text: &str) {
        let read = self.browser.wait_for_text(text).await;
        if let Err(error) = read {
            let page = self.browser.text("body").await.unwrap_or_default();
            panic!("{error}; it says:\n{page}");
        }
    }

    pub async fn asks(&mut self, script: &str) -> Value {
        self.browser.script(script, json!([])).await.unwrap()
    }

    /// Nothing goes out of the browser or comes in, or everything does again.
    pub async fn cuts_the_line(&mut self, cut: bool) {
        self.browser.chromium("Network.enable", json!({})).await.unwrap();
        let how = json!({ "offline": cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.browser.chromium("Network.emulateNetworkConditions", how).await.unwrap();
    }

    /// Waits until something on the page is so.
    pub async fn until(&mut self, script: &str) {
        for _ in 0..600 {
            if self.asks(script).await == Value::Bool(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        panic!("never so: {script}");
    }

    /// Where the browser is, without the address of the house.
    pub async fn place(&mut self) -> String {
        self.browser.url().await.unwrap().replacen(&self.address, "", 1)
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Looks at the page as it stands, by day and by night, for what shuts people out and for what is too wide.
    pub async fn look(&mut self, name: &str) {
        for dark in [false, true] {
            self.browser.prefer_dark(dark).await.unwrap();
            for violation in self.browser.axe().await.unwrap() {
                self.found += &format!("\n{name} (dark: {dark}): {violation}");
            }
        }
        self.browser.resize(320, 640).await.unwrap();
        let wide = "const page = document.documentElement;
            if (page.scrollWidth <= page.clientWidth) return null;
            const out = one => one.getBoundingClientRect().right > page.clientWidth;
            const widest = [...document.querySelectorAll('body *')].filter(out).pop();
            return widest ? widest.outerHTML.slice(0, 200) : 'something';";
        let over = self.asks(wide).await;
        if let Some(over) = over.as_str() {
            self.found += &format!("\n{name} is wider than a small phone: {over}");
        }
        self.browser.resize(1280, 900).await.unwrap();
    }

    /// Keeps how the page looks on each screen, for people to look at.
    pub async fn picture(&mut self, name: &str) {
        if self.store.engine() != Engine::Sqlite {
            return;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
        fs::create_dir_all(&folder).unwrap();
        for (width, height) in SCREENS {
            for (dark, scheme) in [(false, "light"), (true, "dark")] {
                let path = folder.join(format!("{name}-{width}-{scheme}.png"));
                self.browser.screenshot(&path, *width, *height, dark).await.unwrap();
            }
        }
        self.browser.resize(1280, 900).await.unwrap();
        self.browser.prefer_dark(false).await.unwrap();
    }

    /// By the first link, which makes Ines the owner.
    pub async fn moves_in(&mut self) {
        let (secret, _) = House::new(self.store.clone()).first_link().await.unwrap().unwrap();
        self.go(&format!("/door/{}", secret.expose())).await;
        self.look("the door").await;
        self.write("#name", "Ines Okafor").await;
        self.write("#email", "ines@roastery.example").await;
        self.write("#password", "the kettle sings at noon").await;
        self.browser.press("Enter").await.unwrap();
        self.reads("Welcome, Ines Okafor").await;
        self.look("welcome").await;
        self.write("#own-domains", "roastery.example").await;
        self.click("form[action='/house/settings'] button").await;
        self.reads("Bring people in").await;
    }
}
