//! Who acts when nobody has signed in: fixed identities of a server that one person runs for themselves.

use sticky_domain::access::{Caller, Claim};
use sticky_domain::id::{PrincipalId, ProjectId};
use sticky_domain::name;
use sticky_domain::usecase::Refusal;
use uuid::Uuid;

use crate::app::App;

/// The project that every note of a server without accounts is in.
pub const PROJECT: ProjectId = ProjectId(Uuid::from_u128(0x57_1c4e_0000_7000_8000_0000_0000_0001));
/// Whoever uses a server in local-dev without saying who they are.
pub const LOCAL_USER: PrincipalId =
    PrincipalId(Uuid::from_u128(0x57_1c4e_0000_7000_8000_0000_0000_0002));
/// Whoever runs commands beside the database.
pub const OPERATOR: PrincipalId =
    PrincipalId(Uuid::from_u128(0x57_1c4e_0000_7000_8000_0000_0000_0003));

/// Someone who may do everything in the project.
pub(crate) fn trusted(principal: PrincipalId) -> Caller {
    Caller::new(PROJECT, vec![Claim::LocalDev(principal)])
}

/// The person that a local-dev client says it is: the same for the same `userId`.
pub(crate) async fn named(
    app: &App,
    user_id: Option<&str>,
    display_name: Option<&str>,
) -> Result<PrincipalId, Refusal> {
    let Some(user_id) = user_id.filter(|id| !id.is_empty()) else {
        return Ok(LOCAL_USER);
    };
    let principal = PrincipalId(Uuid::new_v5(&PROJECT.0, user_id.as_bytes()));
    if app.browsers.person(principal).await?.is_none() {
        let name = display_name.and_then(|name| name::parse(name).ok());
        let name = name.unwrap_or_else(|| name::friendly(principal));
        app.principals.ensure_service(PROJECT, principal, &name).await?;
    }
    Ok(principal)
}
