-- Whether what visitors send waits until they follow a link that is sent to them.
alter table forms add column double_opt_in boolean not null default false;

-- Links by which a person confirms what they sent. Only the hash of the secret is kept. A link ends when the next one is made.
-- `channel` is what it is sent through: it proves the address of that kind, and no other.
create table confirmation_links (
  workspace_id uuid not null,
  id uuid not null,
  submission_id uuid not null,
  token_hash bytea not null,
  channel text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  used_at timestamptz(3),
  primary key (workspace_id, id),
  foreign key (workspace_id, submission_id) references submissions (workspace_id, id)
);
create unique index confirmation_links_token on confirmation_links (workspace_id, token_hash);
create index confirmation_links_submission on confirmation_links (workspace_id, submission_id, id);
create index confirmation_links_expiry on confirmation_links (workspace_id, expires_at);

-- What becomes of a person's wish to have their data, or to have it erased: a person of the workspace confirms it, or it
-- happens by itself.
alter table workspaces add column privacy_requests text not null default 'confirm' check (privacy_requests in ('confirm', 'automatic'));

-- What people asked for on their own page. It stays when the lead is erased, and then says that this was done; nothing in it
-- says who it was.
create table privacy_requests (
  workspace_id uuid not null,
  id uuid not null,
  lead_id uuid not null,
  kind text not null check (kind in ('export', 'erasure')),
  status text not null check (status in ('open', 'done', 'refused')),
  asked_at timestamptz(3) not null,
  done_at timestamptz(3),
  done_by jsonb,
  -- Of an export: until when the person can fetch it.
  until timestamptz(3),
  primary key (workspace_id, id),
  check ((status = 'open') = (done_at is null))
);
create unique index privacy_requests_open on privacy_requests (workspace_id, lead_id, kind) where status = 'open';
create index privacy_requests_lead on privacy_requests (workspace_id, lead_id, id);
create index privacy_requests_waiting on privacy_requests (workspace_id, id) where status = 'open';

do $$
declare
  name text;
begin
  foreach name in array array['confirmation_links', 'privacy_requests']
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
