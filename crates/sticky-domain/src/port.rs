//! What the rules need from outside, as traits.

mod access;
mod accounts;
mod answers;
mod audit_log;
mod blobs;
mod clock;
mod content;
mod directory;
mod event_store;
mod histories;
mod ids;
mod lists;
mod passwords;
mod projections;
mod read_model;
mod search;
mod sessions;
mod snapshots;
mod turn;
mod vetting;

pub use access::Access;
pub use accounts::{AccountRow, Accounts, IdentityRow, TokenKind, TokenRow};
pub use answers::{Answers, Asked, Begun};
pub use audit_log::{AuditLog, AuditQuestion, Totals};
pub use blobs::{Blob, BlobError, BlobStore};
pub use clock::Clock;
pub use content::{Content, ContentReader, ContentWriter, EditError, Excerpt, Selection};
pub use directory::{
    Directory, GrantRow, GroupRow, LinkGuestRow, MemberRow, OwnerlessRow, ProjectRow, RequestRow,
};
pub use event_store::{
    Append, AppendError, Appended, EventStore, Expected, NewUpdate, RecordError, Recorded,
    StoreError, StoredUpdate, Updates,
};
pub use histories::{Histories, PastEvent, WriteError};
pub use ids::Ids;
pub use lists::{
    DocumentPage, Insight, ListFilter, ListPlace, ListRequest, ListedDocument, Lists, Order,
    PageAt, Shelf, SortBy, SortKey, Trash,
};
pub use passwords::{Passwords, PasswordsBusy};
pub use projections::{
    Advance, Build, Checkpoint, Lag, NoteText, ProjectionStatus, Projections, SetAside, Swap,
    Target,
};
pub use read_model::{DocumentRow, LinkRow, PrincipalKind, PrincipalRow, ReadModel};
pub use search::{Found, Search, SearchRequest, Within};
pub use sessions::{AccessToken, BrowserSession, Login, Refreshed, Sessions};
pub use snapshots::{Compactor, Loaded, Snapshot, Snapshots};
pub use turn::Turn;
pub use vetting::{Unfit, Vet, Vetting};
