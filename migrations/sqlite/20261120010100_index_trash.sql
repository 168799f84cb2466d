-- What has been in the trash for long enough is deleted for good, and those who were let in by a link with it.
create index document_in_trash on document (deleted_at) where deleted_at is not null;
create index session_guest_by_link on session_guest (link);
