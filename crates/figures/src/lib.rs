//! What customers are worth.

pub mod bgnbd;
pub mod discount;
pub mod fit;
mod gamma;
mod geometric;
mod groups;
pub mod holdout;
mod integrals;
pub mod mbgnbd;
pub mod nbd;
mod newton;
pub mod paretonbd;
pub mod purchases;
pub mod summary;
pub mod time;
pub mod transactions;
