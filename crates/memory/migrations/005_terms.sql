-- only: sqlite
-- The words of the index, in their order: a view of it, which keeps nothing of its own.
create virtual table moment_terms using fts5vocab (moment_words, instance);
-- end
