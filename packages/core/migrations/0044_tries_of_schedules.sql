-- How often the export that is due could not be begun, for a fault of ours.
alter table export_schedules add column tries smallint not null default 0;
