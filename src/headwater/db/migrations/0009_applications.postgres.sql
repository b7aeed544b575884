-- Stored files, templates and applications with what was given for them.

create table file (
  id bigint primary key,
  name text not null,
  size bigint not null,
  content_type text not null,
  sha256 text not null,
  created_at bigint not null,
  created_by bigint not null
);

create table application_template (
  id bigint primary key,
  title text not null,
  version bigint not null,
  is_live boolean not null,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint
);

create table application_template_version (
  template_id bigint not null,
  version bigint not null,
  document text not null,
  primary key (template_id, version)
);

create table contact (
  id bigint primary key,
  email text not null,
  email_k text not null unique,
  firstname text not null,
  lastname text not null,
  phone text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table application (
  id bigint primary key,
  template_id bigint not null,
  template_version bigint not null,
  contact_id bigint not null,
  title text not null,
  status text not null,
  external_id text not null,
  custom text not null,
  auto_emails boolean not null,
  due_at bigint,
  reason text not null,
  record_id bigint,
  mirror_id bigint,
  state_before text not null,
  state_dates text not null,
  link_hash text not null unique,
  link_sealed text not null,
  link_created_at bigint not null,
  link_expires_at bigint,
  link_revoked_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint
);

create table application_item (
  id bigint primary key,
  application_id bigint not null,
  template_item_id bigint,
  step_title text not null,
  position bigint not null,
  kind text not null,
  title text not null,
  mandatory boolean not null,
  definition text not null,
  state text not null,
  given text not null,
  comment text not null,
  last_rejection text,
  updated_at bigint not null
);

create table application_upload (
  id bigint primary key,
  application_id bigint not null,
  item_id bigint not null,
  file_id bigint not null,
  state text not null,
  uploaded_by text not null,
  created_at bigint not null
);

create table application_move (
  id bigint primary key,
  application_id bigint not null,
  at bigint not null,
  actor text not null,
  state_from text not null,
  state_to text not null,
  reason text not null
);

create table application_module (
  id bigint primary key,
  module_id bigint not null
);
create index application_by_template on application (template_id);
create index application_by_status on application (status);
create index application_item_by_application on application_item (application_id);
create index application_upload_by_item on application_upload (item_id);
create index application_move_by_application on application_move (application_id);
