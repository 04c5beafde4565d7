//! Statements about pieces.

pub(crate) const ALL: &str = "select p.piece_id, p.kind, p.topic, p.language, coalesce(s.title, p.title), coalesce(s.words, p.words), p.link,
    p.why, p.recommended_by, p.made_at, p.made_by, p.ready_at, p.ended_at
    from pieces p left join stories s on s.piece_id = p.piece_id
    where p.kind <> 'story' or s.piece_id is not null order by p.made_at desc, p.piece_id limit $1";
pub(crate) const KEEP: &str = "insert into pieces (piece_id, kind, topic, language, title, words, link, why, recommended_by,
    made_at, made_by, ready_at, ended_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (piece_id) do update set kind = excluded.kind, topic = excluded.topic, language = excluded.language,
    title = excluded.title, words = excluded.words, link = excluded.link, why = excluded.why,
    recommended_by = excluded.recommended_by, ready_at = excluded.ready_at, ended_at = excluded.ended_at";
pub(crate) const KEEP_STORY: &str =
    "insert into stories (person_id, piece_id, profile_id, moment_id, title, words)
    select m.person_id, $2, m.profile_id, m.moment_id, $4, $5 from moments m
    where m.person_id = $1 and m.moment_id = $3
    and m.at = (select d.at from moment_directory d where d.moment_id = $3)
    on conflict (person_id, piece_id) do update set moment_id = excluded.moment_id, title = excluded.title,
    words = excluded.words";
pub(crate) const TOLD: &str = "select person_id, moment_id from stories where piece_id = $1";
