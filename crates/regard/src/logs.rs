//! Logs: what the program does, never about whom. They go to standard error, so that answers can be piped.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::Config;

/// Starts logging.
pub fn start(config: &Config) -> anyhow::Result<()> {
    let level = config.log();
    let filter =
        EnvFilter::try_new(format!("{level},tokio_postgres=warn,hyper=warn,h2=warn,html5ever=error"))?;
    let registry = tracing_subscriber::registry().with(filter);
    if config.logs_are_json() {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init()?;
    } else {
        registry.with(fmt::layer().with_target(false).with_writer(std::io::stderr)).try_init()?;
    }
    Ok(())
}
