-- Few are set aside among all who wait.
create index people_aside on people (set_aside_until) where set_aside_until is not null;
