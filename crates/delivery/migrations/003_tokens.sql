-- Whether somebody let us in at a provider, instead of a password.
alter table mailboxes add column by_tokens {bool} not null default false;
-- Until when a process has said that it is getting the next token: providers take each renewal once only.
alter table mailboxes add column renewing_until {time};

-- Somebody was sent to a provider to say yes; what shall become of the answer, sealed.
create table mailbox_consents (
  -- the digest of what the provider is to hand back
  state {text} not null primary key,
  by_staff {id} not null,
  sealed {bytes} not null,
  expires_at {time} not null
) {clustered};
