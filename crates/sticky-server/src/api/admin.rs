//! What whoever runs the server may see.

pub(crate) mod audit;
pub(crate) mod documents;
pub(crate) mod projections;
pub(crate) mod stats;
pub(crate) mod users;
