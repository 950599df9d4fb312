-- Sorting by name and by score. `sort_name` is a column, because under a forced policy an index on lower(…) is not used.
alter table leads add column sort_name text generated always as (
  left(lower(coalesce(nullif(name, ''), first_name || ' ' || last_name, first_name, last_name, company, email, '')), 100)
) stored;
create index leads_name on leads (workspace_id, sort_name, id);
create index leads_score on leads (workspace_id, score, id);
create index leads_updated on leads (workspace_id, updated_at, id);

-- Who sent a form, or to whom something happened, since when.
create index submissions_form on submissions (workspace_id, form_id, created_at, lead_id) where lead_id is not null;
create index events_type on events (workspace_id, type, created_at, lead_id) where lead_id is not null;

-- What is looked for by its value: tags, the workspace's own fields, company and attribution, each name with a list of
-- values as text. It only narrows down: each lead found by it is checked by its own row, where no policy is passed by.
alter table lead_search add column fields jsonb not null default '{}';

-- Writes the rows of these leads anew. Text is in lower case; values of more than 200 characters are left out of `fields`,
-- and text is cut at 20,000, which `truncated` says.
create function index_leads(workspace uuid, lead_ids uuid[]) returns void language plpgsql as $$
begin
  insert into lead_search (workspace_id, lead_id, text, fields)
  select workspace, l.id, left(t.text, 20000), case when length(t.text) > 20000 then f.fields || '{"truncated": [true]}' else f.fields end
  from unnest(lead_ids) as k (id)
  cross join lateral (select * from leads where leads.workspace_id = workspace and leads.id = k.id offset 0) as l
  cross join lateral (
    select lower(concat_ws(
      e'\n', l.name, nullif(concat_ws(' ', l.first_name, l.last_name), ''), l.email, l.phone,
      case when l.phone !~ '^\+?[0-9]*$' then regexp_replace(l.phone, '[^0-9]', '', 'g') end, l.company,
      (select string_agg(value #>> '{}', e'\n') from jsonb_path_query(l.fields, '$.*[*] ? (@.type() == "string")') as value)
    )) as text
  ) as t
  cross join lateral (
    select coalesce(jsonb_object_agg(v.name, v.list), '{}') as fields from (
      select 'fields.' || key as name, (
        select jsonb_agg(case when jsonb_typeof(one) = 'number' then trim_scale((one #>> '{}')::numeric)::text else lower(one #>> '{}') end)
        from jsonb_path_query(value, '$[*] ? (@.type() == "string" || @.type() == "number" || @.type() == "boolean")') as one
        where length(lower(one #>> '{}')) <= 200
      ) as list
      from jsonb_each(l.fields)
      union all
      select 'company', jsonb_build_array(lower(l.company)) where length(lower(l.company)) <= 200
      union all
      select 'tag', (select jsonb_agg(name order by name) from lead_tags where lead_tags.workspace_id = workspace and lead_tags.lead_id = l.id)
      union all
      select key, jsonb_build_array(lower(value)) from jsonb_each_text(l.first_attribution) where length(lower(value)) <= 200
      union all
      -- The last touch only where it is another one than the first.
      select 'last' || upper(left(key, 1)) || substr(key, 2), jsonb_build_array(lower(value))
      from jsonb_each_text(l.last_attribution)
      where length(lower(value)) <= 200 and l.last_attribution is distinct from l.first_attribution
    ) as v
    where v.list is not null
  ) as f
  where l.deleted_at is null and l.merged_into is null
  order by l.id
  on conflict (workspace_id, lead_id) do update set text = excluded.text, fields = excluded.fields
    where lead_search.text <> excluded.text or lead_search.fields <> excluded.fields;
end
$$;

-- Kept by triggers, so that whoever writes a lead need not know of it: its rows are the leads that are neither deleted
-- nor merged away.
create function index_new_leads() returns trigger language plpgsql as $$
begin
  perform index_leads(workspace_id, array_agg(id)) from changed group by workspace_id;
  return null;
end
$$;
create function index_changed_leads() returns trigger language plpgsql as $$
begin
  delete from lead_search s using changed c
    where s.workspace_id = c.workspace_id and s.lead_id = c.id and (c.deleted_at is not null or c.merged_into is not null);
  perform index_leads(c.workspace_id, array_agg(c.id))
    from changed c join before b on b.workspace_id = c.workspace_id and b.id = c.id
    where (c.name, c.first_name, c.last_name, c.email, c.phone, c.company, c.fields, c.first_attribution, c.last_attribution, c.deleted_at, c.merged_into)
      is distinct from (b.name, b.first_name, b.last_name, b.email, b.phone, b.company, b.fields, b.first_attribution, b.last_attribution, b.deleted_at, b.merged_into)
    group by c.workspace_id;
  return null;
end
$$;
create function unindex_leads() returns trigger language plpgsql as $$
begin
  delete from lead_search s using before b where s.workspace_id = b.workspace_id and s.lead_id = b.id;
  return null;
end
$$;
-- The lead is held, so that of two who tag it at once the later one sees both tags.
create function index_tagged_leads() returns trigger language plpgsql as $$
begin
  perform 1 from leads l where (l.workspace_id, l.id) in (select workspace_id, lead_id from changed) order by l.id for no key update;
  perform index_leads(workspace_id, array_agg(distinct lead_id)) from changed group by workspace_id;
  return null;
end
$$;

-- Every lead is written anew, and indexed in one go.
drop index lead_search_text;
truncate lead_search;
do $$
declare
  workspace uuid;
begin
  for workspace in select distinct workspace_id from directory
  loop
    perform set_config('leadnest.workspace_id', workspace::text, true);
    perform index_leads(workspace, array_agg(id)) from leads where workspace_id = workspace;
  end loop;
  perform set_config('leadnest.workspace_id', '', true);
end
$$;
create index lead_search_text on lead_search using gin (text gin_trgm_ops);
create index lead_search_fields on lead_search using gin (fields jsonb_path_ops);

create trigger index_new after insert on leads referencing new table as changed
  for each statement execute function index_new_leads();
create trigger index_changed after update on leads referencing old table as before new table as changed
  for each statement execute function index_changed_leads();
create trigger unindex after delete on leads referencing old table as before
  for each statement execute function unindex_leads();
create trigger index_tagged after insert on lead_tags referencing new table as changed
  for each statement execute function index_tagged_leads();
create trigger index_untagged after delete on lead_tags referencing old table as changed
  for each statement execute function index_tagged_leads();

-- Filters and searches that somebody kept.
create table segments (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  filter text not null,
  q text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (workspace_id, id)
);
create unique index segments_name on segments (workspace_id, lower(name));

alter table segments enable row level security;
alter table segments force row level security;
create policy workspace on segments using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id());
