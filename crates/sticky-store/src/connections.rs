use std::ops::DerefMut;

use async_trait::async_trait;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;

use crate::connection::Connection;
use crate::control::ControlWriter;

/// An engine's connections, for what is written once for all engines.
#[async_trait]
pub(crate) trait Connections: Send + Sync {
    type Connection: Connection;
    type Reader: DerefMut<Target = Self::Connection> + Send;

    /// One to read on.
    async fn reader(&self) -> Result<Self::Reader, StoreError>;

    fn now(&self) -> Timestamp;

    /// Runs jobs that append, and other small ones.
    fn control(&self) -> &ControlWriter<Self::Connection>;

    /// Runs jobs that follow what was appended.
    fn projector(&self) -> &ControlWriter<Self::Connection>;

    /// Runs jobs that move history into objects.
    fn archivist(&self) -> &ControlWriter<Self::Connection>;
}
