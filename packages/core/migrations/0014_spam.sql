-- What a form's visitors may send without being held; see spam/settings.ts.
alter table forms add column spam jsonb not null default
  '{"proofBits": 0, "maxLinks": 2, "blockedWords": [], "blockedDomains": [], "holdDisposable": true, "holdRepeats": true}';

alter table submissions
  add column released_at timestamptz(3),
  add column released_by jsonb;

-- The inbox shows one verdict, newest first.
drop index submissions_held;
create index submissions_verdict on submissions (workspace_id, verdict, id) where verdict <> 'accepted';

-- What is kept for a day of what visitors sent, to tell a flood from people: keyed hashes, and nothing that they wrote.
-- Written once and never changed, so no batch waits for another. Ids are those of the submissions, so they say when.
create table submission_traces (
  workspace_id uuid not null,
  form_id uuid not null,
  id uuid not null,
  -- Who it says it is: e-mail, else phone.
  sender bigint,
  -- The network address, under the salt of its day.
  client bigint,
  -- All answers together.
  answers bigint not null,
  -- When the form was handed out.
  issued_at timestamptz(3) not null,
  -- The long text, as it is but for case, digits, links and names.
  text bigint,
  -- 16 numbers of 16 bits by which texts are compared (min-hashes of the words).
  sketch bytea,
  -- 6 bytes for each site that it links to.
  links bytea,
  primary key (workspace_id, form_id, id)
);
alter table submission_traces enable row level security;
alter table submission_traces force row level security;
create policy workspace on submission_traces
  using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id());
