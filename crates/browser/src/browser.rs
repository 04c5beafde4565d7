//! A browser: open a page, find things on it, type, press keys.

use std::time::Duration;

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{
    command::Request,
    driver::Driver,
    keys::{chord, typing},
};

/// Clicks on something that is drawn anew each time.
const CLICKS: usize = 5;
// No page of ours may take longer to show something; slow machines in CI were given room.
const PATIENCE: Duration = Duration::from_secs(20);

const SWITCHES: &[&str] = &[
    "--headless=new",
    "--no-sandbox", // tests run as root in CI
    "--disable-gpu",
    "--disable-dev-shm-usage", // containers have little of it
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb", // the same screenshot on every machine
    "--window-size=1280,900",
];

/// A fresh Chromium with an empty profile, gone when dropped.
pub struct Browser {
    client: Client,
    // Dropped after the client, which talks to it.
    _driver: Driver,
}

impl Browser {
    /// Opens one.
    pub async fn start() -> Result<Self> {
        let driver = tokio::task::spawn_blocking(Driver::start).await??;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&driver))
            .connect(&driver.address())
            .await
            .context("Chromium does not open")?;
        Ok(Self { client, _driver: driver })
    }
    /// The WebDriver client, for what has no word here.
    pub fn client(&self) -> &Client {
        &self.client
    }
    /// Opens a page and waits until it has loaded.
    pub async fn goto(&mut self, url: &str) -> Result<()> {
        self.client.goto(url).await.with_context(|| format!("opening {url}"))
    }
    /// The address of the page it is on.
    pub async fn url(&mut self) -> Result<String> {
        Ok(self.client.current_url().await?.into())
    }
    /// The first element that matches a CSS selector, waited for.
    pub async fn find(&mut self, css: &str) -> Result<Element> {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found.with_context(|| format!("no {css} on the page"))
    }
    /// How many elements match a CSS selector now.
    pub async fn count(&mut self, css: &str) -> Result<usize> {
        Ok(self.client.find_all(Locator::Css(css)).await?.len())
    }
    /// What the first element that matches says to a reader.
    pub async fn text(&mut self, css: &str) -> Result<String> {
        Ok(self.find(css).await?.text().await?)
    }
    /// Clicks the first element that matches.
    pub async fn click(&mut self, css: &str) -> Result<()> {
        let mut clicked = self.find(css).await?.click().await;
        // What is live may be drawn anew between the look and the click; whoever sits there clicks once more.
        for _ in 0..CLICKS {
            match &clicked {
                Err(error) if error.is_stale_element_reference() => {
                    clicked = self.find(css).await?.click().await;
                }
                _ => break,
            }
        }
        clicked.with_context(|| format!("clicking {css}"))
    }
    /// Waits until the page says this somewhere.
    pub async fn wait_for_text(&mut self, text: &str) -> Result<()> {
        let script = "return document.body.innerText.includes(arguments[0])";
        let said = async {
            while self.script(script, json!([text])).await.ok() != Some(Value::Bool(true)) {
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        };
        tokio::time::timeout(PATIENCE, said)
            .await
            .with_context(|| format!("the page never said \u{201c}{text}\u{201d}"))
    }
    /// Presses a key, or keys together, where the focus is: `Tab`, `Shift+Tab`, `Control+Enter`, `n`.
    pub async fn press(&mut self, keys: &str) -> Result<()> {
        Ok(self.client.perform_actions(chord(keys)?).await?)
    }
    /// Types a text where the focus is, key by key.
    pub async fn type_text(&mut self, text: &str) -> Result<()> {
        Ok(self.client.perform_actions(typing(text)).await?)
    }
    /// What has the focus.
    pub async fn focused(&mut self) -> Result<Element> {
        Ok(self.client.active_element().await?)
    }
    /// Chooses a file in the first file field that matches.
    pub async fn choose_file(&mut self, css: &str, path: &std::path::Path) -> Result<()> {
        let path = path.to_str().context("the file's name is not UTF-8")?;
        Ok(self.find(css).await?.send_keys(path).await?)
    }
    /// Runs a script in the page; `arguments` is an array.
    pub async fn script(&mut self, script: &str, arguments: Value) -> Result<Value> {
        let Value::Array(arguments) = arguments else { anyhow::bail!("arguments must be an array") };
        Ok(self.client.execute(script, arguments).await?)
    }
    /// Goes on within the frame that a script gives, wherever on the page it is.
    pub async fn enter_frame(&mut self, script: &str) -> Result<()> {
        let frame = self.script(script, json!([])).await?;
        self.client.issue_cmd(Request::post("frame", json!({ "id": frame }))).await?;
        Ok(())
    }
    /// Goes on with the page around the frame.
    pub async fn leave_frame(&mut self) -> Result<()> {
        Ok(self.client.enter_parent_frame().await?)
    }
    /// Sends a command of Chromium's own protocol.
    pub async fn chromium(&mut self, name: &str, params: Value) -> Result<Value> {
        let answer = self.client.issue_cmd(Request::chromium(name, params)).await;
        answer.with_context(|| format!("Chromium refused {name}"))
    }
}

fn capabilities(driver: &Driver) -> Capabilities {
    let mut switches: Vec<String> = SWITCHES.iter().map(ToString::to_string).collect();
    switches.push(format!("--user-data-dir={}", driver.profile().display()));
    let mut capabilities = Capabilities::new();
    capabilities.insert("goog:chromeOptions".into(), json!({ "args": switches }));
    capabilities.insert("webauthn:virtualAuthenticators".into(), json!(true));
    capabilities
}
