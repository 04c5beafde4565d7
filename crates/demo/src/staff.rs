//! The six people who work at Lantern Row.

use model::StaffId;

/// Somebody who works for the company.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffMember {
    /// The id that their moments carry: derived from `demo` and the key.
    pub id: StaffId,
    /// A short name for scripts.
    pub key: String,
    /// Their name.
    pub name: String,
    /// Their mailbox.
    pub email: String,
    /// What they may do in the house: `owner`, `admin` or `member`.
    pub role: String,
    /// What they do all day, as it stands under their mails.
    pub title: String,
    /// Their telephone on the desk.
    pub phone: String,
}

impl StaffMember {
    /// What friends and letters call them.
    pub fn given(&self) -> &str {
        self.name.split(' ').next().unwrap_or(&self.name)
    }

    /// What stands under their mails.
    pub fn signature(&self) -> String {
        format!(
            "-- \n{}\n{}, Lantern Row Coffee\nThe Candle Works, Baltic Street, Leith\n{}",
            self.name, self.title, self.phone
        )
    }
}

/// Everybody who works there.
pub fn staff() -> Vec<StaffMember> {
    [
        ("nora", "Nora Lindqvist", "owner", "Founder and green buyer", "+44 131 496 0011"),
        ("callum", "Callum Reid", "admin", "Wholesale", "+44 131 496 0012"),
        ("priya", "Priya Raman", "admin", "Customer care", "+44 131 496 0010"),
        ("tomasz", "Tomasz Zieliński", "member", "Roaster and machines", "+44 131 496 0013"),
        ("esme", "Esme Baptiste", "member", "Dispatch, letters and cuppings", "+44 131 496 0014"),
        ("hamish", "Hamish Orr", "member", "Books, Tuesdays and Thursdays", "+44 131 496 0015"),
    ]
    .map(|(key, name, role, title, phone)| StaffMember {
        id: StaffId::derived(&[b"demo", key.as_bytes()]),
        key: key.into(),
        name: name.into(),
        email: format!("{key}@{}", crate::DOMAIN),
        role: role.into(),
        title: title.into(),
        phone: phone.into(),
    })
    .into()
}
