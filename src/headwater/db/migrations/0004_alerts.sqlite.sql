-- Alerts, the entries that wait in their queues, and the poll jobs that consumers hold.
create table alert (
  id integer primary key,
  name text not null,
  module_id integer not null,
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
  owner_id integer not null,
  revision integer not null,
  created_at integer not null,
  updated_at integer not null,
  last_queued_at integer,
  last_finished_at integer
);
create unique index alert_queue on alert (queue_uuid);

create table queue_entry (
  alert_id integer not null,
  record_id integer not null,
  position integer not null,
  queued_at integer not null,
  operation text not null,
  available_at integer not null,
  primary key (alert_id, record_id)
) without rowid;
create index queue_entry_order on queue_entry (alert_id, position);

create table poll_job (
  id text primary key not null,
  alert_id integer not null,
  opened_at integer not null,
  finished_at integer,
  record_count integer not null,
  last_queued_at integer not null,
  snapshot blob
);
create unique index poll_job_open on poll_job (alert_id) where finished_at is null;
create index poll_job_finished on poll_job (alert_id, finished_at);

-- Records that a one-time alert has queued; they never wait again.
create table alert_burnt (
  alert_id integer not null,
  record_id integer not null,
  primary key (alert_id, record_id)
) without rowid;

-- Records that passed at the last evaluation, of those alerts that must notice what time or another record changed.
create table alert_match (
  alert_id integer not null,
  record_id integer not null,
  primary key (alert_id, record_id)
) without rowid;
