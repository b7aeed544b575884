create table id_sequence (
    only_row integer primary key check (only_row = 1),
    next_id integer not null
);
insert into id_sequence (only_row, next_id) values (1, 1);

create table catalogue (
    only_row integer primary key check (only_row = 1),
    version integer not null
);
insert into catalogue (only_row, version) values (1, 0);
