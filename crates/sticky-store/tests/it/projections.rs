//! The read models that follow the log, on the engines whose tables can be looked at from outside.

mod dump;
mod following;
mod pieces;
pub(crate) mod plain;
mod rebuilding;

macro_rules! on_both_engines {
    ($($area:ident::$test:ident),* $(,)?) => {
        mod sqlite { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$area::$test(crate::engines::Opened::file().await).await;
            }
        )* }
        mod postgres { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$area::$test(crate::engines::Opened::postgres().await).await;
            }
        )* }
    };
}

on_both_engines! {
    following::what_cannot_be_folded_is_set_aside_and_passed_over,
    following::several_nodes_fold_each_event_once,
    following::a_text_is_taken_at_its_newest_seq,
    following::edits_of_many_notes_are_folded_as_those_of_one,
    rebuilding::a_rebuilt_projection_is_the_live_one_byte_for_byte_while_writers_go_on,
    rebuilding::also_while_history_moves_into_the_archive,
    rebuilding::a_second_rebuild_ends_the_first,
}
