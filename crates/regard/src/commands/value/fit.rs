//! `regard value fit`: a model is learnt from summaries.

use std::path::PathBuf;

use figures::{fit::Report, gammagamma::GammaGamma, model::Kind, reading, sbg::Sbg, time::Unit};

use super::{open, within};

/// From what, and which.
#[derive(clap::Args)]
pub struct Args {
    /// The model: bgnbd, mbgnbd, paretonbd, nbd or bgbb of who buys again, gammagamma of what they spend, sbg of who renews.
    #[arg(long)]
    model: String,
    /// Summaries: columns x, t_x, T (n for bgbb); m_x as well for gammagamma; t and event, or recency and T, for sbg.
    #[arg(long, value_name = "FILE.csv")]
    input: PathBuf,
    /// The column that says how many customers a row stands for.
    #[arg(long, value_name = "COLUMN")]
    weights: Option<String>,
    /// What the times of the file are counted in: days, weeks, months or years.
    #[arg(long, default_value = "weeks")]
    unit: Unit,
    /// Print for programs.
    #[arg(long)]
    json: bool,
}

/// Learns, and prints what was learnt.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let report = learn(args)?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

fn learn(args: &Args) -> anyhow::Result<Report> {
    let (file, weights) = (&args.input, args.weights.as_deref());
    match args.model.as_str() {
        "sbg" => {
            let cohort = within(file, reading::cohort(open(file)?, weights))?;
            Ok(within(file, Sbg::fit(&cohort))?.report())
        }
        "gammagamma" => {
            let read = within(file, reading::summaries(open(file)?, args.unit, weights))?;
            let Some(spending) = read.spending() else {
                anyhow::bail!("{}: there is no column m_x", file.display())
            };
            let learnt = within(file, GammaGamma::fit(&spending))?;
            if learnt.without_spend > 0 {
                eprintln!("{} who bought again spent nothing and were set aside", learnt.without_spend);
            }
            Ok(learnt.fit.report())
        }
        name => {
            let Some(kind) = Kind::named(name) else {
                anyhow::bail!(
                    "there is no model named \u{201c}{name}\u{201d}: bgnbd, mbgnbd, paretonbd, nbd, bgbb, gammagamma or sbg"
                )
            };
            let read = within(file, reading::summaries(open(file)?, args.unit, weights))?;
            Ok(within(file, kind.fit(&read.customers))?.report)
        }
    }
}

fn print(report: &Report) {
    println!("{} learnt from {} customers: {}", report.model, report.n, report.words);
    for (name, value) in &report.params.0 {
        match report.se.get(name) {
            Some(error) if error.is_finite() => println!("  {name:<8} {value:>14.6}  \u{b1} {error:.6}"),
            _ => println!("  {name:<8} {value:>14.6}"),
        }
    }
    println!("  log-likelihood {:.6}, {} steps", report.ll, report.iterations);
}
