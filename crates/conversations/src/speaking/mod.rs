//! How we speak: the voice of the house, the advice that one of us does not want again, and how we have spoken over the months.
//! What is better said otherwise is judged by `language`; nothing here holds a message back.

mod left;
mod listening;
mod reckoning;
mod sql;
mod voice;

pub use left::{Left, Refused, SEVERAL, is_left, leave, left_by, left_by_several, take_back};
pub use listening::{Example, Found, Spoken, Told};
pub use reckoning::{RECKON, ask, going, jobs, latest, reckon, schedule};
pub use voice::{Amiss, Kept, keep, kept, switch_off};
