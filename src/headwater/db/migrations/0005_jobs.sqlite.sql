-- Durable background work and its append-only log.
create table job (
  id integer primary key,
  kind text not null,
  status text not null,
  run_at integer not null,
  attempts integer not null,
  max_attempts integer not null,
  parameters text not null,
  timeout_seconds real,
  exclusive_key text,
  parent_id integer,
  actor text not null,
  created_at integer not null,
  started_at integer,
  finished_at integer,
  is_cancel_requested boolean not null,
  worker text,
  lease_until integer,
  error text not null,
  result text not null
);
create index job_ready on job (run_at, id) where status = 'queued';
create unique index job_exclusive on job (exclusive_key) where status = 'running';
create index job_waiting on job (exclusive_key) where status = 'queued';
create index job_kind on job (kind, id);
create index job_parent on job (parent_id) where parent_id is not null;
create index job_finished on job (finished_at) where finished_at is not null;

create table job_log (
  id integer primary key,
  job_id integer not null,
  at integer not null,
  level text not null,
  message text not null,
  data text not null
);
create index job_log_of_job on job_log (job_id, id);
