//! Pieces: what is worth passing on. Our own, others' with a word on why, and what people we know have told, as long as they let us.

mod sql;

use model::{MomentId, PersonId, PieceId, StaffId, Time, World};
use permission::topics;
use serde::{Deserialize, Serialize};
use store::{Read, Row, Write, params};

use crate::{ConversationError, Result, lines::line};

/// Characters of a piece: a digest is read in minutes.
const LONGEST: usize = 4000;
/// Pieces that are looked through for one digest.
pub const MOST: i64 = 500;

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// We wrote it.
    Own,
    /// Somebody else did, and it is good.
    Other,
    /// Somebody we know told it, and lets us pass it on.
    Story,
}

impl Kind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Other => "other",
            Self::Story => "story",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "own" => Ok(Self::Own),
            "other" => Ok(Self::Other),
            "story" => Ok(Self::Story),
            _ => Err(format!("\u{201c}{text}\u{201d} is no kind of piece")),
        }
    }
}

/// Something worth passing on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Its id.
    pub id: PieceId,
    /// Whose it is.
    pub kind: Kind,
    /// Under which topic it comes.
    pub topic: String,
    /// In which language it is (BCP 47); nothing for every.
    pub language: String,
    /// What it is called.
    pub title: String,
    /// What it says.
    pub words: String,
    /// Where there is more of it.
    pub link: String,
    /// Why it is worth their time.
    pub why: String,
    /// Who of us recommends it.
    pub recommended_by: Option<StaffId>,
    /// When it was written down.
    pub made_at: Time,
    /// By whom.
    pub made_by: StaffId,
    /// Since when it may be passed on.
    pub ready_at: Option<Time>,
    /// Since when it is not any more.
    pub ended_at: Option<Time>,
}

fn read(row: &Row<'_>) -> store::Result<Piece> {
    Ok(Piece {
        id: row.get(0)?,
        kind: row.parse(1)?,
        topic: row.get(2)?,
        language: row.get(3)?,
        title: row.get(4)?,
        words: row.get(5)?,
        link: row.get(6)?,
        why: row.get(7)?,
        recommended_by: row.get(8)?,
        made_at: row.get(9)?,
        made_by: row.get(10)?,
        ready_at: row.get(11)?,
        ended_at: row.get(12)?,
    })
}

/// All of them, the newest first. A story whose teller is gone, or takes it back, is not among them.
pub fn all(db: &mut Read<'_>) -> Result<Vec<Piece>> {
    Ok(db.rows(sql::ALL, params![MOST], read)?)
}

/// Those that may be passed on, the newest first.
pub fn ready(db: &mut Read<'_>) -> Result<Vec<Piece>> {
    let is_ready = |it: &Piece| it.ready_at.is_some() && it.ended_at.is_none();
    Ok(all(db)?.into_iter().filter(is_ready).collect())
}

/// One of them.
pub fn one(db: &mut Read<'_>, id: PieceId) -> Result<Option<Piece>> {
    Ok(all(db)?.into_iter().find(|it| it.id == id))
}

/// Who told a story, and where they allowed it to be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub by: PersonId,
    /// The moment in which they allowed it.
    pub allowed: MomentId,
}

/// Who told a piece that is a story.
pub fn told(db: &mut Read<'_>, id: PieceId) -> Result<Option<Told>> {
    Ok(db.first(sql::TOLD, params![id], |row| Ok(Told { by: row.get(0)?, allowed: row.get(1)? }))?)
}

/// Keeps a piece, over what it was before.
///
/// # Errors
/// [`ConversationError::Unfit`] names the field. A story needs somebody who told it and allowed it.
pub fn keep(tx: &mut Write<'_>, world: &World, piece: &Piece, told: Option<Told>) -> Result<()> {
    let unfit = |field, why: &str| Err(ConversationError::Unfit { field, why: why.into() });
    let (title, words) = (line("title", &piece.title)?, piece.words.trim().replace("\r\n", "\n"));
    match words.chars().count() {
        0 if piece.link.is_empty() => return unfit("words", "say nothing, and there is no link"),
        0..=LONGEST => {}
        _ => return unfit("words", "are longer than a digest is read (4,000 characters)"),
    }
    if !piece.link.is_empty() && !piece.link.starts_with("https://") && !piece.link.starts_with("http://") {
        return unfit("link", "does not begin with https://");
    }
    if piece.kind == Kind::Other && (piece.link.is_empty() || piece.why.trim().is_empty()) {
        return unfit(
            "why",
            "and a link are needed for what others wrote: where it is, and why it is worth their time",
        );
    }
    if !topics::all(tx)?.iter().any(|it| it.key == piece.topic) {
        return unfit("topic", "is none that is there");
    }
    let is_story = piece.kind == Kind::Story;
    if is_story != told.is_some() {
        return unfit("told_by", "has to be named for a story, and only for one");
    }
    let (kept_title, kept_words) =
        if is_story { (String::new(), String::new()) } else { (title.clone(), words.clone()) };
    tx.run(
        sql::KEEP,
        params![
            piece.id,
            piece.kind.as_str(),
            piece.topic,
            piece.language.trim(),
            kept_title,
            kept_words,
            piece.link.trim(),
            piece.why.trim(),
            piece.recommended_by,
            world.now(),
            piece.made_by,
            piece.ready_at,
            piece.ended_at
        ],
    )?;
    if let Some(Told { by, allowed }) = told {
        let by = memory::current(tx, by)?;
        if tx.run(sql::KEEP_STORY, params![by, piece.id, allowed, title, words])? != 1 {
            return unfit("told_by", "did not allow it at that moment");
        }
    }
    Ok(())
}
