//! Why something is not said, or not yet: each reason has a name that is stored, and words that people read.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer};

/// A refusal or a delay has a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each says itself in `words`")]
pub enum Reason {
    UnknownPurpose,
    MessageExpired,
    Duplicate,
    DeliveryUnknown,
    Erased,
    ErasedSuppressed,
    AddressUndeliverable,
    SuppressedComplaint,
    SuppressedAddress,
    ProcessingRestricted,
    GuardianConsentMissing,
    GpcOptOut,
    NoOpenConversation,
    ChannelSessionClosed,
    NoPendingRequest,
    ConfirmationLimit,
    ContactPointUnverified,
    NoPermission,
    PendingConfirmation,
    ProofMissing,
    ImpliedNotAllowed,
    PermissionExpired,
    PermissionStale,
    Withdrawn,
    Objected,
    AddressCooldown,
    Paused,
    FrequencyCap,
    FrequencyCapped,
    OneSided,
    QuietHours,
    ExpiresBeforeWindow,
    /// Something at hand keeps it back, like an open complaint.
    Hold(String),
}

impl Reason {
    /// The name under which it is stored.
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::UnknownPurpose => "unknown_purpose",
            Self::MessageExpired => "message_expired",
            Self::Duplicate => "duplicate",
            Self::DeliveryUnknown => "delivery_unknown",
            Self::Erased => "erased",
            Self::ErasedSuppressed => "erased_suppressed",
            Self::AddressUndeliverable => "address_undeliverable",
            Self::SuppressedComplaint => "suppressed_complaint",
            Self::SuppressedAddress => "suppressed_address",
            Self::ProcessingRestricted => "processing_restricted",
            Self::GuardianConsentMissing => "guardian_consent_missing",
            Self::GpcOptOut => "gpc_opt_out",
            Self::NoOpenConversation => "no_open_conversation",
            Self::ChannelSessionClosed => "channel_session_closed",
            Self::NoPendingRequest => "no_pending_request",
            Self::ConfirmationLimit => "confirmation_limit",
            Self::ContactPointUnverified => "contact_point_unverified",
            Self::NoPermission => "no_permission",
            Self::PendingConfirmation => "pending_confirmation",
            Self::ProofMissing => "proof_missing",
            Self::ImpliedNotAllowed => "implied_not_allowed",
            Self::PermissionExpired => "permission_expired",
            Self::PermissionStale => "permission_stale",
            Self::Withdrawn => "withdrawn",
            Self::Objected => "objected",
            Self::AddressCooldown => "address_cooldown",
            Self::Paused => "paused",
            Self::FrequencyCap => "frequency_cap",
            Self::FrequencyCapped => "frequency_capped",
            Self::OneSided => "one_sided",
            Self::QuietHours => "quiet_hours",
            Self::ExpiresBeforeWindow => "expires_before_window",
            Self::Hold(what) => return Cow::Owned(format!("hold_{what}")),
        })
    }

    /// The same as somebody of the team, or the person, reads it.
    pub fn words(&self) -> &'static str {
        match self {
            Self::UnknownPurpose => "nobody has said what a message like this is for",
            Self::MessageExpired => "it came too late to be of use",
            Self::Duplicate => "it was said already",
            Self::DeliveryUnknown => {
                "nobody knows whether it arrived the first time, and twice is worse than once"
            }
            Self::Erased => "they asked us to forget them, and we did",
            Self::ErasedSuppressed => {
                "whoever has this address asked us to forget them and has not come back since"
            }
            Self::AddressUndeliverable => "nothing arrives at this address any more",
            Self::SuppressedComplaint => "they told their mail provider that our mail is unwanted",
            Self::SuppressedAddress => "whoever reads this address wants no mail like this there",
            Self::ProcessingRestricted => {
                "they asked us to leave what we know of them alone while a question is open"
            }
            Self::GuardianConsentMissing => "they are a child, and nobody who answers for them has agreed",
            Self::GpcOptOut => "their browser says that nothing about them may be passed on",
            Self::NoOpenConversation => {
                "they have not written to us, or it was too long ago to call this an answer"
            }
            Self::ChannelSessionClosed => {
                "this service lets us write freely only for a while after they wrote"
            }
            Self::NoPendingRequest => "nobody asked for this to be confirmed",
            Self::ConfirmationLimit => "one confirmation was enough",
            Self::ContactPointUnverified => "nobody has shown yet that this address is theirs",
            Self::NoPermission => "they have not said that they want this",
            Self::PendingConfirmation => "they asked for it and have not confirmed it yet",
            Self::ProofMissing => "there is no proof that they agreed to this",
            Self::ImpliedNotAllowed => "that they bought or asked something does not allow this",
            Self::PermissionExpired => "what they agreed to was for a time that is over",
            Self::PermissionStale => "they agreed so long ago that we should ask again",
            Self::Withdrawn => "they asked us to stop",
            Self::Objected => "they objected to anything of this sort",
            Self::AddressCooldown => "the last message there came back; we try again later",
            Self::Paused => "they asked for a pause",
            Self::FrequencyCap => "they have heard enough from us for now",
            Self::FrequencyCapped => "they have heard enough from us, and this one is not worth waiting for",
            Self::OneSided => "we have spoken several times without an answer; now it is theirs to speak",
            Self::QuietHours => "it is not a time at which they want to be disturbed",
            Self::ExpiresBeforeWindow => "by the time it may be said it would be of no use",
            Self::Hold(_) => "something else has to be settled with them first",
        }
    }
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
