//! `regard value summarise`: purchases become one row for each customer.

use std::{io::BufWriter, path::PathBuf};

use anyhow::Context as _;
use figures::{
    reading,
    time::Unit,
    transactions::{Period, Summary, day, summarise},
};
use jiff::tz::TimeZone;

use super::{open, within};

/// From what, and until when.
#[derive(clap::Args)]
pub struct Args {
    /// Purchases: columns customer (or id), date (or day), and amount where it is known.
    #[arg(long, value_name = "FILE.csv")]
    input: PathBuf,
    /// The last day that is learnt from, as 1997-09-30; the last in the file, if nothing is said.
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// The last day of the time held back to see how well a model does.
    #[arg(long, value_name = "DAY", requires = "until")]
    hold_until: Option<String>,
    /// What times are counted in: days, weeks, months or years.
    #[arg(long, default_value = "weeks")]
    unit: Unit,
    /// The time zone in which days begin, for dates with a time and an offset.
    #[arg(long, default_value = "UTC")]
    zone: String,
}

/// Sums up, and prints CSV.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let zone = TimeZone::get(&args.zone)
        .with_context(|| format!("there is no time zone named \u{201c}{}\u{201d}", args.zone))?;
    let purchases = within(&args.input, reading::purchases(open(&args.input)?, &zone))?;
    let read = |it: &Option<String>, flag: &'static str| {
        it.as_deref().map(|it| day(it, &zone)).transpose().context(flag)
    };
    let last = purchases.iter().map(|it| it.day).max().context("there are no purchases in it")?;
    let period = Period {
        learn_until: read(&args.until, "--until")?.unwrap_or(last),
        hold_until: read(&args.hold_until, "--hold-until")?,
    };
    let all = within(&args.input, summarise(&purchases, &period, args.unit))?;
    if all.only_returns > 0 {
        eprintln!("{} days with nothing but returns are no purchases", all.only_returns);
    }
    if all.too_late > 0 {
        eprintln!("{} lines after the last day were not counted", all.too_late);
    }
    write(&all.customers, period.hold_until.is_some())
}

fn write(customers: &[Summary], held: bool) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(BufWriter::new(std::io::stdout().lock()));
    let columns = ["customer", "x", "t_x", "T", "m_x", "x_star", "m_star"];
    out.write_record(&columns[..if held { 7 } else { 5 }])?;
    for it in customers {
        let (x, t_x, t_end) = (it.history.x(), it.history.t_x(), it.history.t_end());
        let mut row = vec![
            it.customer.clone(),
            x.to_string(),
            t_x.to_string(),
            t_end.to_string(),
            it.spend.to_string(),
        ];
        if held {
            let held =
                it.held.map_or([String::new(), String::new()], |it| [it.x.to_string(), it.spend.to_string()]);
            row.extend(held);
        }
        out.write_record(&row)?;
    }
    Ok(out.flush()?)
}
