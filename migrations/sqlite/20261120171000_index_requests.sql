-- A guest who becomes a user takes along what they have asked for.

create index access_request_of_principal on access_request (principal);
