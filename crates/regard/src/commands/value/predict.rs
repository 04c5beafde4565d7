//! `regard value predict`: of each customer in a file, whether they are still there and what is expected of them.

use std::{
    io::{BufWriter, Write},
    path::PathBuf,
};

use anyhow::Context as _;
use figures::{
    fit::Report,
    gammagamma::{GammaGamma, Spend},
    model::{Kind, Model},
    reading::{self, Read},
    scores::{Ask, Scores, score},
    time::{Span, Unit},
    value::Steps,
};
use serde_json::{Map, Value, json};

use super::{open, within};

/// With which model, of whom, until when.
#[derive(clap::Args)]
pub struct Args {
    /// The model: bgnbd, mbgnbd, paretonbd, nbd or bgbb; a fit says it itself.
    #[arg(long, required_unless_present = "fit")]
    model: Option<String>,
    /// Its parameters, as 0.243,4.414,0.793,2.426.
    #[arg(long, value_delimiter = ',', conflicts_with = "fit", required_unless_present = "fit")]
    params: Vec<f64>,
    /// What `regard value fit --json` printed.
    #[arg(long, value_name = "FIT.json")]
    fit: Option<PathBuf>,
    /// Summaries: columns x, t_x, T, and m_x where spending is known.
    #[arg(long, value_name = "FILE.csv")]
    input: PathBuf,
    /// How far to look ahead, in the unit of the file; may be given several times.
    #[arg(long, required = true)]
    horizon: Vec<f64>,
    /// What the times of the file are counted in: days, weeks, months or years.
    #[arg(long)]
    unit: Option<Unit>,
    /// Parameters p,q,v of gammagamma for what they spend; learnt from the file, if nothing is said.
    #[arg(long, value_delimiter = ',')]
    spend: Vec<f64>,
    /// Months over which lifetime value is added up.
    #[arg(long, default_value_t = 12)]
    months: u32,
    /// By how much money is worth less a year later: 0.1 is ten percent.
    #[arg(long, default_value_t = 0.1)]
    discount: f64,
    /// Print a JSON array for programs; else a table.
    #[arg(long)]
    json: bool,
}

/// Predicts, and prints a row for each customer in the order of the file.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let model = model(args)?;
    let unit = args.unit.unwrap_or(figures::purchases::PurchaseModel::unit(&model));
    let read = within(&args.input, reading::summaries(open(&args.input)?, unit, None))?;
    for (row, history) in (1..).zip(read.customers.rows()) {
        model.check(history).with_context(|| format!("{}: row {row}", args.input.display()))?;
    }
    let horizons: Vec<Span> =
        args.horizon.iter().map(|it| Span::new(*it, unit).context("--horizon")).collect::<Result<_, _>>()?;
    let spending = spending(args, &read)?;
    let monthly = (1.0 + args.discount).powf(1.0 / 12.0) - 1.0;
    let steps = Steps::months(args.months, monthly).context("--months, --discount")?;
    let ask = Ask { horizons, steps: spending.is_some().then_some(steps), residual: None };
    let scores = score(&model, &read.customers, &ask);
    write(args, &read, &scores, spending.as_deref())
}

fn model(args: &Args) -> anyhow::Result<Model> {
    if let Some(file) = &args.fit {
        let report: Report = within(file, serde_json::from_reader(open(file)?))?;
        if let Some(name) = args.model.as_deref().filter(|name| *name != report.model) {
            anyhow::bail!("{} is a fit of {}, not of {name}", file.display(), report.model);
        }
        return within(file, Model::try_from(&report));
    }
    let name = args.model.as_deref().unwrap_or_default();
    let kind = Kind::named(name)
        .with_context(|| format!("there is no model of buying named \u{201c}{name}\u{201d}"))?;
    kind.with(args.unit.unwrap_or(Unit::Weeks), &args.params).context("--params")
}

/// The expected spend on an occasion of each, where the file tells of spending; none for whom it has no mean.
fn spending(args: &Args, read: &Read) -> anyhow::Result<Option<Vec<Option<f64>>>> {
    let Some(rows) = read.spending() else { return Ok(None) };
    let model = match args.spend.as_slice() {
        [] => match GammaGamma::fit(&rows) {
            Ok(learnt) => learnt.fit.model,
            Err(error) => {
                eprintln!("what they spend cannot be learnt ({error}), so no lifetime value is given");
                return Ok(None);
            }
        },
        [p, q, v] => GammaGamma::new(*p, *q, *v).context("--spend")?,
        _ => anyhow::bail!("--spend takes three parameters: p,q,v"),
    };
    let expected = |it: &Spend| model.expected(*it);
    if let Some(Err(why)) = rows.iter().map(expected).find(Result::is_err) {
        eprintln!("{why}");
    }
    Ok(Some(rows.iter().map(|it| expected(it).ok()).collect()))
}

fn write(args: &Args, read: &Read, scores: &Scores, spending: Option<&[Option<f64>]>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let rows = read.customers.rows().len();
    if !args.json {
        let names: Vec<String> = args.horizon.iter().map(|it| format!("expected_{it}")).collect();
        writeln!(
            out,
            "row,ll,palive,{}{}",
            names.join(","),
            if spending.is_some() { ",lifetime_value" } else { "" }
        )?;
    }
    for row in 0..rows {
        let value =
            spending.map(|all| all[row].zip(scores.discounted.as_ref()).map(|(spend, all)| spend * all[row]));
        if args.json {
            let object = object(args, read, scores, row, value);
            let open = if row == 0 { "[" } else { ",\n " };
            write!(out, "{open}{object}")?;
        } else {
            let expected: Vec<String> = scores.expected.iter().map(|all| all[row].to_string()).collect();
            let value = value.map_or(String::new(), |it| it.map_or(",".into(), |it| format!(",{it}")));
            let (ll, alive) = (scores.log_likelihood[row], scores.alive[row]);
            writeln!(out, "{},{ll},{alive},{}{value}", row + 1, expected.join(","))?;
        }
    }
    if args.json {
        writeln!(out, "{}", if rows == 0 { "[]" } else { "]" })?;
    }
    Ok(out.flush()?)
}

fn object(args: &Args, read: &Read, scores: &Scores, row: usize, value: Option<Option<f64>>) -> Value {
    let expected: Map<String, Value> = args
        .horizon
        .iter()
        .zip(&scores.expected)
        .map(|(horizon, all)| (horizon.to_string(), json!(all[row])))
        .collect();
    let mut object = json!({
        "ll": scores.log_likelihood[row],
        "palive": scores.alive[row],
        "expected": expected,
    });
    if let Some(names) = &read.names {
        object["customer"] = json!(names[row]);
    }
    if let Some(value) = value {
        object["lifetime_value"] = json!(value);
    }
    object
}
