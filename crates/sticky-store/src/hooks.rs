//! What only tests ask.

use std::cell::Cell;

tokio::task_local! {
    static READS: Cell<u64>;
}

/// Runs `work` and counts how often it went to the database to read.
pub async fn counting_reads<T>(work: impl Future<Output = T>) -> (T, u64) {
    let counted = async {
        let done = work.await;
        (done, READS.with(Cell::get))
    };
    READS.scope(Cell::new(0), counted).await
}

/// One more. Outside of [`counting_reads`] nobody counts.
pub(crate) fn read() {
    let _ = READS.try_with(|reads| reads.set(reads.get() + 1));
}
