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
mod decide;
mod folding;
mod gates;
mod hours;
mod policy;
mod reason;
mod reciprocity;
mod standing;
mod table;

pub use decide::{Decision, Duty, decide, decide_through};
pub use gates::{GATES, Gate, Stage};
pub use policy::{Class, Enforcement, Policy, PolicyError};
pub use reason::Reason;
pub use reciprocity::{Reciprocity, Side};
pub use standing::{
    Actor, Cap, Contact, Event, EventKind, Handed, Hold, Pause, Person, Proof, Quiet, Request, Standing,
    Suppression,
};
pub use table::table;
