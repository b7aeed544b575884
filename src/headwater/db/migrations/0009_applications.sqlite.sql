-- Stored files, templates and applications with what was given for them.

create table file (
  id integer primary key,
  name text not null,
  size integer not null,
  content_type text not null,
  sha256 text not null,
  created_at integer not null,
  created_by integer not null
);

create table application_template (
  id integer primary key,
  title text not null,
  version integer not null,
  is_live boolean not null,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
);

create table application_template_version (
  template_id integer not null,
  version integer not null,
  document text not null,
  primary key (template_id, version)
);

create table contact (
  id integer primary key,
  email text not null,
  email_k text not null unique,
  firstname text not null,
  lastname text not null,
  phone text not null,
  created_at integer not null,
  updated_at integer not null
);

create table application (
  id integer primary key,
  template_id integer not null,
  template_version integer not null,
  contact_id integer not null,
  title text not null,
  status text not null,
  external_id text not null,
  custom text not null,
  auto_emails boolean not null,
  due_at integer,
  reason text not null,
  record_id integer,
  mirror_id integer,
  state_before text not null,
  state_dates text not null,
  link_hash text not null unique,
  link_sealed text not null,
  link_created_at integer not null,
  link_expires_at integer,
  link_revoked_at integer,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
);

create table application_item (
  id integer primary key,
  application_id integer not null,
  template_item_id integer,
  step_title text not null,
  position integer not null,
  kind text not null,
  title text not null,
  mandatory boolean not null,
  definition text not null,
  state text not null,
  given text not null,
  comment text not null,
  last_rejection text,
  updated_at integer not null
);

create table application_upload (
  id integer primary key,
  application_id integer not null,
  item_id integer not null,
  file_id integer not null,
  state text not null,
  uploaded_by text not null,
  created_at integer not null
);

create table application_move (
  id integer primary key,
  application_id integer not null,
  at integer not null,
  actor text not null,
  state_from text not null,
  state_to text not null,
  reason text not null
);

create table application_module (
  id integer primary key,
  module_id integer not null
);
create index application_by_template on application (template_id);
create index application_by_status on application (status);
create index application_item_by_application on application_item (application_id);
create index application_upload_by_item on application_upload (item_id);
create index application_move_by_application on application_move (application_id);
