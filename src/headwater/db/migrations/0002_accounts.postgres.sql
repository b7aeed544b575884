-- People, their sessions and links, API tokens of every kind, and kept answers of Idempotency-Keys.
create table user_account (
  id bigint primary key,
  email text not null,
  email_k text not null,
  name text not null,
  password_hash text,
  scopes text not null,
  time_zone text not null,
  locale text not null,
  is_disabled boolean not null,
  created_at bigint not null,
  updated_at bigint not null
);
create unique index user_account_email on user_account (email_k);

create table sign_in_link (
  id bigint primary key,
  token_hash text not null,
  purpose text not null,
  user_id bigint,
  created_at bigint not null,
  expires_at bigint not null
);
create unique index sign_in_link_token on sign_in_link (token_hash);

create table session (
  id bigint primary key,
  secret_hash text not null,
  user_id bigint not null,
  created_at bigint not null,
  expires_at bigint not null
);
create unique index session_secret on session (secret_hash);
create index session_of_user on session (user_id);

create table api_token (
  id bigint primary key,
  kind text not null,
  name text not null,
  secret_hash text not null,
  client_id text,
  parent_id bigint,
  scopes text not null,
  user_id bigint not null,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint
);
create unique index api_token_secret on api_token (secret_hash);
create unique index api_token_client on api_token (client_id);
create index api_token_parent on api_token (parent_id, expires_at);

create table idempotency (
  caller text not null,
  idempotency_key text not null,
  target text not null,
  body_hash text not null,
  status bigint,
  headers text,
  answer text,
  expires_at bigint not null,
  primary key (caller, idempotency_key)
);
create index idempotency_expiry on idempotency (expires_at);
