DROP TRIGGER loan_touch_in
----
DROP TRIGGER loan_touch_change
----
DROP TRIGGER contract_touch_change
----
DROP TRIGGER instalment_touch_in
----
DROP TRIGGER instalment_touch_change
----
DROP TRIGGER loan_meter_touch_change
----
DROP TRIGGER loan_exposure_in
----
DROP TRIGGER loan_exposure_change
----
DROP TRIGGER loan_exposure_out
----
DROP TRIGGER guarantee_exposure_in
----
DROP TRIGGER guarantee_exposure_change
----
DROP TRIGGER guarantee_exposure_out
----
DROP TRIGGER ledger_seal
----
DROP TRIGGER ledger_period_open
----
DROP TRIGGER ledger_one_book
----
DROP TRIGGER ledger_sealed
----
DROP TRIGGER ledger_account_stays
----
DROP TRIGGER ledger_kind_no_update
----
DROP TRIGGER ledger_kind_no_delete
----
DROP TRIGGER ledger_event_no_update
----
DROP TRIGGER ledger_event_no_delete
----
DROP TRIGGER ledger_entry_no_update
----
DROP TRIGGER ledger_entry_no_delete
----
DROP TRIGGER ledger_leg_no_update
----
DROP TRIGGER ledger_leg_no_delete
----
DROP TRIGGER ledger_hold_move_no_update
----
DROP TRIGGER ledger_hold_move_no_delete
----
DROP TRIGGER ledger_close_no_update
----
DROP TRIGGER ledger_close_no_delete
----
DROP TRIGGER journal_line_no_update
----
DROP TRIGGER journal_line_no_delete
----
DROP TRIGGER audit_line_no_update
----
DROP TRIGGER audit_line_no_delete
----
DROP TRIGGER class_trigger_no_update
----
DROP TRIGGER class_trigger_no_delete
----
DROP TRIGGER class_trigger_end_no_update
----
DROP TRIGGER class_trigger_end_no_delete
----
DROP TRIGGER class_review_no_update
----
DROP TRIGGER class_review_no_delete
