-- When a build last moved, in milliseconds: history does not wait for ever for one that was abandoned.
alter table projection_checkpoint add column moved_at bigint not null default 0;
