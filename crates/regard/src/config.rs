//! What is set, and from where: flags before the environment, the environment before the file, the file before what
//! is built in.

use std::{
    collections::BTreeMap,
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use store::Location;

/// What can be said on the command line, before or after the command.
#[derive(Args, Debug, Default)]
pub struct Flags {
    /// The folder of the data [built in: ./regard-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where the desk listens [built in: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// Where mail servers on this machine bring mail by LMTP [built in: nowhere]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub lmtp: Option<String>,
    /// The name server to ask about our domains [built in: this machine's own]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub dns: Option<String>,
    /// Another engine: postgres://...
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// Where people reach the desk from outside, for links and passkeys [built in: http://localhost:PORT]
    #[arg(long, global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// A web server of ours stands before the desk: take its word (X-Forwarded-For) for who calls
    #[arg(long, global = true)]
    pub behind_proxy: bool,
    /// A file of settings [built in: regard.toml in the folder of the data, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// For how many days you keep backups; receipts of forgetting promise it [built in: 30]
    #[arg(long, global = true, value_name = "DAYS")]
    pub backups_kept_days: Option<String>,
    /// What is logged: error, warn, info, debug [built in: info]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log: Option<String>,
}

/// A value and where it was set.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The value, as text.
    pub value: String,
    /// In words: `--listen`, `REGARD_LISTEN`, a file's name, or `built in`.
    pub source: String,
}

/// Everything that is set.
#[derive(Debug, Clone)]
pub struct Config {
    settings: BTreeMap<&'static str, Setting>,
}

/// Ten years: whoever keeps a backup longer does not keep it as a backup.
const LONGEST_KEPT: i64 = 3660;

const BUILT_IN: &[(&str, &str)] = &[
    ("data", "regard-data"),
    ("listen", "127.0.0.1:8080"),
    ("lmtp", ""),
    ("dns", ""),
    ("database", ""),
    ("public_url", ""),
    ("behind_proxy", "no"),
    ("backups_kept_days", "30"),
    ("log", "info"),
    ("log_format", "text"),
];

impl Config {
    /// Gathers the settings.
    pub fn load(flags: &Flags) -> anyhow::Result<Self> {
        let mut settings: BTreeMap<&'static str, Setting> = BUILT_IN
            .iter()
            .map(|(name, value)| {
                (*name, Setting { value: (*value).to_owned(), source: "built in".to_owned() })
            })
            .collect();
        let said = said(flags);
        let env_of = |name: &str| env::var(format!("REGARD_{}", name.to_uppercase())).ok();
        let data =
            said.get("data").cloned().or_else(|| env_of("data")).unwrap_or_else(|| "regard-data".into());
        let file = flags.config.clone().or_else(|| {
            let usual = Path::new(&data).join("regard.toml");
            usual.exists().then_some(usual)
        });
        if let Some(file) = file {
            for (name, value) in read(&file)? {
                let known = settings.get_mut(name.as_str());
                let setting = known
                    .with_context(|| format!("{}: there is no setting called {name}", file.display()))?;
                *setting = Setting { value, source: file.display().to_string() };
            }
        }
        for (name, setting) in &mut settings {
            if let Some(value) = env_of(name) {
                *setting = Setting { value, source: format!("REGARD_{}", name.to_uppercase()) };
            }
            if let Some(value) = said.get(*name) {
                *setting = Setting { value: value.clone(), source: format!("--{}", name.replace('_', "-")) };
            }
        }
        let config = Self { settings };
        config.listen()?;
        config.lmtp()?;
        config.dns()?;
        config.behind_proxy()?;
        config.backups_kept_days()?;
        Ok(config)
    }

