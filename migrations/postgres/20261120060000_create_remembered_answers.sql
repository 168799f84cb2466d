-- Answers that are given again to whoever repeats a request under the same key. Sealed: what they hold may be a secret.

create table remembered_answer (
    key bytea primary key,
    request bytea not null,
    -- Until when the work counts as under way.
    held_until bigint not null,
    answer bytea,
    expires_at bigint not null
);

create index remembered_answer_by_end on remembered_answer (expires_at);
