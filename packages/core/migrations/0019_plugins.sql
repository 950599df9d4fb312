-- What a workspace says about a plugin that the installation lists. `secrets` is encrypted; what is not here is as the plugin
-- has it by itself, and a plugin without a row is on. Five failures in a row set `resting_until`.
create table plugin_states (
  workspace_id uuid not null references workspaces (id),
  plugin_id text not null,
  enabled boolean not null default true,
  settings jsonb not null default '{}',
  secrets text,
  failures integer not null default 0,
  resting_until timestamptz(3),
  last_error text,
  updated_at timestamptz(3) not null,
  primary key (workspace_id, plugin_id)
);

alter table plugin_states enable row level security;
alter table plugin_states force row level security;
create policy workspace on plugin_states
  using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id());

-- What plugins have made of the database; of the installation, so no workspace.
create table plugin_migrations (
  plugin_id text not null,
  name text not null,
  applied_at timestamptz not null default now(),
  primary key (plugin_id, name)
);

-- What plugins did before a submission was stored: what each changed or held, or why it failed.
alter table submissions add column hooked jsonb;
