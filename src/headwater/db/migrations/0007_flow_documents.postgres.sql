-- Documents of the integrator dialect (flows, exports, imports, connections, integrations, scripts) and who uses whom.
create table flow_document (
  id bigint primary key,
  hex_id text not null,
  kind text not null,
  name text not null,
  document text not null,
  secrets text,
  created_at bigint not null,
  modified_at bigint not null,
  created_by bigint not null,
  modified_by bigint not null,
  saver text not null
);
create unique index flow_document_hex on flow_document (hex_id);
create index flow_document_kind on flow_document (kind, hex_id);

create table flow_reference (
  document_id bigint not null,
  target_id bigint not null,
  primary key (document_id, target_id)
);
create index flow_reference_target on flow_reference (target_id);
