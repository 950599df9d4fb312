-- Values stand under the workspace's own name, so that the index of one workspace does not find the leads of another.
drop index lead_search_fields;
update lead_search set fields = jsonb_build_object(workspace_id::text, fields);

create or replace function index_leads(workspace uuid, lead_ids uuid[]) returns void language plpgsql as $$
begin
  insert into lead_search (workspace_id, lead_id, text, fields)
  select workspace, l.id, left(t.text, 20000), jsonb_build_object(
    workspace::text, case when length(t.text) > 20000 then f.fields || '{"truncated": [true]}' else f.fields end
  )
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
      select 'fields.' || key as name, case jsonb_typeof(value)
        when 'array' then (
          select jsonb_agg(lower(one #>> '{}')) from jsonb_array_elements(value) as one
          where jsonb_typeof(one) = 'string' and length(lower(one #>> '{}')) <= 200
        )
        when 'number' then jsonb_build_array(trim_scale((value #>> '{}')::numeric)::text)
        when 'object' then null
        else case when length(value #>> '{}') <= 200 then jsonb_build_array(lower(value #>> '{}')) end
      end as list
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

create index lead_search_fields on lead_search using gin (fields jsonb_path_ops);

-- Postgres keeps the plans of these for a session, and one that was made for a single row reads tables of many against
-- each other. So nothing is joined here: rows are looked up one by one (`lateral … offset 0`), or sorted together.
create or replace function index_changed_leads() returns trigger language plpgsql as $$
begin
  if exists (select from changed where deleted_at is not null or merged_into is not null) then
    delete from lead_search where ctid = any (array(
      select s.ctid from changed c cross join lateral (
        select ctid from lead_search where workspace_id = c.workspace_id and lead_id = c.id offset 0
      ) as s
      where c.deleted_at is not null or c.merged_into is not null
    ));
  end if;
  -- A row that looks as before is there once, one that changed twice.
  perform index_leads(workspace_id, array_agg(id)) from (
    select workspace_id, id from (
      select workspace_id, id, name, first_name, last_name, email, phone, company, fields, first_attribution, last_attribution, deleted_at, merged_into from before
      union
      select workspace_id, id, name, first_name, last_name, email, phone, company, fields, first_attribution, last_attribution, deleted_at, merged_into from changed
    ) as looks
    group by workspace_id, id having count(*) > 1
  ) as different
  group by workspace_id;
  return null;
end
$$;
create or replace function unindex_leads() returns trigger language plpgsql as $$
begin
  delete from lead_search where ctid = any (array(
    select s.ctid from before b cross join lateral (
      select ctid from lead_search where workspace_id = b.workspace_id and lead_id = b.id offset 0
    ) as s
  ));
  return null;
end
$$;
-- The lead is held, so that of two who tag it at once the later one sees both tags.
create or replace function index_tagged_leads() returns trigger language plpgsql as $$
begin
  perform 1 from (select distinct workspace_id, lead_id from changed order by lead_id) as c cross join lateral (
    select 1 from leads where leads.workspace_id = c.workspace_id and leads.id = c.lead_id offset 0 for no key update
  ) as l;
  perform index_leads(workspace_id, array_agg(distinct lead_id)) from changed group by workspace_id;
  return null;
end
$$;
