-- Looks for all leads of a statement at once. One by one, in a workspace that was empty when Postgres last looked, it went through all
-- leads of the workspace for each of them, by whatever index begins with the workspace.
create or replace function index_leads(workspace uuid, lead_ids uuid[]) returns void language plpgsql as $$
begin
  insert into lead_search (workspace_id, lead_id, text, fields)
  select workspace, l.id, left(t.text, 20000), jsonb_build_object(
    workspace::text, case when length(t.text) > 20000 then f.fields || '{"truncated": [true]}' else f.fields end
  )
  from (select * from leads where leads.workspace_id = workspace and leads.id = any(lead_ids) offset 0) as l
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
