-- What is sent again and again, filled in for each lead. One that was deleted stays for what waits to be sent by it.
create table message_templates (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  channel text,
  subject text,
  body text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  primary key (workspace_id, id)
);
create unique index message_templates_name on message_templates (workspace_id, lower(name)) where deleted_at is null;

alter table message_templates enable row level security;
alter table message_templates force row level security;
create policy workspace on message_templates
  using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id());
