-- Runs of flows: counters of each step, stored batches on their way, failures, and what outlives a run.
create table flow_run (
  id bigint primary key,
  flow_id text not null,
  flow_name text not null,
  kind text not null,
  job_id bigint not null,
  actor text not null,
  documents text not null,
  options text not null,
  created_at bigint not null,
  records_read bigint not null,
  records_ok bigint not null,
  records_ignored bigint not null,
  records_failed bigint not null,
  is_read boolean not null
);
create index flow_run_of_flow on flow_run (flow_id, id);
create unique index flow_run_of_job on flow_run (job_id);

create table flow_step (
  run_id bigint not null,
  position bigint not null,
  step_id text not null,
  document_id text not null,
  kind text not null,
  name text not null,
  success bigint not null,
  ignored bigint not null,
  failed bigint not null,
  pages bigint not null,
  cursor text not null,
  is_read boolean not null,
  state text not null,
  primary key (run_id, position)
);
create index flow_step_of_document on flow_step (document_id, run_id);

create table flow_batch (
  id bigint primary key,
  run_id bigint not null,
  generator bigint not null,
  first_page bigint not null,
  classes bytea not null,
  pieces bigint not null,
  retries text not null
);
create index flow_batch_of_run on flow_batch (run_id);

create table flow_piece (
  id bigint primary key,
  batch_id bigint not null,
  run_id bigint not null,
  position bigint not null,
  lane text not null,
  size bigint not null,
  data bytea not null
);
create index flow_piece_of_run on flow_piece (run_id, position, id);

create table flow_failure (
  id bigint primary key,
  flow_id text not null,
  run_id bigint not null,
  position bigint not null,
  step_id text not null,
  document_id text not null,
  status text not null,
  at bigint not null,
  stage text not null,
  source text not null,
  code text not null,
  message text not null,
  kind text not null,
  trace_key text not null,
  record_key text not null,
  data text,
  attempts bigint not null,
  next_retry_at bigint,
  revision bigint not null,
  resolved_at bigint,
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
  last_export_at bigint not null,
  primary key (flow_id, step_id)
);
