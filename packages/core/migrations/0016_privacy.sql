-- Leads that were erased, or are being erased: ids, and nothing that says who they were. What the person was known by
-- (`known`) stands here only until it is finished, so that an erasure that was killed can be. `part_of` is the lead that
-- this one had been merged into.
create table erasures (
  workspace_id uuid not null,
  lead_id uuid not null,
  part_of uuid,
  reason text not null,
  actor jsonb not null,
  source text not null,
  known jsonb,
  removed jsonb not null default '{}',
  created_at timestamptz(3) not null,
  finished_at timestamptz(3),
  primary key (workspace_id, lead_id),
  check (finished_at is null or known is null)
);
create index erasures_unfinished on erasures (workspace_id, created_at) where finished_at is null and part_of is null;

-- Which records of repeated requests tell of whom: the submission that a capture was answered with, and every id in the path
-- or the answer of any other request. Not by an array in the record: its operators are not leakproof.
alter table idempotency_records add column submission_id uuid;
create index idempotency_records_submission on idempotency_records (workspace_id, submission_id) where submission_id is not null;
create index idempotency_records_refused on idempotency_records (workspace_id, scope, key) where status >= 400;
create table idempotency_names (
  workspace_id uuid not null,
  named_id uuid not null,
  scope text not null,
  key text not null,
  primary key (workspace_id, named_id, scope, key),
  foreign key (workspace_id, scope, key) references idempotency_records (workspace_id, scope, key) on delete cascade
);
create index idempotency_names_record on idempotency_names (workspace_id, scope, key);

-- Who sent what made no lead: held, spam and tests. The lead tells it of the others.
alter table submissions add column sender_email text;
alter table submissions add column sender_phone text;
create index submissions_sender_email on submissions (workspace_id, sender_email) where sender_email is not null;
create index submissions_sender_phone on submissions (workspace_id, sender_phone) where sender_phone is not null;

-- What is past its time, see privacy/retain.ts: what made no lead by its verdict, the rest in the order of its ids as far as
-- `cleared_until`.
create index submissions_unkept on submissions (workspace_id, form_id, verdict, id) where verdict <> 'accepted' and erased_at is null;
alter table forms add column retention jsonb not null default '{"spamDays": 90, "heldDays": null, "submissionDays": null, "leadDays": null}';
alter table forms add column cleared_until timestamptz(3) not null default '-infinity';

-- Events that repeat a filter or a choice of leads: somebody may be named in them.
create index events_words on events (workspace_id, id) where type in (
  'job.started', 'job.finished', 'segment.saved', 'segment.deleted', 'score_rule.saved', 'score_rule.deleted',
  'assignment_rule.saved', 'assignment_rule.deleted'
);

do $$
declare
  workspace uuid;
  name text;
begin
  foreach name in array array['erasures', 'idempotency_names']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace on %I using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id())',
      name
    );
  end loop;
  -- Of what came in before: its first e-mail.
  for workspace in select distinct workspace_id from directory
  loop
    perform set_config('leadnest.workspace_id', workspace::text, true);
    update submissions set sender_email = (
      select lower(value) from jsonb_each_text(fields) where value ~ '^[^@\s]+@[^@\s]+$' order by key = 'email' desc, key limit 1
    )
    where workspace_id = workspace and lead_id is null and erased_at is null;
  end loop;
  perform set_config('leadnest.workspace_id', '', true);
end
$$;
