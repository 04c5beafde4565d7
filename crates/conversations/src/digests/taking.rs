//! At the moment of leaving: for each person it is put together from what they asked for and have not seen, the gate is asked, and what it lets
//! pass is taken in the same transaction, once.

use std::collections::{BTreeSet, HashMap, HashSet};

use channels::mail::Mailbox;
use model::{
    Channel, DigestId, Direction, Kind, MomentId, NewMoment, PersonId, PieceId, ProfileId, Time, World,
};
use permission::{Asked, Cleared, Known, Point, Reason, Request, Word, known_many};
use serde_json::json;
use store::{Change, Engine, Notice, Read, ToValue, Value, Write, params};

use super::{Digest, LANE, PIECES, State, contact, in_state, one, sql};
use crate::{
    Result,
    outbox::{self, Issue, LEASE_SECONDS, Letter, Message, Taken, Through},
    pieces::{self, Piece},
};

/// What the digests are for, as the policy calls it.
const PURPOSE: &str = "digest";

/// Who a digest is for, and where.
pub(super) struct Post {
    pub(super) person: PersonId,
    pub(super) point: Point,
}

/// What a mail of a digest carries that only whoever sends it knows.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Its Message-ID.
    pub id: String,
    /// Who writes.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Option<String>,
}

/// What came out for one person.
pub(super) enum Looked {
    /// It may leave.
    Passes { pieces: Vec<PieceId>, topics: Vec<String>, word: Word, cleared: Cleared },
    /// Not yet.
    Waits(Time, String),
    /// Not at all.
    Refused(String, String),
    /// There is nothing that they have not seen.
    Nothing,
}

impl Looked {
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Passes { .. } => "they get it".into(),
            Self::Waits(_, words) => format!("they get it later: {words}"),
            Self::Refused(_, words) => words.clone(),
            Self::Nothing => "there is nothing that they have not seen".into(),
        }
    }
}

/// What a look for digests came to.
#[derive(Debug)]
pub enum Round {
    /// These leave now, for whoever took them; nobody else gets them.
    Taken(Vec<Taken>, MadeOf),
    /// Another process is taking just now.
    Elsewhere,
}

/// What the copies of a round are written from, as it was when they were taken.
#[derive(Debug, Default)]
pub struct MadeOf {
    /// The digests.
    pub digests: Vec<Digest>,
    /// Every piece that may be in them.
    pub pieces: Vec<Piece>,
}

/// What messages that were taken before are written from.
pub fn made_of(db: &mut Read<'_>, taken: &[Taken]) -> Result<MadeOf> {
    let issues = taken.iter().filter_map(|it| it.message.letter.digest.as_ref());
    let ids: BTreeSet<DigestId> = issues.map(|it| it.digest).collect();
    let digests = ids.into_iter().map(|id| one(db, id)).collect::<Result<Vec<_>>>()?;
    Ok(MadeOf { digests: digests.into_iter().flatten().collect(), pieces: pieces::all(db)? })
}

/// Takes what is due, for whoever calls to send now; nobody else gets it.
pub fn take(
    tx: &mut Write<'_>,
    world: &World,
    most: i64,
    envelope: &dyn Fn(&Digest, MomentId) -> Option<Envelope>,
) -> Result<Round> {
    let (now, mut taken, mut made_of) = (world.now(), Vec::new(), MadeOf::default());
    let going = in_state(tx, State::Going)?;
    // Those who take at the same time would only lose a race against each other.
    if tx.engine() == Engine::Postgres
        && !going.is_empty()
        && tx.rows(sql::MY_TURN, &[], |_| Ok(()))?.is_empty()
    {
        return Ok(Round::Elsewhere);
    }
    for digest in going {
        let room = most - taken.len() as i64;
        if room <= 0 {
            break;
        }
        if digest.starts_at > now {
            continue;
        }
        if made_of.digests.is_empty() {
            made_of.pieces = pieces::ready(tx)?;
        }
        if digest.expires_at <= now {
            // Late is worse than never.
            tx.run(sql::EXPIRE, params![digest.id, "message_expired"])?;
        }
        let room = room.min(pace(tx, &digest, now)?);
        let before = taken.len() as i64;
        taken.extend(of_one(tx, world, &digest, &made_of.pieces, room, envelope)?);
        if taken.len() as i64 - before < room && tx.number(sql::LEFT_TO_DO, params![digest.id])? == 0 {
            tx.run(sql::BECOMES, params![digest.id, State::Done.as_str()])?;
            tx.announce(Notice::about("digests", digest.id))?;
        }
        made_of.digests.push(digest);
    }
    Ok(Round::Taken(taken, made_of))
}