    /// Every setting by name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Setting)> {
        self.settings.iter().map(|(name, setting)| (*name, setting))
    }

    fn get(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", |setting| setting.value.as_str())
    }

    /// The folder of the data.
    pub fn data(&self) -> PathBuf {
        PathBuf::from(self.get("data"))
    }

    /// Where mail servers bring mail, if they do.
    pub fn lmtp(&self) -> anyhow::Result<Option<SocketAddr>> {
        let text = self.get("lmtp");
        let wrong = || format!("lmtp: \u{201c}{text}\u{201d} is not an address like 127.0.0.1:2424");
        (!text.is_empty()).then(|| text.parse().with_context(wrong)).transpose()
    }

    /// The name server that is asked about our domains, if it is not this machine's own.
    pub fn dns(&self) -> anyhow::Result<Option<SocketAddr>> {
        let text = self.get("dns");
        let wrong = || format!("dns: \u{201c}{text}\u{201d} is not an address like 127.0.0.1:53");
        (!text.is_empty()).then(|| text.parse().with_context(wrong)).transpose()
    }

    /// Where the desk listens.
    pub fn listen(&self) -> anyhow::Result<SocketAddr> {
        let text = self.get("listen");
        text.parse()
            .with_context(|| format!("listen: \u{201c}{text}\u{201d} is not an address like 127.0.0.1:8080"))
    }

    /// Where people reach the desk.
    pub fn public_url(&self) -> anyhow::Result<String> {
        match self.get("public_url") {
            "" => Ok(format!("http://localhost:{}", self.listen()?.port())),
            url if url.starts_with("http://") || url.starts_with("https://") => {
                Ok(url.trim_end_matches('/').to_owned())
            }
            url => bail!("public_url: \u{201c}{url}\u{201d} does not begin with https:// or http://"),
        }
    }

    /// Whether a web server of ours tells who calls; without one, anybody could claim to be anywhere.
    pub fn behind_proxy(&self) -> anyhow::Result<bool> {
        match self.get("behind_proxy") {
            "yes" => Ok(true),
            "no" => Ok(false),
            other => bail!("behind_proxy: \u{201c}{other}\u{201d} is neither yes nor no"),
        }
    }

    /// For how many days backups are kept.
    pub fn backups_kept_days(&self) -> anyhow::Result<i64> {
        let text = self.get("backups_kept_days");
        let days = text.parse().ok().filter(|days| (0..=LONGEST_KEPT).contains(days));
        days.with_context(|| {
            format!(
                "backups_kept_days: \u{201c}{text}\u{201d} is not a number of days from 0 to {LONGEST_KEPT}"
            )
        })
    }

    /// What is logged.
    pub fn log(&self) -> &str {
        self.get("log")
    }

    /// Whether logs are JSON.
    pub fn logs_are_json(&self) -> bool {
        self.get("log_format") == "json"
    }

    /// Where the data lives.
    pub fn location(&self) -> anyhow::Result<Location> {
        let folder = self.data();
        fs::create_dir_all(&folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        Ok(match self.get("database") {
            "" => Location::Folder(folder),
            url if url.starts_with("postgres") => Location::Server { url: url.to_owned(), folder },
            _ => bail!("database: only postgres://... is another engine; leave it out for SQLite"),
        })
    }
}

fn said(flags: &Flags) -> BTreeMap<&'static str, String> {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|p| p.display().to_string());
    [
        ("data", path(&flags.data)),
        ("listen", flags.listen.clone()),
        ("lmtp", flags.lmtp.clone()),
        ("dns", flags.dns.clone()),
        ("database", flags.database.clone()),
        ("public_url", flags.public_url.clone()),
        ("behind_proxy", flags.behind_proxy.then(|| "yes".to_owned())),
        ("backups_kept_days", flags.backups_kept_days.clone()),
        ("log", flags.log.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn read(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let table: toml::Table = text.parse().with_context(|| format!("{} is not TOML", file.display()))?;
    table
        .into_iter()
        .map(|(name, value)| match value {
            toml::Value::String(text) => Ok((name, text)),
            other => bail!("{}: {name} must be text in quotes, not {other}", file.display()),
        })
        .collect()
}
