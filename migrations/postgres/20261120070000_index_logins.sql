-- Whether a login can still be used: by a browser, or by a refresh token.
create index browser_session_of_login on browser_session (login) where login is not null;
create index refresh_token_of_login on refresh_token (login);
