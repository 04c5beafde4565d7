//! Statements about what was seen of our domains.

pub(super) const ALL: &str = "select domain, looked_at, findings from domain_looks order by domain";
pub(super) const KEEP: &str = "insert into domain_looks (domain, looked_at, findings) values ($1, $2, $3)
    on conflict (domain) do update set looked_at = excluded.looked_at, findings = excluded.findings";
