import pg from 'pg'

const chunk = 50_000

/**
 * Fills a workspace with `count` leads of the last two years, by SQL, in a transaction for each 50,000. The indexes of
 * search are made at the end, as the migration makes them. The same count gives the same leads.
 */
export async function seedLeads(url: string, workspaceId: string, count: number, tell: (line: string) => void) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`
      set maintenance_work_mem = '256MB'; set leadnest.workspace_id = '${workspaceId}';
      drop index lead_search_text, lead_search_fields;
      alter table leads disable trigger user; alter table lead_tags disable trigger user`)
    await client.query(words)
    await client.query(shape(workspaceId))
    for (let from = 1; from <= count; from += chunk) {
      const to = Math.min(count, from + chunk - 1)
      await client.query('begin')
      await client.query('select setseed($1)', [(from % 997) / 997])
      await client.query(batch(from, to, count))
      for (const statement of [leads, leadTags, submissions, events, index]) await client.query(statement(workspaceId))
      await client.query('drop table batch; commit')
      tell(`${to.toLocaleString('en')} leads`)
    }
    await client.query(`
      create index lead_search_text on lead_search using gin (text gin_trgm_ops);
      create index lead_search_fields on lead_search using gin (fields jsonb_path_ops);
      alter table leads enable trigger user; alter table lead_tags enable trigger user`)
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

/** A word of a list; `skew` above 1 makes the first ones more frequent. */
const pick = (list: string, size: number, skew = 1) => `${list}[1 + floor(power(random(), ${skew}) * ${size})::integer]`

const words = `
  create temp table words as select
    array['Ada','Alan','Amira','Anna','Ben','Carla','Chen','Clara','David','Elena','Emil','Emma','Fatima','Felix','Finn','Grace','Hanna','Hugo','Ines','Ivan','Jakob','Jana','Joanna','John','Jonas','Julia','Kofi','Lara','Leon','Lina','Luca','Maria','Marta','Mateo','Mia','Mohamed','Nadia','Nina','Noah','Nora','Olga','Omar','Oscar','Paula','Peter','Priya','Rosa','Sara','Tom','Yuki'] as first_names,
    array(select initcap(a || b || c) from unnest(array['ber','hol','kar','lin','mor','nor','sand','stein','wal','fer']) a, unnest(array['a','e','i','o','en']) b, unnest(array['man','son','berg','ski','ova','dez','ton','well','quist','ti']) c order by md5(a || b || c)) as last_names,
    array(select initcap(a || b) || ' ' || c from unnest(array['acu','bril','cor','dyna','ever','flex','glo','hyper','in','jet','kin','lumi','meta','nova','omni','pro','quan','rapid','stella','tri']) a, unnest(array['tech','soft','data','works','medi','build','trade','port','ware','grid','lab','net','form','path','line','cast','core','base','mind','wave']) b, unnest(array['Ltd','Inc','GmbH','SA','Group','Partners','Labs','Systems','Consulting','Media','Foods','Energy','Logistics','Bank','Studio']) c order by md5(a || b || c)) as companies,
    array['gmail.com','outlook.com','yahoo.com','icloud.com','gmx.de','proton.me'] as domains,
    array['google','newsletter','facebook','linkedin','bing','partner','podcast','fair'] as sources`

const shape = (workspaceId: string) => `
  insert into fields (workspace_id, key, label, type, options, position) values
    ('${workspaceId}', 'plan', 'Plan', 'select', '[{"value":"free","label":"Free"},{"value":"pro","label":"Pro"},{"value":"team","label":"Team"},{"value":"enterprise","label":"Enterprise"}]', 101),
    ('${workspaceId}', 'seats', 'Seats', 'number', '[]', 102),
    ('${workspaceId}', 'note', 'Note', 'long_text', '[]', 103);
  insert into tags (workspace_id, name) select '${workspaceId}', unnest(array['newsletter', 'webinar', 'VIP', 'partner', 'beta', 'board']);
  insert into forms (workspace_id, id, slug, name, fields, submit_label, success_message)
    select workspace_id, gen_random_uuid(), 'demo', 'Demo', fields, submit_label, success_message from forms where slug = 'contact'`

const uuid = (time: string, seed: string) =>
  `(lpad(to_hex((extract(epoch from ${time}) * 1000)::bigint), 12, '0') || '7' || substr(md5(${seed}), 1, 3) || '8' || substr(md5(${seed}), 4, 15))::uuid`

