-- Documents of the integrator dialect (flows, exports, imports, connections, integrations, scripts) and who uses whom.
create table flow_document (
  id integer primary key,
  hex_id text not null,
  kind text not null,
  name text not null,
  document text not null,
  secrets text,
  created_at integer not null,
  modified_at integer not null,
  created_by integer not null,
  modified_by integer not null,
  saver text not null
);
create unique index flow_document_hex on flow_document (hex_id);
create index flow_document_kind on flow_document (kind, hex_id);

create table flow_reference (
  document_id integer not null,
  target_id integer not null,
  primary key (document_id, target_id)
);
create index flow_reference_target on flow_reference (target_id);
