-- What the timeline of a lead says of its waiting: which rule, and why nobody of it was there. While that stays, it is not
-- said again.
alter table waiting_leads add column told jsonb;
