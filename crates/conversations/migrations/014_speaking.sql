-- How the house speaks: its word for people, what it never says, names, rules that are off. Kept to the letter, so that whoever has
-- read it sees at once whether it is still the same.
create table voices (
  what {text} not null primary key,
  content text not null,
  at {time} not null,
  by_staff {id} not null
) {clustered};

-- Advice that one of us does not want again: a rule, and the words it found, in small letters.
create table advice_left (
  staff_id {id} not null,
  rule {text} not null,
  words text not null,
  at {time} not null,
  primary key (staff_id, rule, words)
) {clustered};

-- How we have spoken: counts by rule, and ids of moments. No word of anybody; a rule of the house is called by what the house never says.
create table spoken (
  what {text} not null primary key,
  at {time} not null,
  content text not null
) {clustered};