/// How many more may leave within this minute.
fn pace(db: &mut Read<'_>, digest: &Digest, now: Time) -> Result<i64> {
    // Counting is only worth it where the pace may bind.
    if digest.per_minute >= 60_000 {
        return Ok(digest.per_minute);
    }
    let within = db.number(sql::WITHIN_A_MINUTE, params![digest.id, now.plus_seconds(-60)])?;
    Ok((digest.per_minute - within).max(0))
}

fn of_one(
    tx: &mut Write<'_>,
    world: &World,
    digest: &Digest,
    ready: &[Piece],
    room: i64,
    envelope: &dyn Fn(&Digest, MomentId) -> Option<Envelope>,
) -> Result<Vec<Taken>> {
    let now = world.now();
    let due = match tx.engine() {
        Engine::Sqlite => sql::DUE_SQLITE,
        Engine::Postgres => sql::DUE_POSTGRES,
    };
    let mut due = tx.rows(due, params![digest.id, now, room], |row| {
        let post = Post { person: row.get(0)?, point: Point::mail(&row.get::<String>(1)?) };
        Ok((post, row.get::<ProfileId>(2)?, row.get::<i64>(3)? > 1))
    })?;
    // Two who became one while it waited for both get it once.
    let mut people = HashSet::new();
    due.retain(|(it, ..)| people.insert(it.person));
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let (posts, (profiles, twins)): (Vec<Post>, (Vec<ProfileId>, Vec<bool>)) =
        due.into_iter().map(|(post, profile, twin)| (post, (profile, twin))).unzip();
    let all = look(tx, digest, ready, &posts, now)?;
    let (mut settled, mut passing) = (Vec::new(), Vec::new());
    for ((post, profile), looked) in posts.iter().zip(&profiles).zip(all) {
        match looked {
            Looked::Passes { pieces, topics, word, cleared } => {
                let moment: MomentId = world.id();
                match envelope(digest, moment) {
                    Some(envelope) => passing.push(Passing {
                        post,
                        profile: *profile,
                        moment,
                        envelope,
                        pieces,
                        topics,
                        word,
                        cleared,
                    }),
                    None => {
                        let why = "its mailbox is not here any more".into();
                        settled.push((post, profile, "refused", why, now));
                    }
                }
            }
            Looked::Waits(until, why) => settled.push((post, profile, "waits", why, until)),
            Looked::Refused(why, _) => settled.push((post, profile, "refused", why, now)),
            Looked::Nothing => settled.push((post, profile, "nothing", String::new(), now)),
        }
    }
    let sets: Vec<Vec<Value<'_>>> = settled
        .iter()
        .map(|(post, profile, state, why, due)| {
            let (person, digest) = (post.person.value(), digest.id.value());
            vec![person, digest, state.value(), why.value(), due.value(), profile.value()]
        })
        .collect();
    tx.many(&sql::SETTLE_POST, &sets)?;
    let taken = keep(tx, world, digest, passing)?;
    let twins = posts.iter().zip(&profiles).zip(twins).filter(|(_, is_twin)| *is_twin);
    let sets: Vec<Vec<Value<'_>>> = twins
        .map(|((post, profile), _)| vec![post.person.value(), digest.id.value(), profile.value()])
        .collect();
    tx.each(sql::LIKE_THE_FIRST, &sets)?;
    Ok(taken)
}

/// What leaves now.
struct Passing<'a> {
    post: &'a Post,
    /// Under which the post is kept.
    profile: ProfileId,
    moment: MomentId,
    envelope: Envelope,
    pieces: Vec<PieceId>,
    topics: Vec<String>,
    word: Word,
    cleared: Cleared,
}

