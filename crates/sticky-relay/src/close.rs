//! Why a socket is closed. 44xx is final: stock providers never retry it. The others are worth another try.

/// A WebSocket close code (RFC 6455 section 7.4) and the stable code that explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseReason {
    pub code: u16,
    pub reason: &'static str,
}

impl CloseReason {
    pub const RESTARTING: Self = Self { code: 1012, reason: "restarting" };
    pub const TRY_AGAIN: Self = Self { code: 1013, reason: "try_again" };
    pub const TOO_SLOW: Self = Self { code: 1013, reason: "too_slow" };
    pub const MALFORMED: Self = Self::malformed("malformed");
    pub const GAP: Self = Self::malformed("gap");
    pub const CREDENTIAL: Self = Self { code: 4401, reason: "unauthorized" };
    pub const LINK_REVOKED: Self = Self { code: 4403, reason: "link_revoked" };
    pub const ACCESS_REMOVED: Self = Self { code: 4403, reason: "access_removed" };
    pub const READ_ONLY: Self = Self { code: 4403, reason: "read_only" };
    pub const NOT_FOUND: Self = Self { code: 4404, reason: "not_found" };
    pub const CLIENT_ID_TAKEN: Self = Self { code: 4409, reason: "client_id_taken" };
    pub const OP_CONFLICT: Self = Self { code: 4409, reason: "op_conflict" };
    pub const IN_TRASH: Self = Self { code: 4410, reason: "in_trash" };
    pub const DOC_FULL: Self = Self { code: 4413, reason: "doc_full" };
    pub const SLOW_DOWN: Self = Self { code: 4529, reason: "slow_down" };

    /// 4400 with the code of what was wrong.
    pub const fn malformed(reason: &'static str) -> Self {
        Self { code: 4400, reason }
    }

    /// 4413 with the code of what was too large.
    pub const fn too_large(reason: &'static str) -> Self {
        Self { code: 4413, reason }
    }
}
