//! Somebody asks in the talk to have deleted what was said in it.
//!
//! Single moments are never taken out of a memory: words in the index, who waits, what was counted would each have to be undone, and our
//! answers would stand there without what they answer. So there are two ways. Whoever is known by nothing but this talk is forgotten as a
//! whole, at once. For whoever is known otherwise as well - a site vouches for them, they were joined with somebody, they wrote by mail,
//! one of us wrote something down - the wish is a line of the talk, so that one of us sees it, does it and answers. A key shows who sat
//! at a browser and nothing more: with it nobody can delete what may be somebody else's.

use memory::forgetting::{self, AskedBy, TakenOut};
use model::{AuditId, World};
use store::{Notice, Read, Write, params};

use super::{Heard, Key, SOURCE, Talk, hear, sql};
use crate::Result;

/// What the wish is called among the lines.
const WISH: &str = "Please delete what was said in this chat, here and with you.";

/// What came of it.
#[derive(Debug)]
pub enum Erased {
    /// They are forgotten.
    Gone(TakenOut),
    /// The wish is kept as a line of the talk, for one of us.
    Asked,
}

/// Whether nothing is known of them but what was said in this talk.
pub fn is_all_we_know(db: &mut Read<'_>, talk: &Talk) -> Result<bool> {
    let others = db.number(sql::OTHER_PROFILES, params![talk.person, SOURCE, talk.id.to_string()])?;
    Ok(!talk.vouched && others == 0)
}

/// Deletes what was said in a talk, or asks us to. `name` is what the browser calls the wish, so that it is kept once.
pub fn erase(tx: &mut Write<'_>, world: &World, key: &Key, talk: &Talk, name: &str) -> Result<Erased> {
    if !is_all_we_know(tx, talk)? {
        let heard = Heard { name: name.into(), text: WISH.into(), page: String::new(), files: Vec::new() };
        hear(tx, world, talk.site, key, &heard)?;
        return Ok(Erased::Asked);
    }
    let receipt: AuditId = world.id();
    let out = forgetting::take_out(tx, world, talk.person, AskedBy::Themselves, receipt)?;
    // Other windows that show it hear that it is over.
    tx.announce(Notice::about("talk", talk.id))?;
    Ok(Erased::Gone(out))
}
