//! `regard doctor`: what is set, from where, and whether all is well.

use std::{net::SocketAddr, process::ExitCode};

use delivery::domains::{self, How};
use memory::forgetting;
use serde_json::json;
use store::{Store, jobs};

use crate::{config::Config, rooms};

/// How it is printed.
#[derive(clap::Args)]
pub struct Args {
    /// Print for machines.
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    well: bool,
    said: String,
}

/// Looks at everything that can be looked at without changing it.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    let findings = match rooms::open(&config).await {
        Ok(store) => look(&store, config.dns()?).await,
        Err(error) => vec![Finding { what: "data", well: false, said: format!("{error:#}") }],
    };
    let well = findings.iter().all(|f| f.well);
    if args.json {
        let settings: Vec<_> = config
            .all()
            .map(|(name, s)| json!({ "name": name, "value": shown(name, &s.value), "source": s.source }))
            .collect();
        let findings: Vec<_> =
            findings.iter().map(|f| json!({ "what": f.what, "well": f.well, "said": f.said })).collect();
        println!("{}", json!({ "well": well, "settings": settings, "findings": findings }));
    } else {
        println!("Settings");
        for (name, setting) in config.all() {
            println!("  {name:17} {:32} {}", shown(name, &setting.value), setting.source);
        }
        println!("\nFindings");
        for f in &findings {
            println!("  {} {:11} {}", if f.well { "well" } else { "LOOK" }, f.what, f.said);
        }
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A database's password is nobody's business.
fn shown(name: &str, value: &str) -> String {
    match (name, value.split_once("://"), value.rsplit_once('@')) {
        ("database", Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => value.to_owned(),
    }
}

async fn look(store: &Store, dns: Option<SocketAddr>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |what, outcome: Result<String, String>| {
        let well = outcome.is_ok();
        findings.push(Finding { what, well, said: outcome.unwrap_or_else(|why| why) });
    };
    add("data", Ok(format!("{:?}, as this version wants it", store.engine())));
    add("database", store.check().await.map(|()| "sound".to_owned()).map_err(|e| e.to_string()));
    add("files", probe(store));
    let people = store.read(memory::people::count).await;
    add("memory", people.map(|n| format!("{n} people")).map_err(|e| e.to_string()));
    let waiting = store.read(|db| jobs::list(db, 1000)).await;
    add(
        "jobs",
        waiting.map_err(|e| e.to_string()).and_then(|jobs| {
            let dead: Vec<_> = jobs.iter().filter(|job| job.dead).collect();
            match dead.first() {
                Some(first) => {
                    Err(format!("{} set aside; the first: {}: {}", dead.len(), first.kind, first.last_error))
                }
                None => Ok(format!("{} waiting", jobs.len())),
            }
        }),
    );
    add("forgotten", forgotten(store).await);
    findings.extend(named(store, dns).await);
    findings
}

/// Whether every receipt is as it was given, and nobody is here who was forgotten.
async fn forgotten(store: &Store) -> Result<String, String> {
    let said = |error: memory::MemoryError| error.to_string();
    let chain = store.read(forgetting::check).await.map_err(said)?;
    if let Some((number, why)) = chain.broken {
        return Err(format!("the chain of receipts is broken at number {number}: {why}"));
    }
    let missing = forgetting::again::missing(store, store.location().folder()).await.map_err(said)?;
    if !missing.people.is_empty() || missing.receipts > 0 {
        return Err(format!(
            "this data is older than the list of what was forgotten: {} receipts are missing and {} people are back; serving forgets them again",
            missing.receipts,
            missing.people.len()
        ));
    }
    let key = store.read(forgetting::public_key).await.map_err(said)?;
    Ok(match key {
        Some(key) => format!("{} receipts in an unbroken chain, signed with {key}", chain.whole),
        None => "nobody yet".to_owned(),
    })
}

/// What the world is told of the domains that our mail is from.
async fn named(store: &Store, dns: Option<SocketAddr>) -> Vec<Finding> {
    let what = "domains";
    let looks = match domains::look_only(store, dns).await {
        Ok(looks) => looks,
        Err(error) => return vec![Finding { what, well: false, said: error.to_string() }],
    };
    let all =
        looks.into_iter().flat_map(|look| look.findings.into_iter().map(move |it| (look.domain.clone(), it)));
    let told = all.map(|(domain, it)| {
        let enter = it.entry.map(|it| format!(" TXT {} \u{201c}{}\u{201d}", it.name, it.text));
        let said = format!("{domain}, {}: {}{}", it.about.label(), it.said, enter.unwrap_or_default());
        Finding { what, well: !matches!(it.how, How::Wrong | How::Unanswered), said }
    });
    told.collect()
}

/// Writes, reads and removes a file, as an import would.
fn probe(store: &Store) -> Result<String, String> {
    let files = store.files();
    let digest = files.put(b"regard doctor").map_err(|e| e.to_string())?;
    files.get(&digest).map_err(|e| e.to_string())?;
    files.remove(&digest).map_err(|e| e.to_string())?;
    Ok(format!("{} can be written", files.folder().display()))
}
