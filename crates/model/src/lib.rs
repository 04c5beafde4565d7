//! The words everyone in Regard shares. No files, no sockets, no SQL.
//!
//! A [`Moment`] is one thing that happened with a person. A [`Handle`] is a way to reach or recognise
//! somebody. A [`Fragment`] is what one source says about somebody, with the moments it tells of.

mod fold;
mod fragment;
mod handle;
mod id;
mod moment;
mod money;
mod time;
mod world;

pub use fold::{fold, fold_words, search_words};
pub use fragment::{Fields, Fragment, NewMoment, RoleClaim, file_digest, picture};
pub use handle::{Handle, HandleError, HandleKind, is_role_mailbox};
pub use id::{
    AccountId, AuditId, DigestId, DraftId, FieldId, FileId, FollowerId, GoodwillId, Id, IdError, ImportId,
    JobId, MailboxId, MergeId, MessengerId, MomentId, Named, PersonId, PieceId, ProfileId, PromiseId,
    RefusalId, ReplyId, RoleId, SessionId, SiteId, StaffId, TalkId, TokenId,
};
pub use moment::{Channel, Direction, Item, Kind, Moment, Original, Purchase, Turn};
pub use money::{Money, MoneyError};
pub use time::{Clock, StillClock, Stopwatch, SystemClock, Time, TimeError};
pub use world::{Chance, SeededChance, SystemChance, World};
