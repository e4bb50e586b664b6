DROP TRIGGER loan_touch_in ON loan
----
DROP FUNCTION loan_touch_in
----
DROP TRIGGER loan_touch_change ON loan
----
DROP FUNCTION loan_touch_change
----
DROP TRIGGER contract_touch_change ON contract
----
DROP FUNCTION contract_touch_change
----
DROP TRIGGER instalment_touch_in ON instalment
----
DROP FUNCTION instalment_touch_in
----
DROP TRIGGER instalment_touch_change ON instalment
----
DROP FUNCTION instalment_touch_change
----
DROP TRIGGER loan_meter_touch_change ON loan_meter
----
DROP FUNCTION loan_meter_touch_change
----
DROP SEQUENCE loan_touch_seq
----
DROP TRIGGER loan_exposure ON loan
----
DROP FUNCTION loan_exposure
----
DROP TRIGGER guarantee_exposure ON guarantee
----
DROP FUNCTION guarantee_exposure
----
DROP TRIGGER ledger_kind_append_only ON ledger_kind
----
DROP TRIGGER ledger_event_append_only ON ledger_event
----
DROP TRIGGER ledger_entry_append_only ON ledger_entry
----
DROP TRIGGER ledger_leg_append_only ON ledger_leg
----
DROP TRIGGER ledger_hold_move_append_only ON ledger_hold_move
----
DROP TRIGGER ledger_close_append_only ON ledger_close
----
DROP TRIGGER journal_line_append_only ON journal_line
----
DROP TRIGGER audit_line_append_only ON audit_line
----
DROP TRIGGER class_trigger_append_only ON class_trigger
----
DROP TRIGGER class_trigger_end_append_only ON class_trigger_end
----
DROP TRIGGER class_review_append_only ON class_review
----
DROP TRIGGER ledger_seal ON ledger_entry
----
DROP TRIGGER ledger_sealed ON ledger_leg
----
DROP TRIGGER ledger_account_stays ON ledger_account
----
DROP FUNCTION ledger_seal
----
DROP FUNCTION ledger_sealed
----
DROP FUNCTION append_only
----
DROP FUNCTION ledger_post
