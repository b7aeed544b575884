-- Where a job must run: beside the files that it reads. Null is anywhere.
alter table job add column place text;
