//! Statements about counts.

use store::Many;

macro_rules! met_by_channel {
    ($rows:literal) => {
        concat!(
            "insert into person_channels (person_id, channel, last_at, moments) ",
            $rows,
            " on conflict (person_id, channel) do update
            set last_at = case when person_channels.last_at < excluded.last_at then excluded.last_at
                               else person_channels.last_at end,
                moments = person_channels.moments + excluded.moments"
        )
    };
}
pub(crate) const MET_BY_CHANNEL: Many = Many {
    each: met_by_channel!("values ($1, $2, $3, $4)"),
    at_once: met_by_channel!(
        "select * from unnest(cast($1 as uuid[]), cast($2 as text[]), cast($3 as bigint[]), cast($4 as bigint[]))"
    ),
};

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
/// When they last spoke, or we did, with what a batch tells.
macro_rules! later {
    ($known:literal, $told:literal) => {
        concat!(
            "coalesce(case when ",
            $known,
            " >= ",
            $told,
            " then ",
            $known,
            " else ",
            $told,
            " end, ",
            $known,
            ")"
        )
    };
}
/// What a batch adds to its people; the parameters in the order of [`super::met`].
macro_rules! met {
    ($data:literal, $moments:literal, $heard:literal, $first:literal, $last:literal, $asked:literal, $said:literal,
     $unanswered:literal, $of:literal) => {
        concat!(
            "update people set
             moments = moments + ",
            $moments,
            ",
             heard = heard + ",
            $heard,
            ",
             first_at = case when first_at is null or first_at > ",
            $first,
            " then ",
            $first,
            " else first_at end,
             last_at = case when last_at < ",
            $last,
            " then ",
            $last,
            " else last_at end,
             kind = case when heard + ",
            $heard,
            " = 0 then 'address' when heard + ",
            $heard,
            " < 3 then 'wave'
                         when heard + ",
            $heard,
            " < 10 then 'acquaintance' else 'regular' end,
             heard_at = ",
            later!("heard_at", $asked),
            ",
             said_at = ",
            later!("said_at", $said),
            ",
             set_aside_until = case when coalesce(",
            $asked,
            " > heard_at, ",
            $asked,
            " is not null) then null
                 else set_aside_until end,
             waits_since = case
               when ",
            later!("heard_at", $asked),
            " is null
                 or ",
            later!("heard_at", $asked),
            " <= ",
            later!("said_at", $said),
            " then null
               when (waits_since is not null or ",
            $unanswered,
            " is not null)
                 and coalesce(waits_since > ",
            later!("said_at", $said),
            ", true)
                 and coalesce(",
            $unanswered,
            " > ",
            later!("said_at", $said),
            ", true)
                 then case when waits_since is null or ",
            $unanswered,
            " < waits_since then ",
            $unanswered,
            "
                      else waits_since end
               else ",
            first_unanswered!($data, later!("said_at", $said)),
            " end",
            $of
        )
    };
}

/// What reads the data of moments, which one engine keeps as text that it reads as it is, and the other must be told.
pub(crate) struct Turns {
    /// Counts a batch's moments. Whoever speaks is set aside no longer; they wait since the first word of theirs that is
    /// unanswered, and the timeline is read only where an older word of ours came to be known late.
    pub(crate) met: Many,
    /// The last words, from the timeline.
    pub(crate) last_words: &'static str,
    /// Since when they wait, from the timeline.
    pub(crate) waits: &'static str,
}

macro_rules! turns {
    ($data:literal) => {
        Turns {
            met: Many {
                each: met!(
                    $data,
                    "$2",
                    "$3",
                    "$4",
                    "$5",
                    "cast($6 as bigint)",
                    "cast($7 as bigint)",
                    "cast($8 as bigint)",
                    " where person_id = $1"
                ),
                at_once: met!(
                    $data,
                    "v.moments_more",
                    "v.heard_more",
                    "v.first_told",
                    "v.last_told",
                    "v.asked",
                    "v.said",
                    "v.unanswered",
                    " from unnest(cast($1 as uuid[]), cast($2 as bigint[]), cast($3 as bigint[]), cast($4 as bigint[]),
                        cast($5 as bigint[]), cast($6 as bigint[]), cast($7 as bigint[]), cast($8 as bigint[]))
                        as v (of_person, moments_more, heard_more, first_told, last_told, asked, said, unanswered)
                      where person_id = v.of_person"
                ),
            },
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
