-- Who was merged into whom: a lead that is merged away takes along those that were merged into it.
create index leads_merged on leads (workspace_id, merged_into) where merged_into is not null;

-- Leads of one company, whatever the case: a column, because under a forced policy an index on lower(company) is not used.
alter table leads add column company_key text generated always as (left(lower(company), 200)) stored;
create index leads_company on leads (workspace_id, company_key) where company_key is not null;
