-- What an undo of an import left alone is tried again by the next one: `left_by` is the undo that left it alone last. Which one it was is
-- not known of earlier ones.
alter table import_changes alter column left_alone drop default, alter column left_alone drop not null;
alter table import_changes alter column left_alone type uuid using case when left_alone then job_id end;
alter table import_changes rename column left_alone to left_by;

-- So a job may have several undos, one after the other; the lock on the job sees to that.
drop index jobs_undo;
create index jobs_undo on jobs (workspace_id, undo_of) where undo_of is not null;
