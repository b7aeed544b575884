create table module (
  id integer primary key,
  handle text not null,
  name text not null,
  label_field text,
  options text not null,
  revision integer not null,
  created_at integer not null,
  updated_at integer not null,
  created_by integer not null,
  deleted_at integer
);

create unique index module_handle on module (handle) where deleted_at is null;

create table field (
  id integer primary key,
  module_id integer not null,
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
  position integer not null,
  is_dead boolean not null,
  extra text not null
);

create unique index field_name on field (module_id, name) where not is_dead;

create table change (
  id integer primary key,
  at integer not null,
  op text not null,
  module_id integer not null,
  record_id integer not null,
  revision integer not null,
  actor_kind text not null,
  actor_id integer not null,
  before text
);

create unique index change_record on change (record_id, revision);
