//! What all models of repeat buying answer, so that a caller need not know which one it holds.

use crate::{
    discount::Discount,
    summary::{Customers, History},
    time::{Span, Unit},
};

/// A model of who buys again and who has silently left.
///
/// Rows handed to it are in its own unit of time ([`PurchaseModel::unit`]); tables of [`Customers`] carry
/// their unit, and the functions that take a table convert.
pub trait PurchaseModel {
    /// Its name in commands and files, such as `bgnbd`.
    fn name(&self) -> &'static str;
    /// What its times are counted in.
    fn unit(&self) -> Unit;
    /// ln of the likelihood of one history: the density of x purchases with the last at t_x, observed until
    /// T. In 1/time^x, so it changes with the unit by x times its logarithm.
    fn log_likelihood(&self, history: &History) -> f64;
    /// P(alive): the probability that somebody with this history has not left by T.
    fn alive(&self, history: &History) -> f64;
    /// Expected purchases in (T, T+t] of somebody who is alive at T. Depends on the history only by x and T,
    /// so a table of it serves many customers.
    fn expected_if_alive(&self, x: u32, t_end: f64, t: f64) -> f64;
    /// Expected purchases in (T, ∞) of somebody alive at T, each discounted by e^(-δ t): the discounted
    /// expected residual transactions, DERT, over P(alive). `delta` is per unit of time and above zero.
    fn residual_if_alive(&self, x: u32, t_end: f64, delta: f64) -> f64;
    /// P(X(t) = n): the probability that a new customer buys n times again within t.
    fn mass(&self, n: u32, t: f64) -> f64;

    /// E[X(t)]: purchases expected of a new customer, after the first.
    fn expected_new(&self, within: Span) -> f64 {
        self.expected(&History::NEW, within)
    }
    /// Conditional expectation: purchases in (T, T+t] given the history.
    fn expected(&self, history: &History, within: Span) -> f64 {
        let t = within.in_unit(self.unit());
        self.alive(history) * self.expected_if_alive(history.x(), history.t_end(), t)
    }
    /// DERT: discounted purchases expected for all time to come, given the history.
    fn residual(&self, history: &History, discount: Discount) -> f64 {
        let delta = discount.per(self.unit());
        self.alive(history) * self.residual_if_alive(history.x(), history.t_end(), delta)
    }
    /// The log-likelihood of a table, in the table's own unit of time.
    fn log_likelihood_of(&self, customers: &Customers) -> f64 {
        let stretched = customers.in_unit(self.unit());
        // A density per week is seven times one per day, for each purchase.
        let per_purchase = (customers.unit().days() / self.unit().days()).ln();
        let one = |row: &History| self.log_likelihood(row) + f64::from(row.x()) * per_purchase;
        stretched.with_counts().map(|(row, count)| f64::from(count) * one(row)).sum()
    }
}
