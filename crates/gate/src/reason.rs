//! Why something is not said, or not yet: each reason has a name that is stored, and words that people read.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer};

macro_rules! reasons {
    ($($reason:ident = $name:literal, $words:literal;)*) => {
        /// A refusal or a delay has a name.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each says itself in `words`")]
        pub enum Reason {
            $($reason,)*
            /// Something at hand keeps it back, like an open complaint.
            Hold(String),
        }

        impl Reason {
            /// The name under which it is stored.
            pub fn name(&self) -> Cow<'static, str> {
                match self {
                    $(Self::$reason => Cow::Borrowed($name),)*
                    Self::Hold(what) => Cow::Owned(format!("hold_{what}")),
                }
            }

            /// The reason of a stored name.
            pub fn of_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$reason),)*
                    _ => name.strip_prefix("hold_").map(|what| Self::Hold(what.to_owned())),
                }
            }

            /// The same as somebody of the team, or the person, reads it.
            pub fn words(&self) -> &'static str {
                match self {
                    $(Self::$reason => $words,)*
                    Self::Hold(_) => "something else has to be settled with them first",
                }
            }
        }
    };
}

reasons! {
    UnknownPurpose = "unknown_purpose",
        "nobody has said what a message like this is for";
    MessageExpired = "message_expired",
        "it came too late to be of use";
    Duplicate = "duplicate",
        "it was said already";
    DeliveryUnknown = "delivery_unknown",
        "nobody knows whether it arrived the first time, and twice is worse than once";
    Erased = "erased",
        "they asked us to forget them, and we did";
    ErasedSuppressed = "erased_suppressed",
        "whoever has this address asked us to forget them and has not come back since";
    AddressUndeliverable = "address_undeliverable",
        "nothing arrives at this address any more";
    SuppressedComplaint = "suppressed_complaint",
        "they told their mail provider that our mail is unwanted";
    SuppressedAddress = "suppressed_address",
        "whoever reads this address wants no mail like this there";
    ProcessingRestricted = "processing_restricted",
        "they asked us to leave what we know of them alone while a question is open";
    GuardianConsentMissing = "guardian_consent_missing",
        "they are a child, and nobody who answers for them has agreed";
    GpcOptOut = "gpc_opt_out",
        "their browser says that nothing about them may be passed on";
    NoOpenConversation = "no_open_conversation",
        "they have not written to us, or it was too long ago to call this an answer";
    ChannelSessionClosed = "channel_session_closed",
        "this service lets us write freely only for a while after they wrote";
    NoPendingRequest = "no_pending_request",
        "nobody asked for this to be confirmed";
    ConfirmationLimit = "confirmation_limit",
        "one confirmation was enough";
    ContactPointUnverified = "contact_point_unverified",
        "nobody has shown yet that this address is theirs";
    NoPermission = "no_permission",
        "they have not said that they want this";
    PendingConfirmation = "pending_confirmation",
        "they asked for it and have not confirmed it yet";
    ProofMissing = "proof_missing",
        "there is no proof that they agreed to this";
    ImpliedNotAllowed = "implied_not_allowed",
        "that they bought or asked something does not allow this";
    PermissionExpired = "permission_expired",
        "what they agreed to was for a time that is over";
    PermissionStale = "permission_stale",
        "they agreed so long ago that we should ask again";
    Withdrawn = "withdrawn",
        "they asked us to stop";
    Objected = "objected",
        "they objected to anything of this sort";
    AddressCooldown = "address_cooldown",
        "the last message there came back; we try again later";
    Paused = "paused",
        "they asked for a pause";
    FrequencyCap = "frequency_cap",
        "they have heard enough from us for now";
    FrequencyCapped = "frequency_capped",
        "they have heard enough from us, and this one is not worth waiting for";
    OneSided = "one_sided",
        "we have spoken several times without an answer; now it is theirs to speak";
    QuietHours = "quiet_hours",
        "it is not a time at which they want to be disturbed";
    ExpiresBeforeWindow = "expires_before_window",
        "by the time it may be said it would be of no use";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_known_again_by_its_name() {
        for reason in [Reason::Withdrawn, Reason::QuietHours, Reason::Hold("complaint".into())] {
            assert_eq!(Reason::of_name(&reason.name()), Some(reason));
        }
        assert_eq!(Reason::of_name("its mailbox is not here any more"), None);
    }
}
