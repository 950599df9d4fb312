-- An import is a job; these are what it did. A batch stands here with its place in the file from the moment that its leads do, so
-- none is written twice, and two may be on their way at once.
create table import_batches (
  workspace_id uuid not null,
  job_id uuid not null,
  number integer not null,
  next jsonb not null,
  primary key (workspace_id, job_id, number)
);

-- What an import did to a lead, for its undo: of what it changed, how it was and how the import left it; the tags that it put on,
-- and the notes that it wrote. `left_alone`: an undo found that somebody has changed the lead since.
create table import_changes (
  workspace_id uuid not null,
  job_id uuid not null,
  lead_id uuid not null,
  created boolean not null,
  before jsonb not null,
  after jsonb not null,
  tags text[] not null,
  notes uuid[] not null,
  left_alone boolean not null default false,
  primary key (workspace_id, job_id, lead_id)
);
create index import_changes_lead on import_changes (workspace_id, lead_id);

-- Rows that were refused, as they stood in the file.
create table import_errors (
  workspace_id uuid not null,
  job_id uuid not null,
  row integer not null,
  line integer not null,
  column_name text,
  code text not null,
  detail text not null,
  cells jsonb not null,
  primary key (workspace_id, job_id, row)
);

-- Leads as a dry run would have left them, for its later rows; they go at its end.
create table import_drafts (
  workspace_id uuid not null,
  job_id uuid not null,
  lead_id uuid not null,
  email text,
  external_id text,
  phone text,
  lead jsonb not null,
  primary key (workspace_id, job_id, lead_id)
);
create index import_drafts_email on import_drafts (workspace_id, job_id, email) where email is not null;
create index import_drafts_external_id on import_drafts (workspace_id, job_id, external_id) where external_id is not null;
create index import_drafts_phone on import_drafts (workspace_id, job_id, phone) where phone is not null;

-- Exports that are made again and again: `cron` in UTC, `input` as of an export.
create table export_schedules (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  cron text not null,
  input jsonb not null,
  enabled boolean not null,
  actor jsonb not null,
  last_job_id uuid,
  next_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  primary key (workspace_id, id)
);

do $$
declare
  name text;
begin
  foreach name in array array['import_batches', 'import_changes', 'import_errors', 'import_drafts', 'export_schedules']
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
