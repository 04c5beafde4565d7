//! What somebody decided, as a record that they can keep: the fields of ISO/IEC TS 27560 under their own names (as the W3C's DPV guide gives
//! them).

use gate::{Event, EventKind};
use serde_json::{Value as Json, json};

use crate::{
    policies::Version,
    said::{Said, What},
};

/// Version of this record's shape.
const SCHEMA: &str = "https://www.w3.org/ns/dpv/schema/consent-27560/v1";

/// The record of one decision.
pub fn receipt(said: &Said, organisation: &str, policy: &Version) -> Json {
    let (what, event) = match &said.what {
        What::Event(event) => (json!(event), Some(&**event)),
        What::Wishes { wishes, .. } => (json!(wishes), None),
    };
    let given = event.is_some_and(|it| it.kind == EventKind::Grant);
    let purpose = event.and_then(|it| it.purpose.clone());
    json!({
        "schema_version": SCHEMA,
        "record_id": said.moment,
        "receipt_id": said.moment,
        "pii_principal_id": event.and_then(|it| it.contact_point.clone()),
        "party_identification": { "party_name": organisation, "party_type": "controller" },
        "pii_processing": {
            "privacy_notice": { "version": event.and_then(|it| it.proof.notice_version.clone()), "sha256": event.and_then(|it| it.proof.notice_hash.clone()), "text": said.wording },
            "language": event.and_then(|it| it.proof.language.clone()),
            "purposes": [{
                "purpose": purpose,
                "topic": event.and_then(|it| it.topic.clone()),
                "lawful_basis": if given { "consent" } else { "none: it was refused or only arranged" },
                "pii_type": ["address"],
                "pii_controllers": [organisation],
                "recipients": [],
                "storage_locations": ["with the organisation itself"],
                "retention_period": "as long as it holds, and as proof afterwards",
                "jurisdiction": policy.policy.default_jurisdiction,
                "withdrawal_method": "the link in each message, or the page of what you allow",
                "collection_method": event.and_then(|it| it.via.clone()),
            }],
            "policy_version": policy.name,
        },
        "event": {
            "event_time": said.at,
            "event_type": event.map_or("wishes", name),
            "event_state": if given { "given" } else { "withdrawn" },
            "validity_duration": event.and_then(|it| it.expires_at),
            "entity_id": event.map(|it| it.actor),
        },
        "as_kept": what,
    })
}

fn name(event: &Event) -> &'static str {
    match event.kind {
        EventKind::Grant => "explicit consent",
        EventKind::Imply => "implied consent",
        EventKind::Withdraw => "withdrawal",
        EventKind::Object => "objection",
    }
}
