-- Imports of files, and the rows that they rejected.

create table record_import (
  id bigint primary key,
  module_id bigint not null,
  job_id bigint,
  status text not null,
  options text not null,
  file_name text not null,
  spool text not null,
  actor text not null,
  bytes_total bigint not null,
  bytes_done bigint not null,
  rows_done bigint not null,
  counts text not null,
  columns text not null,
  error text,
  created_at bigint not null,
  started_at bigint,
  finished_at bigint
);

create table import_reject (
  import_id bigint not null,
  row_number bigint not null,
  content text not null,
  faults text not null,
  primary key (import_id, row_number)
);
create index record_import_by_module on record_import (module_id);
