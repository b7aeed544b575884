-- Alerts, the entries that wait in their queues, and the poll jobs that consumers hold.
create table alert (
  id bigint primary key,
  name text not null,
  module_id bigint not null,
  trigger_kind text not null,
  state_field text,
  states text not null,
  watched_field text,
  filter text not null,
  extra_fields text not null,
  field_ids text not null,
  queue_uuid text not null,
  enabled boolean not null,
  include_deletes boolean not null,
  include_existing boolean not null,
  owner_id bigint not null,
  revision bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_queued_at bigint,
  last_finished_at bigint
);
create unique index alert_queue on alert (queue_uuid);

create table queue_entry (
  alert_id bigint not null,
  record_id bigint not null,
  position bigint not null,
  queued_at bigint not null,
  operation text not null,
  available_at bigint not null,
  primary key (alert_id, record_id)
);
create index queue_entry_order on queue_entry (alert_id, position);

create table poll_job (
  id text primary key not null,
  alert_id bigint not null,
  opened_at bigint not null,
  finished_at bigint,
  record_count bigint not null,
  last_queued_at bigint not null,
  snapshot bytea
);
create unique index poll_job_open on poll_job (alert_id) where finished_at is null;
create index poll_job_finished on poll_job (alert_id, finished_at);

-- Records that a one-time alert has queued; they never wait again.
create table alert_burnt (
  alert_id bigint not null,
  record_id bigint not null,
  primary key (alert_id, record_id)
);

-- Records that passed at the last evaluation, of those alerts that must notice what time or another record changed.
create table alert_match (
  alert_id bigint not null,
  record_id bigint not null,
  primary key (alert_id, record_id)
);
