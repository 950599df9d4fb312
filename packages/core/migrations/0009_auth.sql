-- A session is one sign-in: a browser's is kept by `token_hash`, that of an app has none and goes by its refresh tokens.
alter table sessions alter column token_hash drop not null;
alter table sessions add column user_agent text;
alter table sessions add column last_used_at timestamptz(3);
create index sessions_user on sessions (user_id);

-- A user sees and ends their sessions in all workspaces.
drop policy workspace on sessions;
create policy workspace on sessions
  using (workspace_id = current_workspace_id() or user_id = current_user_id())
  with check (workspace_id = current_workspace_id());

-- Spent ones are kept until they would have expired: that is how a stolen one is noticed.
create table refresh_tokens (
  workspace_id uuid not null,
  token_hash bytea not null,
  session_id uuid not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  primary key (workspace_id, token_hash),
  foreign key (workspace_id, session_id) references sessions (workspace_id, id) on delete cascade
);
create index refresh_tokens_session on refresh_tokens (workspace_id, session_id);

alter table api_keys add column origins text[] not null default '{}';
alter table api_keys add column expires_at timestamptz(3);
alter table api_keys add column last_used_at timestamptz(3);

-- One open invite for an address; whoever joined, or was not wanted any more, has none.
create table invites (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  email text not null,
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  token_hash bytea not null,
  invited_by text,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  primary key (workspace_id, id),
  unique (workspace_id, email)
);
create index invites_token on invites (workspace_id, token_hash);

-- What follows is of users, who are of the installation: no workspace, no row security.
-- A link to set a new password; the next one replaces it.
create table password_resets (
  user_id uuid primary key references users (id) on delete cascade,
  token_hash bytea not null unique,
  expires_at timestamptz(3) not null
);

-- `secret` is encrypted. Not confirmed: nobody is asked for codes yet. `last_step` is that of the last code, which works once.
create table user_totp (
  user_id uuid primary key references users (id) on delete cascade,
  secret text not null,
  last_step bigint not null default 0,
  created_at timestamptz(3) not null,
  confirmed_at timestamptz(3)
);

create table recovery_codes (
  user_id uuid not null references user_totp (user_id) on delete cascade,
  code_hash bytea not null,
  used_at timestamptz(3),
  primary key (user_id, code_hash)
);

do $$
declare
  name text;
begin
  foreach name in array array['refresh_tokens', 'invites']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace on %I using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id())',
      name
    );
  end loop;
end
$$;
