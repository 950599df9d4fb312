-- An erasure looks for suppressions by how their addresses read; those that were erased have none.
create index suppressions_readable on suppressions (workspace_id, address) where address is not null;
