//! Moving a sample company into an empty house, with the ids that its moments carry.

use model::StaffId;
use store::params;

use crate::{Act, House, HouseError, Result, Role, audit, sql, staff};

/// Somebody of a sample company.
#[derive(Debug, Clone)]
pub struct SampleStaff {
    /// The id that their moments carry.
    pub id: StaffId,
    /// What they are called.
    pub name: String,
    /// Their mailbox.
    pub email: String,
    /// What they are in the house.
    pub role: Role,
}

impl House {
    /// Moves a sample company in; all of them have this password. A house where somebody lives is left alone.
    pub async fn move_in(&self, company: Vec<SampleStaff>, password: &str) -> Result<()> {
        for one in &company {
            staff::check_email(&one.email)?;
        }
        let hash = self.hash(password.to_owned()).await?;
        let world = self.store.world().clone();
        self.store
            .write(move |tx| {
                if tx.number(sql::OWNERS, &[])? > 0 {
                    return Err(HouseError::Known);
                }
                for SampleStaff { id, name, email, role } in &company {
                    let (role, now) = (role.as_str(), world.now());
                    tx.run(sql::STAFF_SAMPLE, params![id, name, email, role, hash, now])?;
                }
                Ok(audit::note(tx, &world, &Act::by_program("staff.sample_moved_in", ""))?)
            })
            .await
    }
}
