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
