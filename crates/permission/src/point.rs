//! Where somebody can be reached, as the policy, events and suppressions call it.

use model::{Handle, MessengerId};

/// Somewhere somebody can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    /// By which way, as the policy calls it: `email`, `sms`, `whatsapp`, `telegram`.
    pub channel: String,
    /// The address or number, in its normal form.
    pub address: String,
}

impl Point {
    /// A mail address.
    pub fn mail(address: &str) -> Self {
        let address = Handle::email(address).map_or_else(|_| address.trim().to_lowercase(), |it| it.value);
        Self { channel: "email".into(), address }
    }

    /// What a service calls somebody.
    pub fn service(channel: &str, address: &str) -> Self {
        Self { channel: channel.to_owned(), address: address.trim().to_owned() }
    }

    /// Where a messenger reaches somebody. A program numbers its conversations as it likes: they are its own; an account or a telephone
    /// number is the same by whichever of our sides it is reached.
    pub fn messenger(channel: &str, ours: MessengerId, chat: &str) -> Self {
        match channel {
            "messenger" => Self::service(channel, &format!("{ours} {}", chat.trim())),
            _ => Self::service(channel, chat),
        }
    }

    /// How events and suppressions call it.
    pub fn id(&self) -> String {
        format!("{}:{}", self.channel, self.address)
    }

    /// What the memory calls it.
    pub fn handle(&self) -> Option<Handle> {
        match self.channel.as_str() {
            "email" => Handle::email(&self.address).ok(),
            // WhatsApp writes numbers without the plus.
            "sms" | "whatsapp" => {
                Handle::phone(&format!("+{}", self.address.trim_start_matches('+')), None).ok()
            }
            "telegram" => Handle::social("telegram", &self.address).ok(),
            _ => None,
        }
    }
}
