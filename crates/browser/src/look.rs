//! How a page looks: on a phone or a wide screen, by day or by night.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::json;

use crate::Browser;

impl Browser {
    /// Makes the page as wide and high as a screen, for as long as nobody says otherwise.
    pub async fn resize(&mut self, width: u32, height: u32) -> Result<()> {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.chromium("Emulation.setDeviceMetricsOverride", screen).await.map(drop)
    }
    /// Says whether the person prefers dark pages.
    pub async fn prefer_dark(&mut self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.chromium("Emulation.setEmulatedMedia", media).await.map(drop)
    }
    /// Writes what somebody with such a screen sees first, as a PNG. The size and preference stay as asked for.
    pub async fn screenshot(&mut self, path: &Path, width: u32, height: u32, dark: bool) -> Result<()> {
        self.resize(width, height).await?;
        self.prefer_dark(dark).await?;
        self.settle().await?;
        let picture = self.client().screenshot().await?;
        fs::write(path, picture).with_context(|| format!("writing {}", path.display()))
    }
    // Fonts have come and two frames have been drawn, so that the picture is of the finished page.
    async fn settle(&mut self) -> Result<()> {
        let script = "const done = arguments[0];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())))";
        self.client().execute_async(script, Vec::new()).await?;
        Ok(())
    }
}
