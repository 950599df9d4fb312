-- The workspace's own fields of a lead. The key is what `leads.fields`, filters and forms name, so it never changes; an
-- archived field keeps its values.
create table fields (
  workspace_id uuid not null references workspaces (id),
  key text not null,
  label text not null,
  type text not null check (type in ('text', 'long_text', 'number', 'date', 'boolean', 'select', 'multi_select', 'email', 'phone', 'url', 'json')),
  options jsonb not null default '[]',
  position integer not null,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, key)
);

alter table fields enable row level security;
alter table fields force row level security;
create policy workspace on fields using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id());

-- What was stored before fields were defined: a field for each key that a lead has or a form asks for.
do $$
declare
  workspace uuid;
begin
  for workspace in select distinct workspace_id from directory
  loop
    perform set_config('leadnest.workspace_id', workspace::text, true);
    insert into fields (workspace_id, key, label, type, options, position)
    select workspace, f.key, f.label, f.type, f.options, row_number() over (order by f.key)
    from (
      select distinct on (key) key, label, type, options
      from (
        select 1 as rank, field ->> 'name' as key, field ->> 'label' as label,
          case field ->> 'type'
            when 'textarea' then 'long_text' when 'checkbox' then 'boolean' when 'tel' then 'phone'
            when 'email' then 'email' when 'select' then 'select' else 'text'
          end as type,
          coalesce(field -> 'options', '[]') as options
        from forms, jsonb_array_elements(forms.fields) as field
        where forms.workspace_id = workspace
          and field ->> 'name' not in ('email', 'phone', 'name', 'firstName', 'lastName', 'company', 'externalId')
        union all
        select 2, entry.key, entry.key,
          case
            when bool_and(jsonb_typeof(entry.value) = 'number') then 'number'
            when bool_and(jsonb_typeof(entry.value) = 'boolean') then 'boolean'
            else 'long_text'
          end,
          '[]'
        from leads, jsonb_each(leads.fields) as entry
        where leads.workspace_id = workspace
        group by entry.key
      ) as known
      order by key, rank
    ) as f;
  end loop;
  perform set_config('leadnest.workspace_id', '', true);
end
$$;

-- What merged leads were known by: a capture by a lost identity reaches the survivor.
create table lead_aliases (
  workspace_id uuid not null,
  kind text not null check (kind in ('external_id', 'email', 'phone')),
  value text not null,
  lead_id uuid not null,
  primary key (workspace_id, kind, value)
);
create index lead_aliases_lead on lead_aliases (workspace_id, lead_id);

-- Two leads that may be one person; `lead_id` is the older. `reasons` say why; a dismissed pair is not suggested again.
create table duplicates (
  workspace_id uuid not null,
  id uuid not null,
  lead_id uuid not null,
  other_id uuid not null check (lead_id < other_id),
  reasons text[] not null,
  created_at timestamptz(3) not null,
  dismissed_at timestamptz(3),
  dismissed_by jsonb,
  primary key (workspace_id, id),
  unique (workspace_id, lead_id, other_id)
);
create index duplicates_other on duplicates (workspace_id, other_id);

-- A merge, with all that its undo needs: both rows before, the survivor's row after, and the rows that moved.
create table merges (
  workspace_id uuid not null,
  id uuid not null,
  survivor_id uuid not null,
  loser_id uuid not null,
  survivor_before jsonb not null,
  loser_before jsonb not null,
  survivor_after jsonb not null,
  moved jsonb not null,
  actor jsonb not null,
  created_at timestamptz(3) not null,
  undone_at timestamptz(3),
  primary key (workspace_id, id)
);
create index merges_survivor on merges (workspace_id, survivor_id);
create index merges_loser on merges (workspace_id, loser_id);
create index merges_created on merges (workspace_id, created_at);

do $$
declare
  name text;
begin
  foreach name in array array['lead_aliases', 'duplicates', 'merges']
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

-- A phone number says who somebody is only where there is no e-mail to say it.
create index leads_phone on leads (workspace_id, phone, id) where phone is not null;
-- Numbers that several leads without an e-mail have from before keep being theirs; only the oldest is found by it.
alter table leads add column phone_shared boolean not null default false;
do $$
declare
  workspace uuid;
begin
  for workspace in select distinct workspace_id from directory
  loop
    perform set_config('leadnest.workspace_id', workspace::text, true);
    update leads set phone_shared = true
    where workspace_id = workspace and email is null and phone is not null and exists (
      select from leads older
      where older.workspace_id = workspace and older.phone = leads.phone and older.email is null and older.id < leads.id
    );
  end loop;
  perform set_config('leadnest.workspace_id', '', true);
end
$$;
create unique index leads_phone_alone on leads (workspace_id, phone) where email is null and phone is not null and not phone_shared;
