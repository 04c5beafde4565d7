-- Receipts are a chain: each is counted and names the digest of the one before. Those from before that have no number.
alter table receipts add column number {int};
-- Whose rows went, by every id that led to them: so that they go again when a backup brings them back.
alter table receipts add column people {json};
create unique index receipts_by_number on receipts (number);

-- For how many days something is kept that is out of the memory's own reach: backups.
create table retention (
  name {text} not null primary key,
  days {int} not null
) {clustered};
