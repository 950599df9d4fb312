-- What a workspace's numbers, days and hours are read by. `country` (ISO 3166-1, two letters) is that of phone numbers
-- without a country code; `opening_hours` null is always open, see WorkspaceSettings.
alter table workspaces add column country text check (country ~ '^[A-Z]{2}$');
alter table workspaces add column time_zone text not null default 'UTC';
alter table workspaces add column opening_hours jsonb;

-- Pipelines were changed with the scope of forms; they are settings of the workspace.
do $$
declare
  workspace uuid;
begin
  for workspace in select distinct workspace_id from directory
  loop
    perform set_config('leadnest.workspace_id', workspace::text, true);
    update api_keys set scopes = scopes || '{settings:read,settings:write}'
      where workspace_id = workspace and 'forms:write' = any (scopes);
  end loop;
  perform set_config('leadnest.workspace_id', '', true);
end
$$;
