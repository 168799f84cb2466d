use serde_json::json;
use sticky_domain::access::{Caller, Claim};
use sticky_domain::event::Via;
use sticky_domain::fence::RightKey;

/// What let them act.
pub(crate) fn via_of(claim: &Claim) -> Via {
    match *claim {
        Claim::Principal(_) | Claim::LocalDev(_) => Via::Direct,
        Claim::Token { token, .. } => Via::Token(token),
        Claim::Link { link, .. } => Via::Link(link),
    }
}

/// The key that a claim rests on beside its document and its principal.
pub(crate) fn key_of(claim: &Claim) -> Option<RightKey> {
    match *claim {
        Claim::Principal(_) | Claim::LocalDev(_) => None,
        Claim::Token { token, .. } => Some(RightKey::Token(token)),
        Claim::Link { link, .. } => Some(RightKey::Link(link)),
    }
}

/// The claims as the statement unpacks them: (principal, key kind, key id, everything is theirs, the login that it rests
/// on).
pub(crate) fn to_json(caller: &Caller) -> String {
    let login = caller.login.map(|login| login.0.simple().to_string()).unwrap_or_default();
    let rows = caller.claims.iter().map(|claim| {
        let (kind, id) = key_of(claim).map_or((0, String::new()), |key| {
            let (kind, id) = key.parts();
            (kind, id.simple().to_string())
        });
        let owner = matches!(claim, Claim::LocalDev(_));
        json!([claim.principal().0.simple().to_string(), kind, id, owner, login])
    });
    serde_json::Value::Array(rows.collect()).to_string()
}
