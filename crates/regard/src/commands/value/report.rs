//! `regard value report`: what everybody in the memory is worth, reckoned anew.

use insight::{
    lives::date_of,
    reckoning::{self, Reckoning},
};
use model::Money;

use crate::{config::Config, progress, rooms};

/// How it is printed.
#[derive(clap::Args)]
pub struct Args {
    /// Print for programs.
    #[arg(long)]
    json: bool,
}

/// Reckons, keeps it for the pages, and prints it.
pub async fn run(config: &Config, args: &Args) -> anyhow::Result<()> {
    let store = rooms::open(config).await?;
    let bar = progress::bar(None);
    let told = reckoning::reckon(&store, |made| {
        bar.set_message(format!("{} read", progress::count(made as u64, "life", "lives")));
    });
    let told = told.await?;
    bar.finish_and_clear();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        print(&told);
    }
    Ok(())
}

fn print(told: &Reckoning) {
    println!(
        "{} known; told of {}",
        progress::count(told.people as u64, "person is", "people are"),
        date_of(told.today)
    );
    let Some(learnt) = &told.learnt else {
        println!("Too few have bought again for anything to be learnt of how they buy.");
        return;
    };
    let money =
        |minor: f64| Money { minor: minor.round() as i64, currency: learnt.currency.clone() }.to_string();
    println!("{} bought, {} of them again.", learnt.people, learnt.returned);
    println!("\nWho buys again ({}): {}", learnt.buying.model, learnt.buying.words);
    for (name, value) in &learnt.buying.params.0 {
        println!("  {name:<6} {value:.4} \u{b1} {:.4}", learnt.buying.se.get(name).unwrap_or(f64::NAN));
    }
    if let Some(why) = &learnt.no_spending {
        println!("What they spend cannot be learnt: {why}");
    }
    if let Some(held) = &told.backtest {
        let (from, until) = (date_of(held.learnt_until), date_of(held.held_until));
        println!(
            "\nLearnt until {from}, held against what happened until {until}: {} purchases",
            held.happened
        );
        for it in &held.tried {
            println!(
                "  {:<22} off by {:.3} a person (root of squares {:.3}), {:+.1} % in all",
                it.name, it.mae, it.rmse, it.off
            );
        }
    }
    if let Some(equity) = &told.equity {
        println!("\nAll who are there are worth {} from here on.", money(equity.now()));
        for it in equity.months.iter().rev().take(12).rev() {
            println!(
                "  {}  {:>14}  new {}, better {}, worse {}, lost {}",
                date_of(it.day),
                money(it.value),
                money(it.new),
                money(it.better),
                money(it.worse),
                money(it.lost)
            );
        }
    }
}
