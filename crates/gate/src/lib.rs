//! Whether something may be said to somebody, by which way, now. The question is pure: what is known of a person's wishes, the house's
//! policy, the message and the time go in, and one explained answer comes out, which can be asked again years later.
//!
//! ```text
//! standing (what they said, folded from events)  \
//! policy   (rows that the operator edits)         >  decide  ->  allow, with duties | hold until, because | refuse, because
//! request  (what shall be said), now             /
//! ```

mod caps;
pub mod cases;
mod cleared;
mod decide;
mod folding;
mod gates;
mod hours;
mod policy;
mod reason;
mod reciprocity;
mod stance;
mod standing;
mod table;
mod waits;

pub use cleared::Cleared;
pub use decide::{Decision, Duty, Rules, decide, decide_through, evidence};
pub use gates::{GATES, Gate, Stage};
pub use hours::{check_quiet, is_zone};
pub use policy::{Class, Enforcement, Policy, PolicyError};
pub use reason::Reason;
pub use reciprocity::{Reciprocity, Side};
pub use stance::{Stance, stance};
pub use standing::{
    ANY, Actor, Cap, Contact, Event, EventKind, Handed, Hold, Pause, Person, Proof, Quiet, Request, Standing,
    Suppression,
};
pub use table::table;
pub use waits::{WAITS, Wait};
