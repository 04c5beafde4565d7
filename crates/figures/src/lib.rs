//! What customers are worth: a library of the models by which customer value is reckoned, for use by itself
//! or within a larger house.
//!
//! It is pure: numbers go in and numbers come out, with how sure they are and, where the data cannot tell, a
//! sentence that says so. It reads no clock, throws no dice and opens no file; tables are read from whatever
//! can be read ([`reading`]).
//!
//! # From purchases to value
//!
//! Five steps, here with the figures of CDNOW, an online music shop, that papers print.
//!
//! **1. Sum up.** Each customer becomes a [`summary::History`]: the number of repeat purchases x, the time of
//! the last t_x, and how long they were observed, T. [`transactions::summarise`] makes them from dated
//! purchases, [`reading::summaries`] reads them.
//!
//! **2. Fit.** A model finds the parameters under which what happened is likeliest.
//!
//! **3. Ask.** P(alive), purchases expected within a time, and purchases of all time to come, each less the
//! later it is.
//!
//! **4. Add money.** [`gammagamma`] foretells spending; [`value`] puts both together.
//!
//! **5. Look back.** [`holdout`] holds the prediction against what came, beside what anybody could have
//! guessed.
//!
//! ```
//! use figures::{
//!     bgnbd::BgNbd, gammagamma::{GammaGamma, Spend}, purchases::PurchaseModel, summary::History,
//!     time::{Span, Unit}, value::{Steps, lifetime},
//! };
//!
//! // The model of CDNOW's customers, in weeks, as Fader, Hardie and Lee (2005) print it.
//! let model = BgNbd::new(Unit::Weeks, 0.243, 4.414, 0.793, 2.426)?;
//!
//! // Somebody bought again twice, the last time after 30.43 of 38.86 weeks.
//! let history = History::new(2.0, 30.43, 38.86)?;
//! assert_eq!(format!("{:.3}", model.alive(&history)), "0.727");
//! assert_eq!(format!("{:.3}", model.expected(&history, Span::weeks(39))), "1.226");
//!
//! // They spent 22.35 dollars each time. A year of them, discounted by 1 % a month:
//! let spending = GammaGamma::new(6.25, 3.74, 15.44)?;
//! let spend = spending.expected(Spend { x: 2, mean: 22.35 })?;
//! assert_eq!(format!("{spend:.2}"), "24.66");
//! let year = lifetime(&model, &history, spend, &Steps::months(12, 0.01)?);
//! assert_eq!(format!("{year:.2}"), "36.31");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A fit says how it went. Here nobody can be told from anybody else, and that is the answer:
//!
//! ```
//! use figures::{fit::Outcome, bgnbd::BgNbd, summary::Customers, time::Unit};
//!
//! let alike = Customers::from_numbers(Unit::Weeks, vec![(2.0, 30.0, 38.0); 200])?;
//! let fit = BgNbd::fit(&alike)?;
//! assert!(matches!(fit.outcome, Outcome::Boundary(_)));
//! assert!(fit.outcome.to_string().starts_with("these customers cannot be told apart"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which model
//!
//! | who | may leave | models |
//! | --- | --- | --- |
//! | buy whenever they like | silently, at any time | [`paretonbd`] |
//! | buy whenever they like | silently, after a purchase | [`mbgnbd`]; [`bgnbd`], in which nobody leaves after the first |
//! | buy whenever they like | never | [`nbd`], the baseline |
//! | buy or not at each opportunity | silently, after any | [`bgbb`] |
//! | subscribe | by cancelling, which is seen | [`sbg`]; [`survival`] without any model |
//!
//! On CDNOW, Pareto/NBD foretells single customers and the total best, and here it is no longer slow; take
//! MBG/NBD where it does not fit. Do not take P(alive) of one-time buyers from BG/NBD: it is 1 by assumption.
//! Choose by the look back and not by likelihood: MBG/NBD has the highest likelihood on CDNOW and the worst
//! total.
//!
//! [`model::Kind`] chooses a model by its name; all models of buying answer to [`purchases::PurchaseModel`].
//!
//! # Units
//!
//! Time never travels without its unit. A table of customers has one, a model has that of the table it was
//! fitted to, and horizons are [`time::Span`]s. Asking a model in weeks for twelve months asks for 52.18
//! weeks. Amounts are in one currency, whichever it is; multiplying all by a thousand multiplies all answers
//! in money by a thousand and changes nothing else.
//!
//! # What is refused
//!
//! Values that are no numbers, negative or fractional counts, impossible rows and days that are not one day
//! for certain are refused with row and column; nothing is rounded, truncated or guessed. See
//! [`summary::Impossible`], [`reading::Unreadable`], [`fit::Unfit`].
//!
//! # How it is done
//!
//! Equal rows are counted once. Likelihoods have analytic first and second derivatives by the logarithms of
//! their parameters and are climbed by damped Newton steps from several starts. Hypergeometric functions are
//! replaced by series and integrals without poles, so there is no parameter at which an answer is not a
//! number. A million customers are fitted in a fraction of a second.
//!
//! # Beyond one customer
//!
//! [`retention`] (GRR, NRR, goals by tenure), [`equity`], [`growth`] (earned growth), [`referral`] (CRV, and
//! why it is never added to equity), [`serving`] (what serving costs, by time) and [`whale`] (who earns what
//! others lose).

pub mod bgbb;
pub mod bgnbd;
pub mod discount;
pub mod equity;
pub mod fit;
mod gamma;
pub mod gammagamma;
mod geometric;
mod groups;
pub mod growth;
pub mod holdout;
mod integrals;
pub mod mbgnbd;
pub mod model;
pub mod nbd;
mod newton;
pub mod paretonbd;
pub mod purchases;
pub mod reading;
pub mod referral;
pub mod retention;
pub mod sbg;
pub mod scores;
pub mod serving;
pub mod summary;
pub mod survival;
pub mod time;
pub mod transactions;
pub mod value;
pub mod whale;
