//! Statements about offers.

/// The pair is kept in one order, so that it is offered once.
pub(crate) const ADD_DUPLICATE: &str = "insert into duplicates (person_id, other_id, evidence, score, found_at)
    values ($1, $2, $3, $4, $5) on conflict (person_id, other_id) do update
    set evidence = case when duplicates.score < excluded.score then excluded.evidence else duplicates.evidence end,
        score = case when duplicates.score < excluded.score then excluded.score else duplicates.score end";
pub(crate) const CANNOT: &str = "select 1 from cannot_links where one_id = $1 and other_id = $2";
