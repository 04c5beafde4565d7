//! The desk in the browser. Pages are functions; each lies in `pages/` at the path of its address. Nobody sees one
//! without passing the gate (`gate.rs`), and every error becomes an answer in `problem.rs` and `app.rs`.

mod app;
mod assets;
mod face;
mod gate;
mod health;
mod icon;
mod layout;
mod metrics;
mod pages;
mod problem;
mod state;
mod when;

pub use app::{router, serve};
pub use pages::import as import_views;
pub use state::{Config, State};
