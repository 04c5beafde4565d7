//! What customers are worth, on the command line: learnt from files, said of each row, refused where a row cannot be, and told of a memory.
#![allow(clippy::unwrap_used)]

mod common;

use std::{path::Path, process::Command};

use common::{open, regard, runtime, whole_houses};
use serde_json::Value;

fn value(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regard"));
    command.arg("--data").arg(folder).arg("value").args(words);
    command
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// The tenth of CDNOW's record whom the literature speaks of, as a till writes its sales.
fn sales() -> String {
    let data = |name: &str| {
        std::fs::read_to_string(format!("{}/../../data/value/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let sample = data("cdnow_sample_ids.csv");
    let sample: std::collections::BTreeSet<&str> = sample.lines().skip(1).collect();
    let mut sales = "customer,date,amount\n".to_owned();
    for line in data("cdnow_transactions.txt").lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if sample.contains(words[0]) {
            let day = words[1];
            sales += &format!("{},{}-{}-{},{}\n", words[0], &day[..4], &day[4..6], &day[6..], words[3]);
        }
    }
    sales
}

#[test]
fn sales_become_summaries_a_model_and_a_word_of_each_customer() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let path = |name: &str| at(name).to_str().unwrap().to_owned();
    std::fs::write(at("sales.csv"), sales()).unwrap();
    let summaries = said(&mut value(
        folder.path(),
        &["summarise", "--input", &path("sales.csv"), "--until", "1997-09-30", "--hold-until", "1998-06-30"],
    ));
    assert_eq!(summaries.lines().next().unwrap(), "customer,x,t_x,T,m_x,x_star,m_star");
    assert_eq!(summaries.lines().count(), 2358);
    std::fs::write(at("summaries.csv"), &summaries).unwrap();

    let fit = said(&mut value(
        folder.path(),
        &["fit", "--model", "bgnbd", "--input", &path("summaries.csv"), "--json"],
    ));
    let told: Value = serde_json::from_str(&fit).unwrap();
    let near = |name: &str, wanted: f64| {
        let seen = told["params"][name].as_f64().unwrap();
        assert!((seen - wanted).abs() < 1e-4 * wanted, "{name}: {seen}");
        assert!(told["se"][name].as_f64().unwrap() > 0.0);
    };
    near("r", 0.242_594_52);
    near("alpha", 4.413_602_02);
    near("a", 0.792_922_02);
    near("b", 2.425_906_78);
    assert_eq!((told["n"].as_u64(), told["status"].as_str()), (Some(2357), Some("converged")));
    assert!((told["ll"].as_f64().unwrap() + 9_582.429_207).abs() < 1e-3);

    // By the parameters and by the fit it is the same; each row has its word.
    std::fs::write(at("fit.json"), &fit).unwrap();
    let horizons = ["--horizon", "39", "--horizon", "52", "--json"];
    let rows = |from: &[&str]| -> Vec<Value> {
        let input = path("summaries.csv");
        let words: Vec<&str> =
            ["predict"].iter().chain(from).copied().chain(["--input", &input]).chain(horizons).collect();
        serde_json::from_str(&said(&mut value(folder.path(), &words))).unwrap()
    };
    let by_fit = rows(&["--fit", &path("fit.json")]);
    let by_hand = rows(&["--model", "bgnbd", "--params", "0.24259452,4.41360202,0.79292202,2.42590678"]);
    assert_eq!(by_fit.len(), 2357);
    for (a, b) in by_fit.iter().zip(&by_hand) {
        let (a, b) = (a["expected"]["39"].as_f64().unwrap(), b["expected"]["39"].as_f64().unwrap());
        assert!((a - b).abs() < 1e-6 && a.is_finite());
    }
    let foretold: f64 = by_fit.iter().map(|it| it["expected"]["39"].as_f64().unwrap()).sum();
    assert!((foretold - 1_653.408_7).abs() < 0.01, "{foretold}");
    assert!(by_fit.iter().all(|it| (0.0..=1.0).contains(&it["palive"].as_f64().unwrap())));
    assert!(by_fit.iter().all(|it| it["lifetime_value"].as_f64().unwrap() >= 0.0));
}

#[test]
fn what_cannot_be_is_refused_with_its_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    let path = file.to_str().unwrap();
    for (rows, wanted) in [
        ("x,t_x,T\n1,2,3\n2.9,10,38\n", ["line 3", "x is 2.9"]),
        ("x,t_x,T\n1,NaN,3\n", ["line 2", "t_x is NaN"]),
        ("x,t_x,T\n1,5,4\n", ["line 2", "t_x > T"]),
        ("x,t_x,T\n-1,1,9\n", ["line 2", "x < 0"]),
        ("x,t_x\n1,2\n", ["no column", "T"]),
        ("x,t_x,T\n1,2,many\n", ["line 2", "column T"]),
    ] {
        std::fs::write(&file, rows).unwrap();
        let said = refused(&mut value(folder.path(), &["fit", "--model", "bgnbd", "--input", path]));
        assert!(said.contains("rows.csv") && wanted.iter().all(|it| said.contains(it)), "{rows}: {said}");
    }
    std::fs::write(&file, "customer,date,amount\nann,03/08/2014,5\n").unwrap();
    let said = refused(&mut value(folder.path(), &["summarise", "--input", path]));
    assert!(said.contains("line 2, column date"), "{said}");
    std::fs::write(&file, "x,t_x,T\n0,0,9\n0,0,8\n").unwrap();
    let said = refused(&mut value(folder.path(), &["fit", "--model", "bgnbd", "--input", path]));
    assert!(said.contains("nobody has bought a second time"), "{said}");
}

#[test]
fn subscribers_are_read_by_renewals_and_by_when_they_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    let path = file.to_str().unwrap();
    // A thousand subscribers, of whom so many are left after each year (Fader and Hardie 2007, Regular).
    let left = [1000, 631, 468, 382, 326, 289, 262, 241];
    let lost = left.windows(2).zip(1..).map(|(pair, year)| (year, pair[0] - pair[1]));
    let events: String = lost.clone().map(|(year, n)| format!("{year},1,{n}\n")).collect();
    let recency: String = lost.map(|(year, n)| format!("{year},7.5,{n}\n")).collect();
    let alpha = |rows: String| {
        std::fs::write(&file, rows).unwrap();
        let words = ["fit", "--model", "sbg", "--input", path, "--weights", "n", "--json"];
        let told: Value = serde_json::from_str(&said(&mut value(folder.path(), &words))).unwrap();
        told["params"]["alpha"].as_f64().unwrap()
    };
    let by_event = alpha(format!("t,event,n\n{events}7,0,241\n"));
    assert!((by_event - 0.704_077).abs() < 1e-4, "{by_event}");
    let by_recency = alpha(format!("recency,T,n\n{}7,7,241\n", recency.replace(",7.5,", ",8,")));
    assert!((by_recency - 0.704_077).abs() < 1e-4, "{by_recency}");
}

