//! How somebody wants to be spoken to: in which language, when, how often, and when not at all.

use gate::{Cap, Pause, Quiet};
use serde::{Deserialize, Serialize};

use crate::{PermissionError, Result};

/// How often what was asked for may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// Whenever there is something.
    #[default]
    Whenever,
    /// Once in seven days at most.
    Weekly,
    /// Once in thirty days at most.
    Monthly,
}

/// What somebody wishes, as a whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// They have died.
    pub deceased: bool,
    /// That nothing about them is passed on (`Sec-GPC`).
    pub gpc: bool,
    /// Somebody who answers for them agreed.
    pub guardian_consent: bool,
    /// The hour of the day at which what was asked for is welcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<u8>,
    /// Whose law protects them: a country, or a country and a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// Their language (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Too young to decide alone.
    pub minor: bool,
    /// Times without anything that they did not ask for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// When they want to be left in peace.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quiet_hours: Vec<Quiet>,
    /// That what is known of them be left alone (GDPR 18).
    pub restricted: bool,
    /// How often.
    pub rhythm: Rhythm,
    /// Their time zone (IANA).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl Rhythm {
    pub(crate) fn rarer(self, other: Self) -> Self {
        match (self, other) {
            (Self::Monthly, _) | (_, Self::Monthly) => Self::Monthly,
            (Self::Weekly, _) | (_, Self::Weekly) => Self::Weekly,
            _ => Self::Whenever,
        }
    }

    pub(crate) fn cap(self) -> Option<Cap> {
        let days = match self {
            Self::Whenever => return None,
            Self::Weekly => 7,
            Self::Monthly => 30,
        };
        Some(Cap {
            id: "as often as they said".into(),
            classes: vec!["marketing".into()],
            channel: gate::ANY.into(),
            max: 1,
            window: format!("rolling:{days}d"),
            on_exceed: "defer".into(),
        })
    }
}

impl Wishes {
    /// Whether they can be understood.
    ///
    /// # Errors
    /// [`PermissionError::Unfit`] names the field that cannot.
    pub fn check(&self) -> Result<()> {
        let unfit = |field, why: String| Err(PermissionError::Unfit { field, why });
        if let Some(zone) = &self.zone
            && !gate::is_zone(zone)
        {
            return unfit("zone", format!("“{zone}” is no time zone like Europe/Berlin"));
        }
        if let Some(hour) = self.hour.filter(|it| *it > 23) {
            return unfit("hour", format!("{hour} is no hour of a day"));
        }
        for row in &self.quiet_hours {
            if let Err(why) = gate::check_quiet(row) {
                return unfit("quiet_hours", why);
            }
        }
        Ok(())
    }
}
