-- Deleted leads that gave up by what they were known, to whom an import brought in: the undo gives it back, where it is free.
alter table import_changes add column displaced boolean not null default false;
