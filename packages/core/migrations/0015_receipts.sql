-- What is added to the content before it is hashed for the receipt. It goes with the content, and then nobody can find out
-- by guessing what the hash in a receipt was of. Null for what came in before there were receipts.
alter table submissions add column receipt_salt bytea;

-- Since when nothing is left but that there was one.
alter table submissions add column erased_at timestamptz(3);

-- A receipt names a submission and no workspace: who asks for it by its id may read that one row, and change none.
create function current_submission_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('leadnest.submission_id', true), '')::uuid $$;
create policy receipt on submissions for select using (id = current_submission_id());
create index submissions_id on submissions (id);
