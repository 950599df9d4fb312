-- Few rows, as those of `import_changes_displaced`: leads by what they were known before an import gave them something else.
create index import_changes_moved on import_changes (workspace_id)
where before ->> 'email' is not null or before ->> 'phone' is not null or before ->> 'externalId' is not null;
