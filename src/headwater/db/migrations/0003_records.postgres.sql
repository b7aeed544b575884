create table module (
  id bigint primary key,
  handle text not null,
  name text not null,
  label_field text,
  options text not null,
  revision bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  created_by bigint not null,
  deleted_at bigint
);

create unique index module_handle on module (handle) where deleted_at is null;

create table field (
  id bigint primary key,
  module_id bigint not null,
  name text not null,
  kind text not null,
  label text not null,
  help text not null,
  required boolean not null,
  is_unique boolean not null,
  indexed boolean not null,
  multi boolean not null,
  options text not null,
  default_value text not null,
  position bigint not null,
  is_dead boolean not null,
  extra text not null
);

create unique index field_name on field (module_id, name) where not is_dead;

create table change (
  id bigint primary key,
  at bigint not null,
  op text not null,
  module_id bigint not null,
  record_id bigint not null,
  revision bigint not null,
  actor_kind text not null,
  actor_id bigint not null,
  before text
);

create unique index change_record on change (record_id, revision);

-- A later commit can carry an earlier id, so readers follow the order of transactions and stop before the oldest
-- writer that is still at work.
alter table change add column xid xid8 not null default pg_current_xact_id();

create index change_order on change (xid, id);
