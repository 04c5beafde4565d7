//! All that is asked of many customers at once. Equal rows are answered once, and what depends only on x and
//! T is answered once for all who share them, so a million customers take a moment.

use crate::{
    discount::Discount,
    groups::Groups,
    purchases::PurchaseModel,
    summary::Customers,
    time::Span,
    value::{Steps, discounted_if_alive},
};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Purchases expected within each of these times.
    pub horizons: Vec<Span>,
    /// Discounted purchases over these steps: times the expected spend it is a lifetime value.
    pub steps: Option<Steps>,
    /// Discounted purchases for all time to come.
    pub residual: Option<Discount>,
}

/// The answers, each a column with one entry for each row of the table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// ln of the likelihood of the row, in the table's unit of time.
    pub log_likelihood: Vec<f64>,
    /// P(alive).
    pub alive: Vec<f64>,
    /// Expected purchases, a column for each horizon.
    pub expected: Vec<Vec<f64>>,
    /// Discounted purchases over the steps, if they were asked for.
    pub discounted: Option<Vec<f64>>,
    /// Discounted purchases for all time to come, if they were asked for.
    pub residual: Option<Vec<f64>>,
}

/// What depends on x and T only.
struct IfAlive {
    expected: Vec<f64>,
    discounted: f64,
    residual: f64,
}

impl IfAlive {
    fn of(model: &(impl PurchaseModel + ?Sized), x: u32, t_end: f64, ask: &Ask) -> Self {
        let within = |it: &Span| model.expected_if_alive(x, t_end, it.in_unit(model.unit()));
        Self {
            expected: ask.horizons.iter().map(within).collect(),
            discounted: ask.steps.map_or(0.0, |it| discounted_if_alive(model, x, t_end, &it)),
            residual: ask.residual.map_or(0.0, |it| model.residual_if_alive(x, t_end, it.per(model.unit()))),
        }
    }
}

/// Answers for every row of a table.
pub fn score(model: &(impl PurchaseModel + ?Sized), customers: &Customers, ask: &Ask) -> Scores {
    let stretched;
    let own = if customers.unit() == model.unit() {
        customers
    } else {
        stretched = customers.in_unit(model.unit());
        &stretched
    };
    let per_purchase = (customers.unit().days() / model.unit().days()).ln();
    let (groups, members) = Groups::with_members(own);
    let (answers, factors) = of_groups(model, &groups, own, &members, ask);
    let column = |f: &dyn Fn(&Answer) -> f64| -> Vec<f64> {
        let each: Vec<f64> = answers.iter().map(f).collect();
        members.iter().map(|&it| each[it as usize]).collect()
    };
    let by_alive = |it: &Answer, f: &dyn Fn(&IfAlive) -> f64| it.alive * f(&factors[it.factor]);
    Scores {
        log_likelihood: column(&|it| it.log_likelihood + it.x * per_purchase),
        alive: column(&|it| it.alive),
        expected: (0..ask.horizons.len()).map(|h| column(&|it| by_alive(it, &|of| of.expected[h]))).collect(),
        discounted: ask.steps.map(|_| column(&|it| by_alive(it, &|of| of.discounted))),
        residual: ask.residual.map(|_| column(&|it| by_alive(it, &|of| of.residual))),
    }
}

struct Answer {
    x: f64,
    log_likelihood: f64,
    alive: f64,
    factor: usize,
}

/// Groups stand in the order of x and T, so whoever shares them stands together.
fn of_groups(
    model: &(impl PurchaseModel + ?Sized),
    groups: &Groups,
    customers: &Customers,
    members: &[u32],
    ask: &Ask,
) -> (Vec<Answer>, Vec<IfAlive>) {
    let mut one_of = vec![0; groups.rows.len()];
    members.iter().zip(0..).for_each(|(&group, row)| one_of[group as usize] = row);
    let mut factors: Vec<IfAlive> = Vec::new();
    let mut before = None;
    let answer = |row: &usize| {
        let history = &customers.rows()[*row];
        let shared = (history.x(), history.t_end().to_bits());
        if before != Some(shared) {
            before = Some(shared);
            factors.push(IfAlive::of(model, history.x(), history.t_end(), ask));
        }
        Answer {
            x: f64::from(history.x()),
            log_likelihood: model.log_likelihood(history),
            alive: model.alive(history),
            factor: factors.len() - 1,
        }
    };
    (one_of.iter().map(answer).collect(), factors)
}
