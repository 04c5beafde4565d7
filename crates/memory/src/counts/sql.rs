//! Statements about counts.

pub(crate) const MET_BY_CHANNEL: &str = "insert into person_channels (person_id, channel, last_at, moments)
    values ($1, $2, $3, $4) on conflict (person_id, channel) do update
    set last_at = case when person_channels.last_at < excluded.last_at then excluded.last_at else person_channels.last_at end,
        moments = person_channels.moments + excluded.moments";

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
/// The first word of theirs after a time, read from the timeline.
macro_rules! first_unanswered {
    ($data:literal, $said:expr) => {
        concat!(
            "(select min(m.at) from moments m where m.person_id = people.person_id and m.at > coalesce(",
            $said,
            ", -9223372036854775807) and ",
            they_spoke!($data),
            ")"
        )
    };
}
/// When they last spoke, and when we did, with what a batch tells.
macro_rules! heard_now {
    () => {
        "coalesce(case when heard_at >= cast($6 as bigint) then heard_at else $6 end, heard_at)"
    };
}
macro_rules! said_now {
    () => {
        "coalesce(case when said_at >= cast($7 as bigint) then said_at else $7 end, said_at)"
    };
}

/// What reads the data of moments, which one engine keeps as text that it reads as it is, and the other must be told.
pub(crate) struct Turns {
    /// Counts a batch's moments. Whoever speaks is set aside no longer; they wait since the first word of theirs that is
    /// unanswered, and the timeline is read only where an older word of ours came to be known late.
    pub(crate) met: &'static str,
    /// The last words, from the timeline.
    pub(crate) last_words: &'static str,
    /// Since when they wait, from the timeline.
    pub(crate) waits: &'static str,
}

macro_rules! turns {
    ($data:literal) => {
        Turns {
            met: concat!(
                "update people set
                 moments = moments + $2,
                 heard = heard + $3,
                 first_at = case when first_at is null or first_at > $4 then $4 else first_at end,
                 last_at = case when last_at < $5 then $5 else last_at end,
                 kind = case when heard + $3 = 0 then 'address' when heard + $3 < 3 then 'wave'
                             when heard + $3 < 10 then 'acquaintance' else 'regular' end,
                 heard_at = ",
                heard_now!(),
                ", said_at = ",
                said_now!(),
                ", set_aside_until = case when coalesce(cast($6 as bigint) > heard_at, $6 is not null) then null
                     else set_aside_until end,
                 waits_since = case
                   when ",
                heard_now!(),
                " is null or ",
                heard_now!(),
                " <= ",
                said_now!(),
                " then null
                   when (waits_since is not null or cast($8 as bigint) is not null)
                     and coalesce(waits_since > ",
                said_now!(),
                ", true) and coalesce($8 > ",
                said_now!(),
                ", true) then case when waits_since is null or $8 < waits_since then $8 else waits_since end
                   else ",
                first_unanswered!($data, said_now!()),
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
                first_unanswered!($data, "people.said_at"),
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
