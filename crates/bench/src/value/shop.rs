//! A shop's customers, dealt with dice by the model of CDNOW's: what both sides are given.

use std::{
    f64::consts::TAU,
    fs::File,
    io::{BufWriter, Read as _, Write as _},
    path::Path,
};

use anyhow::{Result, ensure};

use crate::dice::Dice;

/// The dice of the customers.
const SALT: u64 = 11;
/// r, α (weeks), a and b of CDNOW's customers (Fader, Hardie and Lee 2005).
pub const BGNBD: [f64; 4] = [0.243, 4.414, 0.793, 2.426];
/// r, α, s and β (weeks) of CDNOW's customers.
pub const PARETO: [f64; 4] = [0.553, 10.578, 0.606, 11.669];
/// p, q and v (dollars) of their spending.
pub const SPENDING: [f64; 3] = [6.25, 3.74, 15.44];
/// Everybody is observed until this day; they come within the first twelve weeks.
const END: usize = 39 * 7;
const COMING: usize = 12 * 7;

/// Columns of numbers, one entry for each customer.
pub struct Columns {
    /// Repeat purchases.
    pub x: Vec<f64>,
    /// The time of the last, in weeks.
    pub t_x: Vec<f64>,
    /// For how long they are observed, in weeks.
    pub t_end: Vec<f64>,
    /// What they spend on a repeat purchase.
    pub spend: Vec<f64>,
}

/// Deals so many customers. Purchases are made on whole days, at most one a day.
pub fn customers(count: usize) -> Columns {
    let mut all = Columns { x: vec![], t_x: vec![], t_end: vec![], spend: vec![] };
    for n in 0..count {
        let mut dice = Dice::new(SALT, n as u64);
        let end = END - dice.below(COMING);
        let (x, last) = purchases(&mut dice, end as f64);
        all.x.push(x);
        all.t_x.push(last / 7.0);
        all.t_end.push(end as f64 / 7.0);
        all.spend.push(if x > 0.0 { spend(&mut dice, x) } else { 0.0 });
    }
    all
}

/// How many repeat purchases somebody makes until a day, and the day of the last.
fn purchases(dice: &mut Dice, end: f64) -> (f64, f64) {
    let [r, alpha, a, b] = BGNBD;
    let rate = gamma(dice, r) / (alpha * 7.0);
    let (leaves, stays) = (gamma(dice, a), gamma(dice, b));
    let leaves = leaves / (leaves + stays);
    let (mut at, mut x, mut last) = (0.0, 0.0, 0.0);
    loop {
        at -= (1.0 - dice.share()).ln() / rate;
        if at.ceil() > end || at.is_nan() {
            return (x, last);
        }
        if at.ceil() > last {
            (x, last) = (x + 1.0, at.ceil());
        }
        if dice.share() < leaves {
            return (x, last);
        }
    }
}

fn spend(dice: &mut Dice, x: f64) -> f64 {
    let [p, q, v] = SPENDING;
    let inverse = gamma(dice, q) / v;
    gamma(dice, p * x) / (x * inverse)
}

/// A gamma variate with scale 1 (Marsaglia and Tsang 2000).
fn gamma(dice: &mut Dice, shape: f64) -> f64 {
    if shape < 1.0 {
        return gamma(dice, shape + 1.0) * (1.0 - dice.share()).powf(1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let z = normal(dice);
        let v = (1.0 + c * z).powi(3);
        if v > 0.0 && (1.0 - dice.share()).ln() < 0.5 * z * z + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// A normal variate (Box and Muller 1958).
fn normal(dice: &mut Dice) -> f64 {
    (-2.0 * (1.0 - dice.share()).ln()).sqrt() * (TAU * dice.share()).cos()
}

impl Columns {
    /// Writes them one after the other, as both sides read them.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        for number in [&self.x, &self.t_x, &self.t_end, &self.spend].into_iter().flatten() {
            out.write_all(&number.to_le_bytes())?;
        }
        Ok(out.flush()?)
    }

    /// Reads them back.
    pub fn read(path: &Path) -> Result<Self> {
        let mut bytes = Vec::new();
        File::open(path)?.read_to_end(&mut bytes)?;
        let (numbers, rest) = bytes.as_chunks::<8>();
        ensure!(rest.is_empty() && numbers.len().is_multiple_of(4), "{} was cut off", path.display());
        let numbers: Vec<f64> = numbers.iter().map(|it| f64::from_le_bytes(*it)).collect();
        let part = |n: usize| numbers[n * numbers.len() / 4..(n + 1) * numbers.len() / 4].to_vec();
        Ok(Self { x: part(0), t_x: part(1), t_end: part(2), spend: part(3) })
    }

    /// The rows of the models.
    pub fn rows(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let times = self.t_x.iter().zip(&self.t_end);
        self.x.iter().zip(times).map(|(x, (t_x, t_end))| (*x, *t_x, *t_end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_buy_as_often_as_their_model_says_and_come_back_from_a_file() {
        let all = customers(20_000);
        let mean = all.x.iter().sum::<f64>() / all.x.len() as f64;
        assert!((0.9..1.2).contains(&mean), "{mean} repeat purchases a customer");
        assert!(all.rows().all(|(x, t_x, t_end)| t_x <= t_end && (x > 0.0) == (t_x > 0.0)));
        let file = tempfile::NamedTempFile::new().unwrap();
        all.write(file.path()).unwrap();
        assert_eq!(Columns::read(file.path()).unwrap().spend, all.spend);
    }
}
