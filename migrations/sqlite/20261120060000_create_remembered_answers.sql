-- Answers that are given again to whoever repeats a request under the same key. Sealed: what they hold may be a secret.

create table remembered_answer (
    key blob primary key,
    request blob not null,
    -- Until when the work counts as under way.
    held_until integer not null,
    answer blob,
    expires_at integer not null
) strict, without rowid;

create index remembered_answer_by_end on remembered_answer (expires_at);
