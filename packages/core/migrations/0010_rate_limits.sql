-- How often a key was used until it expires (ms since 1970), as rate-limiter-flexible counts it. Not a tenant table: a
-- key is the keyed hash of an address, an account, a credential or a workspace. Unlogged, because a crash may forget it.
create unlogged table rate_limits (
  key varchar(255) primary key,
  points integer not null,
  expire bigint not null
);
create index rate_limits_expire on rate_limits (expire);
