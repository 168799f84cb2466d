use std::time::Duration;

use sticky_domain::port::StoreError;
use tokio::time::timeout;

/// The longest that a read may take. A server that is there has ended it before.
const READ: Duration = Duration::from_secs(12);

/// The answer of a server whose network swallowed it never comes: whoever asked is told so.
pub(crate) async fn in_time<T>(
    read: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let silent = || StoreError::Unavailable("the database does not answer".to_owned());
    timeout(READ, read).await.unwrap_or_else(|_| Err(silent()))
}
