-- Runs of flows: counters of each step, stored batches on their way, failures, and what outlives a run.
create table flow_run (
  id integer primary key,
  flow_id text not null,
  flow_name text not null,
  kind text not null,
  job_id integer not null,
  actor text not null,
  documents text not null,
  options text not null,
  created_at integer not null,
  records_read integer not null,
  records_ok integer not null,
  records_ignored integer not null,
  records_failed integer not null,
  is_read boolean not null
);
create index flow_run_of_flow on flow_run (flow_id, id);
create unique index flow_run_of_job on flow_run (job_id);

create table flow_step (
  run_id integer not null,
  position integer not null,
  step_id text not null,
  document_id text not null,
  kind text not null,
  name text not null,
  success integer not null,
  ignored integer not null,
  failed integer not null,
  pages integer not null,
  cursor text not null,
  is_read boolean not null,
  state text not null,
  primary key (run_id, position)
);
create index flow_step_of_document on flow_step (document_id, run_id);

create table flow_batch (
  id integer primary key,
  run_id integer not null,
  generator integer not null,
  first_page integer not null,
  classes blob not null,
  pieces integer not null,
  retries text not null
);
create index flow_batch_of_run on flow_batch (run_id);

create table flow_piece (
  id integer primary key,
  batch_id integer not null,
  run_id integer not null,
  position integer not null,
  lane text not null,
  size integer not null,
  data blob not null
);
create index flow_piece_of_run on flow_piece (run_id, position, id);

create table flow_failure (
  id integer primary key,
  flow_id text not null,
  run_id integer not null,
  position integer not null,
  step_id text not null,
  document_id text not null,
  status text not null,
  at integer not null,
  stage text not null,
  source text not null,
  code text not null,
  message text not null,
  kind text not null,
  trace_key text not null,
  record_key text not null,
  data text,
  attempts integer not null,
  next_retry_at integer,
  revision integer not null,
  resolved_at integer,
  resolved_by text not null,
  tags text not null,
  assigned_to text not null
);
create index flow_failure_of_step on flow_failure (flow_id, step_id, status, id);
create index flow_failure_of_run on flow_failure (run_id);
create index flow_failure_of_key on flow_failure (flow_id, step_id, trace_key) where status = 'open';
create index flow_failure_due on flow_failure (next_retry_at) where next_retry_at is not null;

create table flow_state (
  flow_id text not null,
  step_id text not null,
  last_export_at integer not null,
  primary key (flow_id, step_id)
);