/// Writes down what leaves now: the moment, the message, what they have seen from here on, and that their post is taken.
fn keep(tx: &mut Write<'_>, world: &World, digest: &Digest, passing: Vec<Passing<'_>>) -> Result<Vec<Taken>> {
    if passing.is_empty() {
        return Ok(Vec::new());
    }
    let (now, until) = (world.now(), world.now().plus_seconds(LEASE_SECONDS));
    let moments: Vec<(PersonId, NewMoment)> =
        passing.iter().map(|it| (it.post.person, told(digest, it, now))).collect();
    let kept = memory::note_all(tx, world, &moments)?;
    let people: Vec<PersonId> = passing.iter().map(|it| it.post.person).collect();
    let named = memory::people::some(tx, &people)?.into_iter().filter(|it| it.named);
    let names: HashMap<PersonId, String> = named.map(|it| (it.id, it.name)).collect();
    let messages: Vec<Message> = passing
        .iter()
        .map(|it| Message {
            person: it.post.person,
            moment: it.moment,
            through: Through::Mailbox(digest.mailbox),
            state: outbox::State::Leaving,
            state_at: now,
            tries: 1,
            outcome: Default::default(),
            letter: letter(digest, it, names.get(&it.post.person)),
            asked_at: now,
            by: Some(digest.by),
            purpose: PURPOSE.into(),
            topic: it.topics.first().cloned(),
            channel: "email".into(),
            word: Some(it.word.clone()),
        })
        .collect();
    let texts: Vec<(String, String)> =
        messages.iter().map(|it| (outbox::text(&it.letter), outbox::text(&it.word))).collect();
    let (mailbox, leaving) = (digest.mailbox.uuid(), outbox::State::Leaving.as_str());
    let rows = messages.iter().zip(&texts).zip(&kept);
    let rows = rows.map(|((it, (letter, word)), (_, profile))| {
        let class = it.word.as_ref().map_or("", |word| word.class.as_str());
        let topic = it.topic.as_deref().unwrap_or_default();
        vec![
            it.person.value(),
            it.moment.value(),
            profile.value(),
            mailbox.value(),
            leaving.value(),
            now.value(),
            until.value(),
            it.tries.value(),
            "{}".value(),
            letter.value(),
            now.value(),
            it.by.value(),
            PURPOSE.value(),
            topic.value(),
            class.value(),
            "email".value(),
            word.value(),
            LANE.value(),
        ]
    });
    let rows: Vec<Vec<Value<'_>>> = rows.collect();
    let seen = passing.iter().zip(&kept).flat_map(|(it, (_, profile))| {
        let row = |piece: &'_ PieceId| {
            vec![it.post.person.value(), piece.value().into_owned(), profile.value(), it.moment.value()]
        };
        it.pieces.iter().map(row).collect::<Vec<_>>()
    });
    let seen: Vec<Vec<Value<'_>>> = seen.collect();
    let posts = passing.iter().map(|it| {
        let (person, digest) = (it.post.person.value(), digest.id.value());
        vec![person, digest, it.moment.value(), now.value(), it.profile.value()]
    });
    let posts: Vec<Vec<Value<'_>>> = posts.collect();
    tx.all(&[
        Change::Load { table: sql::MESSAGES.0, columns: sql::MESSAGES.1, rows },
        Change::Load { table: sql::SEEN.0, columns: sql::SEEN.1, rows: seen },
        Change::Many { many: &sql::TAKE_POST, sets: posts },
    ])?;
    let cleared = passing.into_iter().map(|it| vec![it.cleared]);
    Ok(messages.into_iter().zip(cleared).map(|(message, cleared)| Taken { message, cleared }).collect())
}

/// What the timeline tells of it: that it came, and what was in it; the words stay with the pieces.
fn told(digest: &Digest, it: &Passing<'_>, now: Time) -> NewMoment {
    NewMoment {
        key: it.moment.to_string(),
        at: now,
        kind: Kind::Outreach,
        channel: Channel::Email,
        direction: Direction::Said,
        account: None,
        by: Some(digest.by),
        thread: Some(it.envelope.id.clone()),
        title: digest.subject.clone(),
        body: String::new(),
        data: json!({ "message_id": it.envelope.id, "digest": digest.id, "pieces": it.pieces }),
        originals: Vec::new(),
    }
}

fn letter(digest: &Digest, it: &Passing<'_>, name: Option<&String>) -> Letter {
    Letter {
        id: it.envelope.id.clone(),
        from: Some(it.envelope.from.clone()),
        reply_to: it.envelope.reply_to.clone(),
        to: vec![Mailbox { name: None, address: contact(&it.post.point) }],
        subject: digest.subject.clone(),
        digest: Some(Issue {
            digest: digest.id,
            pieces: it.pieces.clone(),
            topics: it.topics.clone(),
            name: name.cloned(),
        }),
        ..Letter::default()
    }
}

