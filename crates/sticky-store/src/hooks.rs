//! What only tests ask.

use std::cell::RefCell;

thread_local! {
    static HEARD: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Runs `work` and hears all that is said to a database meanwhile on this thread, in the words of its engine and in that
/// order: on a runtime of one thread by everyone, the writer's task and those of sockets included.
pub async fn hearing<T>(work: impl Future<Output = T>) -> (T, Vec<String>) {
    HEARD.set(Some(Vec::new()));
    let done = work.await;
    (done, HEARD.take().unwrap_or_default())
}

pub(crate) fn said(text: &str) {
    HEARD.with_borrow_mut(|heard| {
        if let Some(heard) = heard {
            heard.push(text.to_owned());
        }
    });
}
