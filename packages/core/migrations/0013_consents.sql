-- What a form asks people to agree to. A wording never changes: another text is another wording, and this one is retired.
create table consent_wordings (
  workspace_id uuid not null,
  id uuid not null,
  form_id uuid not null,
  position integer not null,
  channel text not null,
  purpose text not null,
  language text not null,
  text text not null,
  hash text not null,
  required boolean not null,
  created_at timestamptz(3) not null,
  retired_at timestamptz(3),
  primary key (workspace_id, id),
  foreign key (workspace_id, form_id) references forms (workspace_id, id)
);
create index consent_wordings_form on consent_wordings (workspace_id, form_id, retired_at);
create unique index consent_wordings_current on consent_wordings (workspace_id, form_id, channel, purpose) where retired_at is null;

-- The ledger. `payload` is the text that is hashed, with everything in it; `commitment` is SHA-256(salt ‖ payload). What is
-- looked for is generated from the payload, so that it cannot say anything else. Erasure takes salt and payload, no more.
create table consents (
  workspace_id uuid not null,
  id uuid not null,
  commitment bytea not null,
  salt bytea,
  payload text,
  lead_id uuid generated always as ((payload::jsonb ->> 'leadId')::uuid) stored,
  kind text generated always as (payload::jsonb ->> 'kind') stored,
  channel text generated always as (payload::jsonb ->> 'channel') stored,
  purpose text generated always as (payload::jsonb ->> 'purpose') stored,
  at text generated always as (payload::jsonb ->> 'at') stored,
  primary key (workspace_id, id)
);
create index consents_lead on consents (workspace_id, lead_id, id) where lead_id is not null;

-- Entries that are not in the chain yet. `proof` is keyed: what was put here by somebody else than LeadNest is not sealed.
create table unsealed_consents (
  workspace_id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  consent_id uuid not null,
  proof text not null,
  primary key (workspace_id, xid, consent_id)
);

-- hash = SHA-256(hash of the row before ‖ commitment of the entry); before the first row stands one made of the workspace's id.
create table consent_chain (
  workspace_id uuid not null,
  seq bigint not null,
  consent_id uuid not null,
  hash bytea not null,
  primary key (workspace_id, seq),
  unique (workspace_id, consent_id)
);

-- Only the latest, so that no older signature covers a chain that was cut. Made with the workspace: without one nothing is sealed.
create table consent_heads (
  workspace_id uuid primary key,
  number bigint not null,
  entries bigint not null,
  hash bytea not null,
  sealed_at timestamptz(3) not null,
  signature text not null
);

-- A random key for each workspace, sealed by LEADNEST_SECRET_KEY. It never changes: hashes made with it must match for ever.
create table suppression_peppers (
  workspace_id uuid primary key,
  sealed text not null
);

-- Addresses that are not written to. The hash is keyed by the pepper, and stays when `address` is erased. Without a purpose
-- it is for all of the channel but `lifted_purposes`, which the person asked for again.
create table suppressions (
  workspace_id uuid not null,
  id uuid not null,
  channel text not null,
  address_hash bytea not null,
  purpose text,
  lifted_purposes text[] not null default '{}',
  origin text not null check (origin in ('opt_out', 'staff')),
  address text,
  reason text,
  actor jsonb not null,
  source text not null,
  created_at timestamptz(3) not null,
  primary key (workspace_id, id)
);
create unique index suppressions_address on suppressions (workspace_id, channel, address_hash, purpose, origin) nulls not distinct;

create function keep_ledger() returns trigger language plpgsql as $$
begin
  raise exception 'The ledger of consents is only ever added to.' using errcode = 'restrict_violation';
end
$$;
create trigger keep before update on consents for each row
  when (
    (new.workspace_id, new.id, new.commitment) is distinct from (old.workspace_id, old.id, old.commitment)
    or new.payload is not null or new.salt is not null
  )
  execute function keep_ledger();
create trigger keep_rows before delete on consents for each row execute function keep_ledger();
create trigger keep_all before truncate on consents execute function keep_ledger();
create trigger keep_rows before update or delete on consent_chain for each row execute function keep_ledger();
create trigger keep_all before truncate on consent_chain execute function keep_ledger();

do $$
declare
  name text;
begin
  foreach name in array array[
    'consent_wordings', 'consents', 'unsealed_consents', 'consent_chain', 'consent_heads', 'suppression_peppers', 'suppressions'
  ]
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
