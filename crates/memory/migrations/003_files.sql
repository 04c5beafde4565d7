-- A file comes with a moment, or with what a source says of somebody: a photo on an address card.
alter table files rename column moment_id to came_with;
