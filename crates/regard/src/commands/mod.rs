//! One file for each command: what it takes, what it does, what it prints.

pub mod audit_language;
pub mod backup;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod forget;
pub mod import;
pub mod migrate;
pub mod permission;
pub mod restore;
pub mod serve;
pub mod value;
pub mod work;
