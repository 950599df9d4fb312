-- By what deleted leads were known since merges, as `kind value`, where an import had them give up that, too: the undo gives it back.
alter table import_changes add column aliases text[] not null default '{}';
-- Few rows: an erasure looks through those of its workspace, as through `import_changes_displaced`.
create index import_changes_aliases on import_changes (workspace_id) where aliases <> '{}';
