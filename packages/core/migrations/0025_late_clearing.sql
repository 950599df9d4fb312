-- What was let through, by hand or by a link, became accepted after its id: it may lie before `forms.cleared_until`.
create index submissions_released on submissions (workspace_id, form_id, id)
  where released_at is not null and verdict = 'accepted' and erased_at is null;

-- The job that began an erasure, so that its event names it also where another transaction ends it.
alter table erasures add column job_id uuid;
