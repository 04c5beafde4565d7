//! Where Outlook's envelopes are in a message: what they hold belongs to it like any other part.

use mail_parser::{Message, MessagePart, MimeHeaders};

use super::{
    repair,
    tnef::{self, Envelope},
};

/// Bits of a part's number; above them stands the number of a file in the envelope that this part is.
pub(super) const BITS: u32 = 16;

/// The envelopes of a message that can be opened, by the number of their part.
pub(super) fn opened(raw: &[u8], message: &Message<'_>) -> Vec<(u32, Envelope)> {
    let numbered = message.attachments.iter().filter(|id| **id < (1 << BITS));
    let opened = numbered.filter_map(|id| {
        let part = message.parts.get(*id as usize).filter(|part| is_envelope(part))?;
        Some((*id, tnef::open(&repair::content(raw, part))?))
    });
    opened.collect()
}

fn is_envelope(part: &MessagePart<'_>) -> bool {
    let subtype = part.content_type().and_then(|kind| kind.c_subtype.as_deref()).unwrap_or_default();
    let name = part.attachment_name().unwrap_or_default();
    subtype.to_ascii_lowercase().ends_with("ms-tnef") || name.eq_ignore_ascii_case("winmail.dat")
}
