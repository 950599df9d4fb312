-- Trigram search over lead_search. A trusted extension: the owner of the database may create it.
create extension if not exists pg_trgm;

-- Who may see a row: `leadnest.workspace_id` is set for each transaction. After the first transaction of a
-- connection an unset setting reads '', hence nullif.
create function current_workspace_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('leadnest.workspace_id', true), '')::uuid $$;
create function current_user_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('leadnest.user_id', true), '')::uuid $$;

-- What is asked before the workspace is known: which workspace a form's id, or a slug of the first workspace, belongs to.
-- No row security, so it holds nothing but names.
create table directory (
  kind text not null,
  name text not null,
  workspace_id uuid not null,
  target_id uuid,
  primary key (kind, name)
);
create index directory_workspace on directory (workspace_id);

create table users (
  id uuid primary key,
  email text not null unique,
  name text,
  password_hash text,
  last_workspace_id uuid,
  disabled_at timestamptz(3),
  -- Sessions and access tokens from before are dead: a new password sets it.
  tokens_valid_after timestamptz(3) not null default '-infinity',
  created_at timestamptz(3) not null default now()
);

create table workspaces (
  id uuid primary key,
  name text not null,
  slug text not null unique,
  created_at timestamptz(3) not null default now()
);

create table memberships (
  workspace_id uuid not null references workspaces (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, user_id)
);
create index memberships_user on memberships (user_id);

alter table workspaces enable row level security;
alter table workspaces force row level security;
create policy workspace on workspaces
  using (
    id = current_workspace_id()
    or exists (select from memberships m where m.workspace_id = workspaces.id and m.user_id = current_user_id())
  )
  with check (id = current_workspace_id());

alter table memberships enable row level security;
alter table memberships force row level security;
create policy workspace on memberships
  using (workspace_id = current_workspace_id() or user_id = current_user_id())
  with check (workspace_id = current_workspace_id());

-- Only hashes of what the browser or the caller holds.
create table sessions (
  workspace_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  token_hash bytea not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id) on delete cascade
);
create index sessions_token on sessions (workspace_id, token_hash);

create table api_keys (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  kind text not null check (kind in ('secret', 'publishable')),
  name text not null,
  scopes text[] not null,
  secret_hash bytea not null,
  hint text not null,
  created_at timestamptz(3) not null default now(),
  revoked_at timestamptz(3),
  primary key (workspace_id, id)
);
create index api_keys_secret on api_keys (workspace_id, secret_hash);

create table forms (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  slug text not null,
  name text not null,
  version integer not null default 1,
  language text not null default 'en',
  fields jsonb not null,
  submit_label text not null,
  success_message text not null,
  min_fill_seconds integer not null default 2,
  origins text[] not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, slug)
);

-- The tables that captures write have no foreign keys: each would lock the same row of the workspace and of the form,
-- and cost a look-up a row. What they point to is written in the same transaction, or is never deleted.
create table leads (
  workspace_id uuid not null,
  id uuid not null,
  email text,
  phone text,
  name text,
  first_name text,
  last_name text,
  company text,
  external_id text,
  stage text not null default 'new',
  owner_id uuid,
  score integer not null default 0,
  tags text[] not null default '{}',
  fields jsonb not null default '{}',
  first_attribution jsonb,
  last_attribution jsonb,
  merged_into uuid,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  last_activity_at timestamptz(3) not null,
  primary key (workspace_id, id),
  unique (workspace_id, email),
  unique (workspace_id, external_id)
);
create index leads_created on leads (workspace_id, created_at, id);
create index leads_activity on leads (workspace_id, last_activity_at, id);

-- The one tenant table without row security: under a forced policy ilike cannot use an index (it is not leakproof).
-- It is read only in a materialised CTE `where workspace_id = …` that joins `leads`, which has it.
create table lead_search (
  workspace_id uuid not null,
  lead_id uuid not null,
  text text not null,
  primary key (workspace_id, lead_id)
);
create index lead_search_text on lead_search using gin (text gin_trgm_ops);

create table submissions (
  workspace_id uuid not null,
  id uuid not null,
  form_id uuid not null,
  form_version integer not null,
  lead_id uuid,
  verdict text not null check (verdict in ('accepted', 'held', 'spam')),
  reasons text[] not null default '{}',
  fields jsonb not null,
  attribution jsonb,
  consents jsonb,
  test boolean not null default false,
  actor jsonb not null,
  source text not null,
  created_at timestamptz(3) not null,
  primary key (workspace_id, id)
);
create index submissions_lead on submissions (workspace_id, lead_id, id) where lead_id is not null;
create index submissions_held on submissions (workspace_id, id) where verdict <> 'accepted';

-- Timeline, audit log and outbox at once; written in the transaction of the change. Readers that follow it go by
-- (xid, id), because an older id can be committed later.
create table events (
  workspace_id uuid not null,
  id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  type text not null,
  lead_id uuid,
  submission_id uuid,
  actor jsonb not null,
  source text not null,
  data jsonb not null,
  created_at timestamptz(3) not null,
  primary key (workspace_id, id)
);
create index events_lead on events (workspace_id, lead_id, id) where lead_id is not null;
create index events_order on events (workspace_id, xid, id);

-- A form token works once: its nonce is kept here until the token would have expired.
create table used_form_tokens (
  workspace_id uuid not null,
  nonce uuid not null,
  expires_at timestamptz(3) not null,
  primary key (workspace_id, nonce)
);
create index used_form_tokens_expiry on used_form_tokens (workspace_id, expires_at);

-- `scope` is the credential; `fingerprint` a hash of method, path, query and body; `body` the bytes answered.
create table idempotency_records (
  workspace_id uuid not null,
  scope text not null,
  key text not null,
  fingerprint bytea not null,
  status smallint not null,
  body text not null,
  expires_at timestamptz(3) not null,
  primary key (workspace_id, scope, key)
);
create index idempotency_records_expiry on idempotency_records (workspace_id, expires_at);

-- Row security for all of the tenant's tables but lead_search and directory, which say above why not.
do $$
declare
  name text;
begin
  foreach name in array array['sessions', 'api_keys', 'forms', 'leads', 'submissions', 'events', 'used_form_tokens', 'idempotency_records']
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

-- Workers that are alive. One that stopped telling has died, and its locked jobs are set free.
create table worker_heartbeats (
  worker_id text primary key,
  seen_at timestamptz(3) not null
);
