-- What comes next with a lead. `reminded_at` says that the reminder of `remind_at` was given.
alter table leads add column next_action text;
alter table leads add column next_action_at timestamptz(3);
alter table leads add column remind_at timestamptz(3);
alter table leads add column reminded_at timestamptz(3);
create index leads_next_action on leads (workspace_id, next_action_at, id) where next_action_at is not null;

-- What makes up `score`, so that a change can say what is different.
alter table leads add column score_parts jsonb not null default '[]';

-- Open leads are counted for each owner; closed ones, which grow for ever, are passed over by their stage.
create index leads_owner_stage on leads (workspace_id, owner_id, stage)
  where owner_id is not null and deleted_at is null and merged_into is null;

-- The first act of a person on the lead after it. Reports go by the primary key: an id says when it was made.
alter table submissions add column responded_at timestamptz(3);
alter table submissions add column responded_by uuid;

-- `working_hours` null are those of the workspace. Access tokens from before `tokens_valid_after` are dead: a new role,
-- and coming back, set it.
alter table memberships add column absent_from timestamptz(3);
alter table memberships add column absent_until timestamptz(3);
alter table memberships add column working_hours jsonb;
alter table memberships add column tokens_valid_after timestamptz(3) not null default '-infinity';

-- `last_member_id` is whose turn it was last.
create table assignment_rules (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  position integer not null,
  enabled boolean not null,
  filter text not null,
  strategy text not null check (strategy in ('round_robin', 'least_busy', 'fixed')),
  member_ids uuid[] not null,
  last_member_id uuid,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (workspace_id, id)
);

-- New leads for whom nobody of their rule was there. `rule_id` null: the rules have changed, so they are read again.
create table waiting_leads (
  workspace_id uuid not null,
  lead_id uuid not null,
  rule_id uuid,
  created_at timestamptz(3) not null,
  primary key (workspace_id, lead_id)
);

-- Either a filter or an event. `moves`: the filter looks at the clock, so its leads change without an event.
create table score_rules (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  points integer not null,
  enabled boolean not null,
  filter text,
  event jsonb,
  moves boolean not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (workspace_id, id),
  check ((filter is null) <> (event is null))
);

do $$
declare
  name text;
begin
  foreach name in array array['assignment_rules', 'waiting_leads', 'score_rules']
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
