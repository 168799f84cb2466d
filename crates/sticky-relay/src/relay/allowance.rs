use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Gone;
use crate::room::session::Credit;

/// Bytes of updates that wait, unrecorded, for one document; then its sockets are not read.
const DOCUMENT: usize = 256 << 10;

/// How much may wait, accepted and not durable yet: of one document, and of all documents of this node together.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    document: Arc<Semaphore>,
    node: Arc<Semaphore>,
}

impl Allowance {
    /// That of a document more, on a node that has this much for all.
    pub(super) fn of_document(node: &Arc<Semaphore>) -> Self {
        Self { document: Arc::new(Semaphore::new(DOCUMENT)), node: Arc::clone(node) }
    }

    /// Waits until there is room for so many bytes; what is larger than a document's allowance takes all of it.
    pub(super) async fn take(&self, bytes: usize) -> Result<Credit, Gone> {
        let wanted = bytes.min(DOCUMENT);
        // In this order everywhere: whoever waits for the node holds up nothing but their own document.
        let of_document = permits(&self.document, wanted).await?;
        let of_node = permits(&self.node, wanted).await?;
        Ok(Credit::of(of_document, of_node))
    }
}

async fn permits(of: &Arc<Semaphore>, bytes: usize) -> Result<OwnedSemaphorePermit, Gone> {
    let bytes = u32::try_from(bytes).expect("the allowance of a document fits 32 bits");
    Arc::clone(of).acquire_many_owned(bytes).await.map_err(|_| Gone)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// What is given without waiting.
    fn at_once(allowance: &Allowance, bytes: usize) -> Option<Credit> {
        match pin!(allowance.take(bytes)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(credit) => Some(credit.unwrap()),
            Poll::Pending => None,
        }
    }

    fn allowances<const N: usize>(node: usize) -> [Allowance; N] {
        let node = Arc::new(Semaphore::new(node));
        std::array::from_fn(|_| Allowance::of_document(&node))
    }

    #[test]
    fn a_document_waits_for_itself_and_not_for_others() {
        let [one, other] = allowances(10 * DOCUMENT);
        let most = at_once(&one, DOCUMENT - 10).unwrap();
        assert!(at_once(&one, 11).is_none());
        assert!(at_once(&one, 10).is_some() && at_once(&other, DOCUMENT).is_some());
        drop(most);
        assert!(at_once(&one, 4 * DOCUMENT).is_some());
    }

    #[test]
    fn all_documents_of_a_node_wait_for_each_other() {
        let [one, other, third] = allowances(2 * DOCUMENT);
        let taken = (at_once(&one, DOCUMENT), at_once(&other, DOCUMENT));
        assert!(taken.0.is_some() && taken.1.is_some() && at_once(&third, 1).is_none());
        drop(taken);
        assert!(at_once(&third, 1).is_some());
    }
}
