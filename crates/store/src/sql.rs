//! The store's own statements.

/// Compiling a statement takes longer than any of ours may run.
pub(crate) const CONNECTED: &str = "set jit = off";
pub(crate) const BEGIN_READ: &str = "begin isolation level repeatable read read only";
/// A table that is read from end to end counts as read whole, so that every other write to it would be a lost race; and
/// while it is small, or nothing is known of its size yet, the planner likes to do that.
pub(crate) const BEGIN_WRITE: &str = "begin isolation level serializable; set local enable_seqscan = off";
pub(crate) const COMMIT: &str = "commit";
pub(crate) const ROLLBACK: &str = "rollback";
/// One notice for each line.
pub(crate) const NOTIFY: &str = "select pg_notify($1, line) from string_to_table($2, E'\\n') line";
pub(crate) const LISTEN: &str = "listen regard";

/// Gives the types of a table's columns without reading a row.
pub(crate) fn shape(table: &str, columns: &str) -> String {
    format!("select {columns} from {table} limit 0")
}

pub(crate) fn copy_in(table: &str, columns: &str) -> String {
    format!("copy {table} ({columns}) from stdin binary")
}

pub(crate) const MIGRATIONS_TABLE: &str = "create table if not exists migrations (
    room {text} not null, number {int} not null, name {text} not null, digest {text} not null, at {time} not null,
    primary key (room, number))";
pub(crate) const MIGRATIONS_DONE: &str =
    "select room, number, name, digest from migrations order by room, number";
pub(crate) const MIGRATION_NOTE: &str =
    "insert into migrations (room, number, name, digest, at) values ($1, $2, $3, $4, $5)";
/// Two programs starting at once must not both migrate; the number is arbitrary, but ours.
pub(crate) const MIGRATION_LOCK: &str = "select pg_advisory_xact_lock(7234017283807667300)";

pub(crate) const JOB_ADD: &str = "insert into jobs
    (job_id, kind, key, payload, created_at, due_at, leased_until, attempts, dead, last_error)
    values ($1, $2, $3, $4, $5, $6, 0, 0, false, '')
    on conflict (kind, key) do update set payload = excluded.payload, attempts = 0, dead = false,
    due_at = case when jobs.dead or excluded.due_at < jobs.due_at then excluded.due_at else jobs.due_at end";

const JOB_TAKE_SQLITE: &str = "update jobs set leased_until = $2, attempts = attempts + 1
    where job_id in (select job_id from jobs where dead = false and due_at <= $1 and leased_until <= $1
                     order by due_at limit $3)
    returning job_id, kind, key, payload, created_at, due_at, attempts, dead, last_error";
const JOB_TAKE_POSTGRES: &str = "update jobs set leased_until = $2, attempts = attempts + 1
    where job_id in (select job_id from jobs where dead = false and due_at <= $1 and leased_until <= $1
                     order by due_at limit $3 for update skip locked)
    returning job_id, kind, key, payload, created_at, due_at, attempts, dead, last_error";

/// Leases jobs that are due, so that no two workers hold one.
pub(crate) fn job_take(engine: crate::engine::Engine) -> &'static str {
    match engine {
        crate::engine::Engine::Sqlite => JOB_TAKE_SQLITE,
        crate::engine::Engine::Postgres => JOB_TAKE_POSTGRES,
    }
}

/// A job that was asked for again while it was done has no attempts: what was done may not have seen what is new.
pub(crate) const JOB_DONE: &str = "delete from jobs where job_id = $1 and attempts > 0";
pub(crate) const JOB_AGAIN: &str = "update jobs set leased_until = 0 where job_id = $1 and attempts = 0";
pub(crate) const JOB_FAILED: &str = "update jobs set due_at = $2, leased_until = 0, dead = $3 and attempts > 0, last_error = $4 where job_id = $1";
pub(crate) const JOB_KEEP: &str = "update jobs set leased_until = $2 where job_id = $1";
pub(crate) const JOB_REVIVE: &str =
    "update jobs set dead = false, attempts = 0, due_at = $2, leased_until = 0 where job_id = $1";
pub(crate) const JOB_LIST: &str =
    "select job_id, kind, key, payload, created_at, due_at, attempts, dead, last_error
    from jobs order by dead desc, due_at limit $1";

/// Rewrites a table so that its deleted rows are gone from the disk.
pub(crate) fn vacuum(table: &str) -> String {
    format!("vacuum (full) {table}")
}

/// Folds SQLite's log back: `passive` as far as nobody is in the way, `truncate` whole.
pub(crate) fn checkpoint(how: &str) -> String {
    format!("pragma wal_checkpoint({how})")
}

pub(crate) const COMPACT: &str = "vacuum; pragma wal_checkpoint(truncate);";

/// A place of its own for one test.
#[cfg(feature = "trial")]
pub(crate) fn create_schema(name: &str) -> String {
    format!("create schema {name}")
}

/// Looks for damage.
pub(crate) const CHECK_SQLITE: &str = "pragma quick_check(20)";
pub(crate) const CHECK_POSTGRES: &str = "select 'ok'";
