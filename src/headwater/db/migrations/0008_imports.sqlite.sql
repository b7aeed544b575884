-- Imports of files, and the rows that they rejected.

create table record_import (
  id integer primary key,
  module_id integer not null,
  job_id integer,
  status text not null,
  options text not null,
  file_name text not null,
  spool text not null,
  actor text not null,
  bytes_total integer not null,
  bytes_done integer not null,
  rows_done integer not null,
  counts text not null,
  columns text not null,
  error text,
  created_at integer not null,
  started_at integer,
  finished_at integer
);

create table import_reject (
  import_id integer not null,
  row_number integer not null,
  content text not null,
  faults text not null,
  primary key (import_id, row_number)
);
create index record_import_by_module on record_import (module_id);
