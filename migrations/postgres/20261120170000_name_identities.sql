-- What someone is called elsewhere, and since when that counts here: to tell one identity from another.

alter table identity add column name text;
alter table identity add column linked_at bigint;

create index identity_of_account on identity (account);
