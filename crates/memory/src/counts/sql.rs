//! Statements about counts.

pub(crate) const MET_BY_CHANNEL: &str = "insert into person_channels (person_id, channel, last_at, moments)
    values ($1, $2, $3, $4) on conflict (person_id, channel) do update
    set last_at = case when person_channels.last_at < excluded.last_at then excluded.last_at else person_channels.last_at end,
        moments = person_channels.moments + excluded.moments";
pub(crate) const MET: &str = "update people set
    moments = moments + $2,
    heard = heard + $3,
    first_at = case when first_at is null or first_at > $4 then $4 else first_at end,
    last_at = case when last_at < $5 then $5 else last_at end,
    kind = case when heard + $3 = 0 then 'address' when heard + $3 < 3 then 'wave'
                when heard + $3 < 10 then 'acquaintance' else 'regular' end
    where person_id = $1";

pub(crate) const COUNT: &str = "select channel, count(*), cast(sum(case when direction in ('heard', 'together') then 1 else 0 end) as bigint),
    min(at), max(at) from moments where person_id = $1 group by channel";
pub(crate) const DROP_CHANNELS: &str = "delete from person_channels where person_id = $1";
pub(crate) const RECOUNT: &str =
    "update people set moments = $2, heard = $3, first_at = $4, last_at = $5, kind = $6
    where person_id = $1";

/// [`model::Turn::Ours`], of moments `m`, whose data is read in the engine's own way.
macro_rules! they_spoke {
    ($data:literal) => {
        concat!(
            "m.direction = 'heard' and m.kind in ('email', 'chat', 'message', 'call') and ",
            $data,
            " ->> 'automatic' is null and ",
            $data,
            " ->> 'list' is null"
        )
    };
}
/// [`model::Turn::Theirs`], likewise.
macro_rules! we_spoke {
    ($data:literal) => {
        concat!(
            "((m.direction = 'said' and m.kind in ('email', 'chat', 'message', 'call'))
              or (m.direction = 'together' and m.kind in ('call', 'visit', 'meeting'))
              or (m.direction = 'noted' and ",
            $data,
            " ->> 'settled' is not null)) and ",
            $data,
            " ->> 'automatic' is null and ",
            $data,
            " ->> 'list' is null"
        )
    };
}
/// The first word of theirs after our last, read from the timeline.
macro_rules! first_unanswered {
    ($data:literal) => {
        concat!(
            "(select min(m.at) from moments m where m.person_id = people.person_id
              and m.at > coalesce(people.said_at, -9223372036854775807) and ",
            they_spoke!($data),
            ")"
        )
    };
}
/// When they last spoke to us, and we to them, by what a batch tells. Whoever speaks is set aside no longer.
pub(crate) const SPOKEN: &str = "update people set
    heard_at = case when heard_at is null or heard_at < $2 then coalesce($2, heard_at) else heard_at end,
    said_at = case when said_at is null or said_at < $3 then coalesce($3, said_at) else said_at end,
    set_aside_until = case when coalesce($2 > heard_at, $2 is not null) then null else set_aside_until end
    where person_id = $1";

/// What reads the data of moments, which one engine keeps as text that it reads as it is, and the other must be told.
pub(crate) struct Turns {
    /// Since when they wait, by the first word of theirs that a batch leaves unanswered. The timeline is read only where an
    /// older word of ours came to be known late.
    pub(crate) unanswered: &'static str,
    /// The last words, from the timeline.
    pub(crate) last_words: &'static str,
    /// Since when they wait, from the timeline.
    pub(crate) waits: &'static str,
}

macro_rules! turns {
    ($data:literal) => {
        Turns {
            unanswered: concat!(
                "update people set waits_since = case
                   when heard_at is null or heard_at <= said_at then null
                   when (waits_since is not null or cast($2 as bigint) is not null)
                     and coalesce(waits_since > said_at, true) and coalesce($2 > said_at, true)
                     then case when waits_since is null or $2 < waits_since then $2 else waits_since end
                   else ",
                first_unanswered!($data),
                " end where person_id = $1"
            ),
            last_words: concat!(
                "update people set heard_at = (select max(m.at) from moments m where m.person_id = $1 and ",
                they_spoke!($data),
                "), said_at = (select max(m.at) from moments m where m.person_id = $1 and ",
                we_spoke!($data),
                ") where person_id = $1"
            ),
            waits: concat!(
                "update people set waits_since = ",
                first_unanswered!($data),
                " where person_id = $1"
            ),
        }
    };
}

pub(crate) fn turns(engine: store::Engine) -> &'static Turns {
    const SQLITE: Turns = turns!("m.data");
    const POSTGRES: Turns = turns!("cast(m.data as json)");
    match engine {
        store::Engine::Sqlite => &SQLITE,
        store::Engine::Postgres => &POSTGRES,
    }
}
