//! Filling a house with a sample company, so that its moments have been said by somebody.

use model::StaffId;
use serde_json::json;
use store::params;

use crate::{House, HouseError, Result, Role, Settings, sql};

/// Somebody who works at the sample company. They have no password and cannot sign in.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// The id that the sample's moments carry.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

impl House {
    /// Fills a house in which nobody works yet; in any other it does nothing and says so.
    pub async fn furnish(&self, colleagues: Vec<Colleague>, settings: Settings) -> Result<bool> {
        if self.is_settled().await? {
            return Ok(false);
        }
        let world = self.store().world().clone();
        self.store()
            .write(move |tx| {
                let now = world.now();
                for colleague in &colleagues {
                    let Colleague { id, name, email } = colleague;
                    let (role, password) = (Role::Member.as_str(), "");
                    tx.rows(sql::STAFF_ADD, params![id, name, email, role, password, now], |_| Ok(()))?;
                }
                for (name, value) in json!(settings).as_object().into_iter().flatten() {
                    tx.run(sql::SETTING_KEEP, params![name, value.to_string(), now, None::<StaffId>])?;
                }
                Ok::<_, HouseError>(true)
            })
            .await
    }
}
