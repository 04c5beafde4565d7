//! Statements about topics.

pub(crate) const ALL: &str = "select topic, purpose, name, words, ended_at from topics
    order by case when ended_at is null then 0 else 1 end, name, topic";
pub(crate) const KEEP: &str = "insert into topics (topic, purpose, name, words, made_at, ended_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (topic) do update set purpose = excluded.purpose, name = excluded.name, words = excluded.words,
    ended_at = excluded.ended_at";
