//! Users, their logins and their tokens: written once for all engines.

mod logins;
mod password;
mod refresh;
mod session;
mod ticket;
mod users;

use sticky_domain::access::Level;
use sticky_domain::id::{DocumentId, PrincipalId, TokenId};
use sticky_domain::port::{
    AccessToken, AccountRow, BrowserSession, IdentityRow, Login, StoreError, TokenRow,
};
use sticky_domain::time::Timestamp;

use crate::connection::{Connection, all, one};
use crate::row::{self, Columns};
use crate::statement::Statement;

/// Users, browsers, logins and tokens on an engine.
pub(crate) struct SigningIn<'a, E>(pub(crate) &'a E);

const ACCOUNT: &str = "
    select a.*, p.name, coalesce(v.version, 0) as key_version from account a
        join principal p on p.id = a.id
        left join right_version v on v.kind = 2 and v.id = a.id";

async fn account<C: Connection>(
    connection: &mut C,
    user: PrincipalId,
) -> Result<Option<AccountRow>, StoreError> {
    let question = Statement::made(format!("{ACCOUNT} where a.id = $1"));
    one(connection, question.id(user.0), row::account).await
}

async fn named<C: Connection>(
    connection: &mut C,
    username: &str,
) -> Result<Option<AccountRow>, StoreError> {
    let question = Statement::made(format!("{ACCOUNT} where a.username = $1"));
    one(connection, question.text(Some(username)), row::account).await
}

async fn page<C: Connection>(
    connection: &mut C,
    after: &str,
    limit: u32,
) -> Result<Vec<AccountRow>, StoreError> {
    let question =
        Statement::made(format!("{ACCOUNT} where a.username > $1 order by a.username limit $2"));
    all(connection, question.text(Some(after)).number(i64::from(limit)), row::account).await
}

async fn password<C: Connection>(
    connection: &mut C,
    user: PrincipalId,
) -> Result<Option<String>, StoreError> {
    let question = Statement::new("select hash from password where account = $1").id(user.0);
    one(connection, question, |row| row.text("hash")).await
}

async fn identified<C: Connection>(
    connection: &mut C,
    provider: &str,
    subject: &str,
) -> Result<Option<PrincipalId>, StoreError> {
    let question =
        Statement::new("select account from identity where provider = $1 and subject = $2");
    let question = question.text(Some(provider)).text(Some(subject));
    one(connection, question, |row| row.uuid("account").map(PrincipalId)).await
}

async fn identities<C: Connection>(
    connection: &mut C,
    user: PrincipalId,
) -> Result<Vec<IdentityRow>, StoreError> {
    // What was connected before that was dated comes first.
    let question = Statement::new(
        "select provider, subject, name, linked_at from identity where account = $1
         order by coalesce(linked_at, 0), provider, subject",
    );
    all(connection, question.id(user.0), row::identity).await
}

/// A login that neither a browser nor a refresh token can use any more has ended, though nobody has signed out.
const TOKENS: &str = "
    select t.id, t.login, t.label, t.scope, t.issued_at, t.until from access_token t
    where t.principal = $1 and t.revoked_at is null and (t.until is null or t.until > $2)
        and (t.login is null
            or exists (select 1 from browser_session s where s.login = t.id)
            or exists (select 1 from refresh_token r
                where r.login = t.id and r.used_at is null and r.expires_at > $3))
    order by t.issued_at desc, t.id desc";

async fn tokens<C: Connection>(
    connection: &mut C,
    principal: PrincipalId,
    now: Timestamp,
) -> Result<Vec<TokenRow>, StoreError> {
    let question = Statement::new(TOKENS).id(principal.0).number(now.0).number(now.0);
    all(connection, question, row::token_row).await
}

async fn granted_to<C: Connection>(
    connection: &mut C,
    principal: PrincipalId,
) -> Result<Vec<(DocumentId, Level)>, StoreError> {
    let question = Statement::new(
        "select document, level from document_grant where recipient = $1 order by document",
    );
    let read = |row: &C::Row| Ok((DocumentId(row.uuid("document")?), row.level("level")?));
    all(connection, question.id(principal.0), read).await
}

async fn asked_for<C: Connection>(
    connection: &mut C,
    principal: PrincipalId,
) -> Result<Vec<DocumentId>, StoreError> {
    let question = Statement::new(
        "select document from access_request where principal = $1 order by document",
    );
    let read = |row: &C::Row| row.uuid("document").map(DocumentId);
    all(connection, question.id(principal.0), read).await
}

/// The session of a cookie, unless the login that it rests on has ended.
async fn session<C: Connection>(
    connection: &mut C,
    sha256: [u8; 32],
) -> Result<Option<BrowserSession>, StoreError> {
    let question = Statement::new(
        "select s.id, s.project, s.principal, s.login, t.principal as login_user,
             p.project as login_project, g.link, g.guest
         from browser_session s
             left join access_token t on t.id = s.login and t.revoked_at is null
             left join principal p on p.id = t.principal
             left join session_guest g on g.session = s.id
         where s.sha256 = $1 and (s.login is null or t.id is not null)
         order by g.rowid",
    );
    row::session(&connection.rows(question.bytes(&sha256)).await?)
}

async fn token<C: Connection>(
    connection: &mut C,
    sha256: [u8; 32],
    now: Timestamp,
) -> Result<Option<AccessToken>, StoreError> {
    let question = Statement::new(
        "select t.id, t.principal, t.scope, t.until, p.project, p.kind
         from access_token t join principal p on p.id = t.principal
         where t.sha256 = $1 and t.revoked_at is null and (t.until is null or t.until > $2)",
    );
    one(connection, question.bytes(&sha256).number(now.0), row::token).await
}

async fn login<C: Connection>(
    connection: &mut C,
    token: TokenId,
) -> Result<Option<Login>, StoreError> {
    let question = Statement::new(
        "select t.id as login, t.principal as login_user, p.project as login_project
         from access_token t join principal p on p.id = t.principal
         where t.id = $1 and t.login is not null and t.revoked_at is null",
    );
    one(connection, question.id(token.0), row::login).await
}
