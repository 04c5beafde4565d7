//! axe-core looks at a page for what shuts people out.

use std::{fmt, fs, path::Path};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

use crate::Browser;

/// One rule that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Violation {
    /// The rule's name, such as `image-alt`.
    pub id: String,
    /// How badly it shuts people out: `minor`, `moderate`, `serious`, `critical`.
    pub impact: Option<String>,
    /// What to do, in a sentence.
    pub help: String,
    /// Where on the page.
    #[serde(rename = "nodes")]
    pub places: Vec<Place>,
}

/// One element that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// The element as it stands in the page.
    pub html: String,
    /// What would repair it.
    #[serde(rename = "failureSummary", default)]
    pub summary: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.id, self.impact.as_deref().unwrap_or("-"), self.help)?;
        self.places.iter().try_for_each(|place| write!(f, "\n    {}\n        {}", place.html, place.summary))
    }
}

impl Browser {
    /// Runs every rule of axe-core on the page as it stands.
    pub async fn axe(&mut self) -> Result<Vec<Violation>> {
        self.script(&source()?, json!([])).await.context("axe-core does not load")?;
        let run = "const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'] })
               .then(found => done({ found: found.violations }), error => done({ error: String(error) }))";
        let answer = self.client().execute_async(run, Vec::new()).await?;
        match answer.get("error") {
            Some(error) => anyhow::bail!("axe-core failed: {error}"),
            None => Ok(serde_json::from_value(answer["found"].clone())?),
        }
    }
}

fn source() -> Result<String> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser/node_modules/axe-core/axe.min.js");
    fs::read_to_string(path).context("axe-core is not there: run `npm ci --prefix tests/browser`")
}
