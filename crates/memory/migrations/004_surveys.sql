-- How somebody felt is looked up for everybody at once.
create index moments_surveys on moments (at) where kind = 'survey';