#[test]
fn a_memory_is_told_of_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let sales = folder.path().join("orders.csv");
    std::fs::write(&sales, sales_of_twenty()).unwrap();
    for location in &whole_houses(folder.path()) {
        let import = ["import", sales.to_str().unwrap(), "--map", "person=customer", "--currency", "EUR"];
        said(regard(location).args(import));
        let told: Value =
            serde_json::from_str(&said(regard(location).args(["value", "report", "--json"]))).unwrap();
        assert_eq!((told["people"].as_u64(), told["currency"].as_str()), (Some(20), Some("EUR")), "{told}");
        assert_eq!(told["learnt"]["returned"].as_u64(), Some(15));
        let words = said(regard(location).args(["value", "report"]));
        assert!(words.contains("20 people are known") && words.contains("15 of them again"), "{words}");
        let kept = runtime().block_on(async {
            open(location).await.read(insight::reckoning::latest).await.unwrap().unwrap()
        });
        assert_eq!(kept.people, 20);
    }
}

/// Twenty people, of whom fifteen come back.
fn sales_of_twenty() -> String {
    let mut all = "customer,date,amount,order\n".to_owned();
    for n in 0..20 {
        for again in 0..=n % 4 {
            all += &format!("c{n},2026-{:02}-{:02},10.00,{n}-{again}\n", 1 + again * 2, 1 + n);
        }
    }
    all
}