const batch = (from: number, to: number, count: number) => `
  create temp table batch as
  select i, ${uuid('at', `'lead' || i`)} as id, at, random() as draw, random() as touched, random() as sent,
    ${pick('first_names', 50, 1.3)} as first_name, ${pick('last_names', 500, 1.3)} as last_name,
    case when random() < 0.6 then ${pick('companies', 6000, 2)} end as company
  from words, (
    select i, date_trunc('milliseconds', now() - interval '730 days' * (1 - i::float8 / ${count})) as at from generate_series(${from}, ${to}) as i
  ) as series`

const leads = (workspaceId: string) => `
  insert into leads (
    workspace_id, id, email, phone, name, first_name, last_name, company, stage, owner_id, score, fields,
    first_attribution, last_attribution, created_at, updated_at, last_activity_at
  )
  select '${workspaceId}', id,
    lower(first_name || '.' || last_name) || i || '@' || case when company is not null and draw < 0.7
      then replace(lower(company), ' ', '-') || '.com' else ${pick('domains', 6, 2)} end,
    case when random() < 0.6 then '+44' || (1000000000 + floor(random() * 8999999999))::bigint end,
    case when draw < 0.5 then first_name || ' ' || last_name end, case when draw >= 0.5 then first_name end, case when draw >= 0.5 then last_name end,
    company,
    case when draw < 0.4 then 'new' when draw < 0.65 then 'contacted' when draw < 0.8 then 'qualified' when draw < 0.88 then 'won' else 'lost' end,
    case when random() < 0.7 then md5('owner' || floor(20 * power(random(), 2)))::uuid end,
    floor(power(random(), 3) * 120)::integer,
    jsonb_build_object(
      'plan', case when sent < 0.01 then 'enterprise' when touched < 0.09 then 'team' when touched < 0.3 then 'pro' else 'free' end,
      'seats', floor(power(random(), 4) * 2000)::integer
    ) || case when random() < 0.3 then jsonb_build_object('note', 'Wants to hear of ' || ${pick('companies', 6000)} || ' and ' || md5(i::text)) else '{}' end,
    touch, touch, at, at + (now() - at) * power(touched, 3), at + (now() - at) * power(touched, 3)
  from words, batch cross join lateral (
    select case when batch.sent < 0.6 then jsonb_build_object(
      'utmSource', ${pick('sources', 8, 2)}, 'utmMedium', case when random() < 0.7 then 'cpc' else 'email' end,
      'utmCampaign', 'campaign-' || floor(power(random(), 2) * 300), 'landingPage', 'https://www.example.com/' || floor(random() * 50),
      'gclid', md5('click' || batch.i)
    ) end as touch
  ) as t`

/** Each with the share of leads that have it. */
const leadTags = (workspaceId: string) => `
  insert into lead_tags (workspace_id, lead_id, name)
  select '${workspaceId}', id, name
  from batch, (values ('newsletter', 0.3), ('webinar', 0.1), ('VIP', 0.02), ('partner', 0.005), ('beta', 0.001), ('board', 0.0001)) as tag (name, share)
  where (hashtext(name || i) & 65535) < share * 65536`

const submissions = (workspaceId: string) => `
  insert into submissions (workspace_id, id, form_id, form_version, lead_id, verdict, fields, attribution, actor, source, created_at)
  select '${workspaceId}', ${uuid('at', `'submission' || i`)}, f.id, 1, batch.id, 'accepted',
    jsonb_build_object('email', 'x'), null, '{"type":"visitor","id":null,"name":null}', 'form', at
  from batch join forms f on f.workspace_id = '${workspaceId}' and f.slug = case when draw < 0.05 then 'demo' else 'contact' end
  where sent < 0.6`

const events = (workspaceId: string) => `
  insert into events (workspace_id, id, type, lead_id, actor, source, data, created_at)
  select '${workspaceId}', ${uuid('at', `'event' || i`)}, case when sent < 0.6 then 'lead.captured' when sent < 0.99 then 'lead.created' else 'lead.tagged' end,
    id, '{"type":"system","id":null,"name":null}', 'api', '{}', at
  from batch`

const index = (workspaceId: string) => `select index_leads('${workspaceId}', array_agg(id)) from batch`
