//! What every engine must do. Each test is written once and run on all of them.

mod log;

/// One module per engine, each with every test.
macro_rules! on_every_engine {
    ($($area:ident::$test:ident),* $(,)?) => {
        mod sqlite { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$area::$test(crate::engines::Opened::file().await).await;
            }
        )* }
        mod memory { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$area::$test(crate::engines::Opened::memory().await).await;
            }
        )* }
    };
}

on_every_engine! {
    log::updates_get_dense_seqs,
}
