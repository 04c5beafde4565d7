//! The browser itself, on small pages served here: what the tests of every other page rely on.

use std::{fs, path::PathBuf};

use anyhow::Result;
use browser::Browser;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const GOOD: &str = r#"<!doctype html><html lang="en"><title>Roastery</title>
<style>@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }</style>
<main><h1>Roastery</h1><form><label>Name <input name="name"></label> <button>Greet</button></form>
<p id="greeting"></p></main>
<script>document.forms[0].onsubmit = event => { event.preventDefault();
document.getElementById("greeting").textContent = "Hello, " + document.forms[0].name.value }</script>"#;

const BAD: &str = r#"<!doctype html><html><title>Roastery</title><main><h1>Roastery</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><input name="name"></main>"#;

const STRICT: &str =
    r#"<!doctype html><html lang="en"><title>Roastery</title><main><h1>Roastery</h1></main>"#;

/// Serves `/good`, `/bad` and `/strict` (under the strictest content policy) for as long as the test runs.
async fn roastery() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://localhost:{}", listener.local_addr()?.port());
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = vec![0; 8192];
                let read = caller.read(&mut asked).await.unwrap_or(0);
                let _ = caller.write_all(answer(&String::from_utf8_lossy(&asked[..read])).as_bytes()).await;
            });
        }
    });
    Ok(address)
}

fn answer(asked: &str) -> String {
    let (status, page) = match asked.split(' ').nth(1) {
        Some("/good") => ("200 OK", GOOD),
        Some("/bad") => ("200 OK", BAD),
        Some("/strict") => ("200 OK\r\nContent-Security-Policy: default-src 'none'", STRICT),
        _ => ("404 Not Found", ""),
    };
    let length = page.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}"
    )
}

async fn open(page: &str) -> Result<Browser> {
    let mut browser = Browser::start().await?;
    browser.goto(&format!("{}/{page}", roastery().await?)).await?;
    Ok(browser)
}

#[tokio::test]
async fn axe_names_what_shuts_people_out() -> Result<()> {
    let found = open("bad").await?.axe().await?;
    let mut names: Vec<_> = found.iter().map(|violation| violation.id.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["html-has-lang", "image-alt", "label"]);
    assert!(found.iter().all(|violation| violation.to_string().contains('<')), "it says where");
    Ok(())
}

#[tokio::test]
async fn axe_finds_nothing_on_a_page_that_is_open_to_all() -> Result<()> {
    assert_eq!(open("good").await?.axe().await?, []);
    Ok(())
}

#[tokio::test]
async fn axe_works_under_the_strictest_content_policy() -> Result<()> {
    assert_eq!(open("strict").await?.axe().await?, []);
    Ok(())
}

#[tokio::test]
async fn a_form_is_filled_in_by_keyboard_alone() -> Result<()> {
    let mut browser = open("good").await?;
    browser.press("Tab").await?;
    browser.type_text("Zo\u{eb} + Bo").await?;
    browser.press("Tab").await?;
    assert_eq!(browser.focused().await?.text().await?, "Greet");
    browser.press("Shift+Tab").await?;
    assert_eq!(browser.focused().await?.tag_name().await?, "input");
    browser.press("Enter").await?;
    browser.wait_for_text("Hello, Zo\u{eb} + Bo").await?;
    assert_eq!(browser.text("#greeting").await?, "Hello, Zo\u{eb} + Bo");
    Ok(())
}

#[tokio::test]
async fn a_screenshot_has_the_size_and_light_that_were_asked_for() -> Result<()> {
    let mut browser = open("good").await?;
    let folder = tempfile::tempdir()?;
    for (width, height, dark) in [(390, 844, false), (1920, 1080, true)] {
        let path = folder.path().join("page.png");
        browser.screenshot(&path, width, height, dark).await?;
        assert_eq!(png_size(&fs::read(&path)?), (width, height));
        let colour = browser.find("body").await?.css_value("background-color").await?;
        assert_eq!(colour.starts_with("rgba(17, 17, 17"), dark, "{colour}");
    }
    Ok(())
}

/// Width and height, as every PNG says them in its first chunk.
fn png_size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

#[tokio::test]
async fn a_passkey_is_made_and_used() -> Result<()> {
    let mut browser = open("good").await?;
    let device = browser.add_authenticator().await?;
    let made = browser.client().execute_async(MAKE_A_PASSKEY, Vec::new()).await?;
    assert_eq!(made, "public-key");
    assert_eq!(browser.passkeys(&device).await?, 1);
    browser.remove_authenticator(device).await
}

const MAKE_A_PASSKEY: &str = r#"const done = arguments[0];
navigator.credentials.create({ publicKey: { challenge: new Uint8Array(32), rp: { name: "Roastery" },
    user: { id: new Uint8Array(16), name: "zoe", displayName: "Zoe" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    authenticatorSelection: { residentKey: "required", userVerification: "required" } } })
  .then(made => navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32) } }))
  .then(got => done(got.type), error => done(String(error)))"#;

#[tokio::test]
async fn a_test_that_panics_leaves_no_browser_behind() -> Result<()> {
    let browser = open("good").await?;
    let profile = profile(&browser)?;
    assert!(processes_of(&profile) > 3, "Chromium is there while it is wanted");
    let panicked = tokio::spawn(async move {
        let _held = browser;
        panic!("as a failing test does");
    });
    assert!(panicked.await.is_err());
    assert_eq!(processes_of(&profile), 0);
    assert!(!profile.exists(), "its profile is gone too");
    Ok(())
}

/// The folder this Chromium says it keeps its things in.
fn profile(browser: &Browser) -> Result<PathBuf> {
    let said = browser.client().capabilities().and_then(|it| it["chrome"]["userDataDir"].as_str());
    said.map(PathBuf::from).ok_or_else(|| anyhow::anyhow!("Chromium names no profile"))
}

/// Processes that name the profile in how they were started: chromedriver's and Chromium's own.
fn processes_of(profile: &std::path::Path) -> usize {
    let name = profile.to_string_lossy().into_owned();
    let processes = fs::read_dir("/proc").expect("Linux shows its processes").flatten();
    let started = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    started.filter(|line| String::from_utf8_lossy(line).contains(&name)).count()
}