/// What comes out for each: the topics they asked for that have something new, and what the gate says of them.
pub(super) fn look(
    db: &mut Read<'_>,
    digest: &Digest,
    ready: &[Piece],
    posts: &[Post],
    now: Time,
) -> Result<Vec<Looked>> {
    let people: Vec<PersonId> = posts.iter().map(|it| it.person).collect();
    let known = known_many(db, &people)?;
    let seen = seen(db, &people)?;
    let mut history = outbox::heard_by(db, &people, now)?;
    let points: Vec<[(String, Point); 1]> =
        posts.iter().map(|it| [(contact(&it.point), it.point.clone())]).collect();
    let fresh: Vec<Vec<&Piece>> =
        known.iter().map(|it| fresh(digest, ready, it, seen.get(&it.person))).collect();
    let (mut asked, mut whose) = (Vec::new(), Vec::new());
    for (n, known) in known.iter().enumerate() {
        let heard = history.remove(&known.person).unwrap_or_default();
        let mut topics: Vec<&str> = fresh[n].iter().map(|it| it.topic.as_str()).collect();
        topics.sort_unstable();
        topics.dedup();
        for topic in topics {
            whose.push((n, topic.to_owned()));
            let request = request(digest, topic);
            asked.push(Asked {
                known,
                points: &points[n],
                request,
                history: heard.clone(),
                we_rest_until: None,
            });
        }
    }
    let words = permission::ask(db, &asked, now)?;
    let mut answers: Vec<Vec<(String, Word, Vec<Cleared>)>> = posts.iter().map(|_| Vec::new()).collect();
    for ((n, topic), (word, cleared)) in whose.into_iter().zip(words) {
        answers[n].push((topic, word, cleared));
    }
    Ok(answers.into_iter().zip(fresh).map(|(answers, fresh)| whole(answers, &fresh)).collect())
}

/// What they have not seen, in their language, the newest first.
fn fresh<'a>(
    digest: &Digest,
    ready: &'a [Piece],
    known: &Known,
    seen: Option<&HashSet<PieceId>>,
) -> Vec<&'a Piece> {
    let language = known.in_force.wishes.language.as_deref();
    let speaks = |it: &Piece| {
        it.language.is_empty()
            || language.is_none_or(|theirs| it.language.split('-').next() == theirs.split('-').next())
    };
    let is_new = |it: &Piece| seen.is_none_or(|seen| !seen.contains(&it.id));
    ready.iter().filter(|it| digest.is_about(&it.topic) && speaks(it) && is_new(it)).collect()
}

fn whole(answers: Vec<(String, Word, Vec<Cleared>)>, fresh: &[&Piece]) -> Looked {
    let mut passed: Option<(Word, Cleared)> = None;
    let mut topics = Vec::new();
    let mut waits: Option<(Time, String)> = None;
    let mut refused = None;
    for (topic, word, cleared) in answers {
        match (cleared.into_iter().next(), word.waits().map(|(at, why)| (at, why.to_owned()))) {
            (Some(cleared), _) => {
                topics.push(topic);
                passed.get_or_insert((word, cleared));
            }
            (None, Some((until, why))) => {
                if waits.as_ref().is_none_or(|(at, _)| until < *at) {
                    waits = Some((until, why));
                }
            }
            (None, None) => {
                let answer = word
                    .refused()
                    .next()
                    .map(|(_, it)| (it.reason.clone().unwrap_or_default(), it.words.clone()));
                // Nobody who asked for one topic is refused another that they never asked for; it is not theirs.
                let answer = answer.filter(|(reason, _)| *reason != Reason::NoPermission.name());
                refused = refused.or(answer);
            }
        }
    }
    match (passed, waits, refused) {
        (Some((word, cleared)), ..) => {
            let within = fresh.iter().filter(|it| topics.contains(&it.topic)).take(PIECES);
            Looked::Passes { pieces: within.map(|it| it.id).collect(), topics, word, cleared }
        }
        (None, Some((until, why)), _) => Looked::Waits(until, why),
        (None, None, Some((why, words))) => Looked::Refused(why, words),
        (None, None, None) => Looked::Nothing,
    }
}

fn request(digest: &Digest, topic: &str) -> Request {
    Request {
        purpose: PURPOSE.into(),
        topic: Some(topic.to_owned()),
        dedupe_key: digest.id.to_string(),
        expires_at: Some(digest.expires_at),
        contains_promotion: false,
        can_wait: true,
        template: false,
        track_opens: false,
    }
}

fn seen(db: &mut Read<'_>, people: &[PersonId]) -> Result<HashMap<PersonId, HashSet<PieceId>>> {
    let asked: Vec<Value<'_>> = people.iter().map(ToValue::value).collect();
    let rows = memory::each_in(db, sql::seen, &[], &asked, |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<PieceId>(1)?))
    })?;
    let mut all: HashMap<PersonId, HashSet<PieceId>> = HashMap::new();
    rows.into_iter().for_each(|(person, piece)| {
        all.entry(person).or_default().insert(piece);
    });
    Ok(all)
}
