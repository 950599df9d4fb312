-- What an undo of an import left alone is tried again by the next one: `left_by` is the undo that left it alone last. Which one it was is
-- not known of earlier ones. `left_alone` is read by the version before alone, and goes in a later one.
alter table import_changes add column left_by uuid;
do $$
declare
  workspace uuid;
begin
  -- Row security is forced: one workspace after the other.
  for workspace in select distinct workspace_id from directory
  loop
    perform set_config('leadnest.workspace_id', workspace::text, true);
    update import_changes set left_by = job_id where workspace_id = workspace and left_alone;
  end loop;
  perform set_config('leadnest.workspace_id', '', true);
end
$$;

-- So a job may have several undos, one after the other; the lock on the job sees to that.
drop index jobs_undo;
create index jobs_undo on jobs (workspace_id, undo_of) where undo_of is not null;
