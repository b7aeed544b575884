-- Modules whose indexes an import has taken away until it ends.

create table held_index (
  module_id bigint primary key
);
