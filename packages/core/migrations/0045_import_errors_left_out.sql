-- A row that went in without a cell that could not be read stands here too, with no cells: there is nothing to mend and import again.
alter table import_errors alter column cells drop not null;

-- Refused rows are shown before these, however many of these there are.
create index import_errors_refused on import_errors (workspace_id, job_id, row) where cells is not null;
