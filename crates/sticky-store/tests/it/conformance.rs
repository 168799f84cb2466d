//! What every engine must do. Each test is written once and run on all of them.

mod accounts;
mod answers;
mod appends;
pub(crate) mod archiving;
mod audit;
mod bases;
mod builds;
mod closing;
mod companies;
mod crashes;
mod fences;
mod histories;
mod holders;
mod keeping;
mod lanes;
mod lists;
pub(crate) mod losses;
mod owners;
mod people;
mod purging;
mod records;
mod rights;
mod searches;

/// One module per engine, each with every test.
macro_rules! on_every_engine {
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
        mod memory { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$area::$test(crate::engines::Opened::memory().await).await;
            }
        )* }
    };
}

on_every_engine! {
    records::updates_get_dense_seqs,
    records::a_document_that_does_not_exist_takes_nothing,
    records::the_same_operation_is_recorded_once_within_a_batch_and_across,
    records::a_bad_update_fails_alone,
    records::reading_is_cut_by_bytes_but_never_to_nothing,
    records::an_update_keeps_its_envelope,
    appends::facts_read_back_as_they_were_written,
    appends::who_comes_second_must_decide_again,
    appends::the_same_append_answers_the_same,
    appends::an_append_without_its_place_leaves_nothing,
    lanes::readers_skip_nothing_while_writers_race,
    lanes::waiting_ends_with_the_next_append,
    fences::a_lessened_key_refuses_what_rests_on_it,
    fences::a_widened_right_lapses_nothing,
    fences::nothing_of_a_link_is_recorded_after_it_was_turned_off,
    fences::a_right_may_rest_on_another_document,
    fences::a_control_append_stops_at_the_fence,
    rights::each_claim_gives_its_level,
    rights::the_highest_claim_wins_and_the_cap_holds,
    rights::trash_is_seen_by_those_it_was_given_to,
    rights::nothing_crosses_projects,
    rights::a_right_carries_who_acts,
    rights::all_that_a_caller_shows_ends_with_the_login,
    lists::pages_hold_every_document_once,
    lists::a_cursor_skips_and_repeats_nothing_while_notes_change,
    lists::every_order_is_walked_from_end_to_end,
    lists::filters_hold_all_together,
    lists::filters_tell_only_owners_of_others,
    lists::a_list_tells_who_made_its_notes_and_who_shared_them,
    lists::a_text_with_a_nul_is_kept_without_it,
    lists::a_list_has_another_version_when_it_changes,
    lists::titles_are_found_in_any_case_and_literally,
    lists::the_scope_is_what_was_granted,
    lists::whoever_is_in_very_many_groups_has_a_list,
    lists::a_row_follows_its_facts_and_its_text,
    lists::links_are_listed_newest_first,
    searches::titles_are_found_with_typos_and_texts_by_words_and_beginnings,
    searches::only_what_one_has_is_found,
    searches::what_a_group_or_a_project_has_is_found_by_whoever_is_in_it,
    searches::scripts_without_spaces_are_found_by_any_part,
    searches::a_rebuilt_index_finds_the_same,
    people::a_browser_keeps_who_it_is,
    people::a_token_speaks_until_it_is_revoked,
    people::a_ticket_is_spent_once,
    people::a_guest_can_be_renamed,
    answers::an_answer_is_given_again,
    answers::work_that_was_given_up_or_lost_is_done_by_the_next,
    answers::of_many_who_ask_at_once_one_is_first,
    audit::the_log_is_asked_by_who_what_link_and_when,
    audit::everything_is_counted,
    accounts::a_user_is_found_by_name_and_nobody_else_gets_it,
    accounts::a_password_is_kept_beside_the_log,
    accounts::a_hash_is_renewed_while_the_password_is_the_same,
    accounts::a_login_lives_until_its_token_is_revoked,
    accounts::a_closed_session_is_gone,
    accounts::a_refresh_token_is_used_once,
    accounts::tokens_are_listed_while_they_count,
    accounts::a_login_is_listed_while_something_can_use_it,
    accounts::a_deleted_user_keeps_the_name_and_nothing_else,
    accounts::a_request_is_handed_over_to_the_user,
    accounts::someone_always_runs_the_installation,
    accounts::identities_are_listed_until_they_are_unlinked,
    accounts::a_promoted_guest_is_called_what_its_user_is_called,
    bases::the_newest_snapshot_and_what_follows_it_are_loaded,
    bases::three_snapshots_are_kept,
    bases::a_snapshot_of_nothing_recorded_is_not_taken,
    histories::a_history_from_elsewhere_reads_back_as_it_was,
    histories::an_interrupted_history_goes_on_and_another_does_not,
    histories::an_imported_note_is_in_its_new_project,
    companies::a_group_gives_its_members_what_it_was_given,
    companies::a_role_in_the_project_gives_its_level,
    companies::a_role_in_ones_own_project_gives_nothing,
    companies::a_group_in_a_project_has_its_role,
    companies::a_group_is_never_in_itself,
    companies::a_standing_is_that_of_the_group_or_its_project,
    companies::who_is_in_what_is_listed,
    companies::whom_a_note_is_given_to_is_listed,
    holders::whom_a_link_let_in_comes_by_it_from_anywhere,
    holders::what_a_link_opens_is_in_its_list,
    holders::a_guest_who_was_a_user_keeps_the_link,
    holders::whom_an_owner_removes_is_out_and_nobody_else,
    owners::whoever_has_left_owns_no_note,
    owners::whoever_has_left_leads_no_project,
    owners::what_nobody_owns_any_more_is_listed,
    losses::nothing_is_recorded_after_any_loss,
    losses::a_link_ends_at_its_end,
    losses::a_links_password_is_beside_the_log,
    losses::a_link_lets_in_so_many,
    losses::a_link_for_those_it_is_shared_with_rests_on_both,
    crashes::an_update_whose_answer_was_lost_has_its_seq,
    crashes::an_append_whose_answer_was_lost_has_its_seq,
    archiving::archived_history_reads_as_before,
    archiving::stopping_after_any_step_loses_nothing,
    archiving::an_archiver_that_wakes_too_late_changes_nothing,
    archiving::what_a_read_model_has_not_seen_stays,
    builds::history_waits_for_a_rebuild_until_that_is_given_up,
    archiving::two_archivers_at_once_move_everything_once,
    archiving::a_lost_answer_of_the_objects_is_no_harm,
    archiving::without_its_objects_only_the_past_is_missing,
    keeping::replaced_objects_go_after_an_hour_and_orphans_after_a_day,
    keeping::a_flipped_byte_is_found_and_named,
    keeping::a_document_comes_back_from_its_objects_alone,
    keeping::pruned_history_is_gone_and_the_present_is_not,
    keeping::put_if_absent_is_held,
    purging::of_a_purged_document_only_the_receipt_stays,
    purging::an_object_that_comes_too_late_for_a_purge_is_swept,
    purging::what_is_old_in_the_trash_is_found,
    closing::what_was_submitted_is_durable_once_the_store_is_closed,
    closing::what_the_archivist_was_handed_is_done_once_the_store_is_closed,
    closing::a_closed_store_takes_nothing,
}
