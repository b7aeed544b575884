create sequence id_sequence as bigint start with 1 maxvalue 9007199254740991;

create table catalogue (
    only_row bigint primary key check (only_row = 1),
    version bigint not null
);
insert into catalogue (only_row, version) values (1, 0);
