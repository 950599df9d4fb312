-- A deleted lead is kept for 30 days; a new capture of the same person revives it.
alter table leads add column deleted_at timestamptz(3);
alter table leads add column lost_reason text;
alter table leads add column stage_changed_at timestamptz(3);

create index leads_deleted on leads (workspace_id, deleted_at) where deleted_at is not null;
create index leads_owner on leads (workspace_id, owner_id, created_at, id) where owner_id is not null;
create index leads_stage on leads (workspace_id, stage, created_at, id);

-- Tags by name, so that the name is the reference everywhere. In tables of their own: an index on an array column
-- cannot be used under a forced policy.
create table tags (
  workspace_id uuid not null references workspaces (id),
  name text not null,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, name)
);
create table lead_tags (
  workspace_id uuid not null,
  lead_id uuid not null,
  name text not null,
  primary key (workspace_id, lead_id, name),
  foreign key (workspace_id, name) references tags (workspace_id, name)
);
create index lead_tags_name on lead_tags (workspace_id, name, lead_id);
alter table leads drop column tags;

create table notes (
  workspace_id uuid not null,
  id uuid not null,
  lead_id uuid not null,
  author jsonb not null,
  body text not null,
  created_at timestamptz(3) not null,
  edited_at timestamptz(3),
  primary key (workspace_id, id)
);
create index notes_lead on notes (workspace_id, lead_id, id);

-- A stage's key is what a lead carries, so it is one in the workspace, whatever the pipeline.
create table pipelines (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  position integer not null,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id)
);
create table stages (
  workspace_id uuid not null,
  key text not null,
  pipeline_id uuid not null,
  name text not null,
  position integer not null,
  kind text not null default 'open' check (kind in ('open', 'won', 'lost')),
  rotten_after_days integer check (rotten_after_days > 0),
  primary key (workspace_id, key),
  foreign key (workspace_id, pipeline_id) references pipelines (workspace_id, id)
);
create index stages_pipeline on stages (workspace_id, pipeline_id, position);

do $$
declare
  name text;
begin
  foreach name in array array['tags', 'lead_tags', 'notes', 'pipelines', 'stages']
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

-- The pipeline that a workspace begins with. The policies bind the owner of the tables too, so each workspace is set.
create function begin_pipeline(workspace uuid) returns void language sql as $$
  with pipeline as (
    insert into pipelines (workspace_id, id, name, position) values (workspace, gen_random_uuid(), 'Sales', 1) returning id
  )
  insert into stages (workspace_id, key, pipeline_id, name, position, kind, rotten_after_days)
  select workspace, v.key, pipeline.id, v.name, v.position, v.kind, v.rotten
  from pipeline, (values
    ('new', 'New', 1, 'open', 3),
    ('contacted', 'Contacted', 2, 'open', 14),
    ('qualified', 'Qualified', 3, 'open', 30),
    ('won', 'Won', 4, 'won', null),
    ('lost', 'Lost', 5, 'lost', null)
  ) as v (key, name, position, kind, rotten)
$$;

do $$
declare
  workspace uuid;
begin
  for workspace in select distinct workspace_id from directory
  loop
    perform set_config('leadnest.workspace_id', workspace::text, true);
    perform begin_pipeline(workspace);
  end loop;
  perform set_config('leadnest.workspace_id', '', true);
end
$$;
