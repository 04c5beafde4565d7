-- One row for each person. What can be computed from profiles and moments (name, kind, counts) is kept here only so that
-- a list of a million people can be sorted; it is written in the transaction that changes what it is computed from.
create table people (
  person_id {id} not null primary key,
  created_at {time} not null,
  name text not null,
  sort_name {text} not null,
  -- false while the name is only an address
  named {bool} not null,
  kind {text} not null,
  first_at {time},
  last_at {time} not null,
  moments {int} not null,
  heard {int} not null,
  -- when they last spoke to us, and we to them; since when they wait for a word from us
  heard_at {time},
  said_at {time},
  waits_since {time},
  -- who of us looks after them, and until when the team set them aside: from care
  keeper {id},
  set_aside_until {time}
) {clustered};
create index people_by_last on people (last_at, person_id);
create index people_waiting on people (waits_since, person_id) where waits_since is not null;
create index people_waiting_for on people (keeper, waits_since, person_id) where waits_since is not null;
create index people_by_name on people (sort_name, person_id);
create index people_by_kind on people (kind, last_at, person_id);

-- Source fragments, never changed. home_id is whose it is when nothing is merged.
create table profiles (
  person_id {id} not null,
  profile_id {id} not null,
  home_id {id} not null,
  source {text} not null,
  key {text} not null,
  seen_at {time} not null,
  recorded_at {time} not null,
  fields {json} not null,
  -- by which rule and evidence it came to this person
  matched {json} not null,
  primary key (person_id, profile_id)
) {clustered};

-- Claims of profiles to addresses, numbers and names.
create table handles (
  person_id {id} not null,
  kind {text} not null,
  value {text} not null,
  profile_id {id} not null,
  raw text not null,
  verified {bool} not null,
  seen_at {time} not null,
  primary key (person_id, kind, value, profile_id)
) {clustered};

-- Finds people by handle. One value may lead to several people.
create table directory (
  kind {text} not null,
  value {text} not null,
  person_id {id} not null,
  primary key (kind, value, person_id)
) {clustered};

-- Values that say nothing about who somebody is: shared by several people, or a stand-in.
create table guards (
  kind {text} not null,
  value {text} not null,
  state {text} not null,
  reason text not null,
  at {time} not null,
  primary key (kind, value)
) {clustered};

-- What the team entered by hand; the newest of a field counts, an empty one takes it back.
create table entries (
  person_id {id} not null,
  entry_id {id} not null,
  profile_id {id} not null,
  field {text} not null,
  value text not null,
  by_staff {id},
  at {time} not null,
  primary key (person_id, entry_id)
) {clustered};

create table field_defs (
  name {text} not null primary key,
  label text not null,
  type {text} not null,
  options {json} not null,
  position {int} not null,
  created_at {time} not null
) {clustered};

-- Everything that happened.
create table moments (
  person_id {id} not null,
  at {time} not null,
  moment_id {id} not null,
  profile_id {id} not null,
  recorded_at {time} not null,
  kind {text} not null,
  channel {text} not null,
  direction {text} not null,
  account_id {id},
  by_staff {id},
  thread {text},
  title text not null,
  body text not null,
  data {json} not null,
  originals {json} not null,
  primary key (person_id, at, moment_id)
) {clustered};
create index moments_of_account on moments (account_id, at, moment_id) where account_id is not null;

-- Finds a moment by its id, and by its place in the word index. Something told twice is seen here.
create table moment_directory (
  moment_id {id} not null primary key,
  person_id {id} not null,
  at {time} not null,
  doc {int} not null
) {clustered};
create index moment_directory_by_doc on moment_directory (doc);

-- only: sqlite
create virtual table moment_words using fts5 (
  words, content='', contentless_delete=1, detail=none, tokenize='ascii'
);
-- end
-- only: postgres
create table moment_words (doc bigint not null primary key, words tsvector not null);
create index moment_words_by_word on moment_words using gin (words);
-- end

-- Who of us looks after somebody, and until when the team set them aside; the newest counts.
create table care (
  person_id {id} not null,
  care_id {id} not null,
  profile_id {id} not null,
  keeper {id},
  set_aside_until {time},
  note text not null,
  at {time} not null,
  by_staff {id},
  primary key (person_id, care_id)
) {clustered};

-- By which channels somebody was met.
create table person_channels (
  person_id {id} not null,
  channel {text} not null,
  last_at {time} not null,
  moments {int} not null,
  primary key (person_id, channel)
) {clustered};
create index person_channels_by_channel on person_channels (channel, last_at, person_id);

-- The folded words under which somebody is found, each with the words it stands beside, so that two words are found
-- by reading the entries of one.
create table person_words (
  person_id {id} not null,
  word {text} not null,
  beside {text} not null,
  primary key (person_id, word, beside)
) {clustered};
create index person_words_by_word on person_words (word, person_id, beside);

-- Words of names with one letter left out, so that a mistyped name is found on either engine by the same rule.
create table word_variants (
  variant {text} not null,
  word {text} not null,
  primary key (variant, word)
) {clustered};

create table files (
  person_id {id} not null,
  moment_id {id} not null,
  digest {text} not null,
  profile_id {id} not null,
  primary key (person_id, moment_id, digest)
) {clustered};
create index files_by_digest on files (digest);

create table accounts (
  account_id {id} not null primary key,
  kind {text} not null,
  name text not null,
  sort_name {text} not null,
  about text not null,
  fields {json} not null,
  created_at {time} not null
) {clustered};
create index accounts_by_name on accounts (sort_name, account_id);

-- What somebody is to an account, over time.
create table roles (
  person_id {id} not null,
  role_id {id} not null,
  profile_id {id} not null,
  account_id {id} not null,
  role {text} not null,
  since {time},
  until {time},
  at {time} not null,
  by_staff {id},
  primary key (person_id, role_id)
) {clustered};
create index roles_by_account on roles (account_id, person_id);
create index roles_by_role on roles (role, person_id);

-- Joinings of people, named as they were when joined. Those not undone form a forest over homes.
create table merges (
  merge_id {id} not null primary key,
  one_id {id} not null,
  other_id {id} not null,
  reason text not null,
  at {time} not null,
  by_staff {id},
  undone_at {time},
  undone_by {id}
) {clustered};
create index merges_by_one on merges (one_id);
create index merges_by_other on merges (other_id);

-- Never the same person, whatever rules say.
create table cannot_links (
  one_id {id} not null,
  other_id {id} not null,
  reason text not null,
  at {time} not null,
  by_staff {id},
  primary key (one_id, other_id)
) {clustered};

-- Where a person went who was joined to another.
create table redirects (
  old_id {id} not null primary key,
  person_id {id} not null,
  created_at {time} not null
) {clustered};
create index redirects_by_person on redirects (person_id);

-- People who may be one. Offered, never acted on.
create table duplicates (
  person_id {id} not null,
  other_id {id} not null,
  evidence {json} not null,
  score {real} not null,
  found_at {time} not null,
  primary key (person_id, other_id)
) {clustered};
create index duplicates_by_other on duplicates (other_id);

-- Keyed hashes of what was forgotten, so that an import does not bring it back unasked.
create table forgotten (
  hash {bytes} not null primary key,
  receipt_id {id} not null
) {clustered};

create table receipts (
  receipt_id {id} not null primary key,
  at {time} not null,
  by_staff {id},
  content {json} not null
) {clustered};

create table secrets (
  name {text} not null primary key,
  value {bytes} not null
) {clustered};
