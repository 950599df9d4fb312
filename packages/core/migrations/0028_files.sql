-- Files of a workspace: uploads, imports, exports, media. `place` says where the bytes are: in `file_chunks`, or in an object
-- store under `<workspace>/<id>`. Until all of it has arrived `size` is null, and nobody can open it.
create table files (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  type text not null,
  purpose text not null,
  lead_id uuid,
  place text not null check (place in ('database', 'objects')),
  size bigint,
  sha256 text,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  primary key (workspace_id, id)
);
create index files_expiry on files (workspace_id, expires_at) where expires_at is not null;
create index files_lead on files (workspace_id, lead_id, id) where lead_id is not null;
create index files_purpose on files (workspace_id, purpose, id);

create table file_chunks (
  workspace_id uuid not null,
  file_id uuid not null,
  position integer not null,
  bytes bytea not null,
  primary key (workspace_id, file_id, position),
  foreign key (workspace_id, file_id) references files (workspace_id, id) on delete cascade
);
-- What is compressed mostly is already, and a part of a chunk can be read without the rest.
alter table file_chunks alter column bytes set storage external;

-- Whoever removes a file need not know where its bytes are.
create function remove_objects() returns trigger language plpgsql as $$
begin
  perform graphile_worker.add_job('remove_object', json_build_object('key', workspace_id || '/' || id))
  from before where place = 'objects';
  return null;
end
$$;
create trigger remove_objects after delete on files referencing old table as before
  for each statement execute function remove_objects();

do $$
declare
  name text;
begin
  foreach name in array array['files', 'file_chunks']
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
