//! The desk in the browser. Pages are functions; each lies in `pages/` at the path of its address. Nobody sees one
//! without passing the gate (`gate.rs`), and every error becomes an answer in `problem.rs` and `app.rs`.

mod api;
mod app;
mod assets;
mod auditing;
mod auditor;
#[allow(dead_code, unused_imports)] // pages take from it one by one
mod charts;
mod chat;
mod face;
mod gate;
mod health;
mod icon;
mod incoming;
mod languages;
mod layout;
mod lingering;
mod looks;
mod metrics;
mod originals;
mod pace;
mod pages;
mod portal;
mod preferences;
mod problem;
mod seen;
mod state;
mod subscribing;
mod uploads;
mod when;

pub use app::{router, serve};
pub use state::{Config, State};

/// The web's only table: answers that programs may ask for again. Everything else belongs to the rooms to the left.
pub const ROOM: store::Room = store::Room {
    name: "web",
    migrations: &[store::Migration {
        number: 1,
        name: "api",
        sql: include_str!("../migrations/001_api.sql"),
    }],
};
