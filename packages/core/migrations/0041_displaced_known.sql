-- Few rows: an erasure looks through those of its workspace for by what the person is known.
create index import_changes_displaced on import_changes (workspace_id) where displaced;
