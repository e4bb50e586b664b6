CREATE TRIGGER ledger_seal BEFORE INSERT ON ledger_entry WHEN (SELECT COUNT(*) < 2 OR SUM(amount) <> 0 FROM ledger_leg WHERE entry_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'unbalanced entry'); END
----
CREATE TRIGGER ledger_period_open BEFORE INSERT ON ledger_entry WHEN (SELECT closed_through >= NEW.day FROM ledger_head WHERE book = NEW.id % 8) BEGIN SELECT RAISE(ABORT, 'closed period'); END
----
CREATE TRIGGER ledger_one_book BEFORE INSERT ON ledger_leg WHEN (SELECT control_id FROM ledger_account WHERE id = NEW.account_id) / 10000 <> NEW.entry_id % 8 BEGIN SELECT RAISE(ABORT, 'leg of another book'); END
----
CREATE TRIGGER ledger_sealed BEFORE INSERT ON ledger_leg WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id) BEGIN SELECT RAISE(ABORT, 'entry is sealed'); END
----
CREATE TRIGGER ledger_account_stays BEFORE DELETE ON ledger_account BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_kind_no_update BEFORE UPDATE ON ledger_kind BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_kind_no_delete BEFORE DELETE ON ledger_kind BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_event_no_update BEFORE UPDATE ON ledger_event BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_event_no_delete BEFORE DELETE ON ledger_event BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_leg_no_update BEFORE UPDATE ON ledger_leg BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_leg_no_delete BEFORE DELETE ON ledger_leg BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_hold_move_no_update BEFORE UPDATE ON ledger_hold_move BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_hold_move_no_delete BEFORE DELETE ON ledger_hold_move BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_close_no_update BEFORE UPDATE ON ledger_close BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER ledger_close_no_delete BEFORE DELETE ON ledger_close BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER journal_line_no_update BEFORE UPDATE ON journal_line BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER journal_line_no_delete BEFORE DELETE ON journal_line BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER audit_line_no_update BEFORE UPDATE ON audit_line BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER audit_line_no_delete BEFORE DELETE ON audit_line BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER class_trigger_no_update BEFORE UPDATE ON class_trigger BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER class_trigger_no_delete BEFORE DELETE ON class_trigger BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER class_trigger_end_no_update BEFORE UPDATE ON class_trigger_end BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER class_trigger_end_no_delete BEFORE DELETE ON class_trigger_end BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER class_review_no_update BEFORE UPDATE ON class_review BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER class_review_no_delete BEFORE DELETE ON class_review BEGIN SELECT RAISE(ABORT, 'append only'); END
----
CREATE TRIGGER loan_exposure_in AFTER INSERT ON loan BEGIN INSERT INTO exposure_cell(dimension, word, five_class, loans, outstanding_fen, squares) SELECT words.dimension, words.word, NEW.five_class, +1, +NEW.outstanding, +((NEW.outstanding + 50000) / 100000 * ((NEW.outstanding + 50000) / 100000)) FROM (SELECT 'all' AS dimension, '' AS word UNION ALL SELECT 'district', NEW.district UNION ALL SELECT 'industry', NEW.industry UNION ALL SELECT 'level', NEW.level UNION ALL SELECT 'product', NEW.product) words WHERE NEW.stage IN ('active', 'defaulted') ON CONFLICT (dimension, word, five_class) DO UPDATE SET loans = exposure_cell.loans + excluded.loans, outstanding_fen = exposure_cell.outstanding_fen + excluded.outstanding_fen, squares = exposure_cell.squares + excluded.squares; INSERT INTO borrower_exposure(firm_id, loans, outstanding_fen) SELECT NEW.firm_id, +1, +NEW.outstanding WHERE NEW.stage IN ('active', 'defaulted') ON CONFLICT (firm_id) DO UPDATE SET loans = borrower_exposure.loans + excluded.loans, outstanding_fen = borrower_exposure.outstanding_fen + excluded.outstanding_fen; END
----
CREATE TRIGGER loan_exposure_change AFTER UPDATE OF district, industry, level, product, five_class, outstanding, stage, firm_id ON loan BEGIN INSERT INTO exposure_cell(dimension, word, five_class, loans, outstanding_fen, squares) SELECT words.dimension, words.word, OLD.five_class, -1, -OLD.outstanding, -((OLD.outstanding + 50000) / 100000 * ((OLD.outstanding + 50000) / 100000)) FROM (SELECT 'all' AS dimension, '' AS word UNION ALL SELECT 'district', OLD.district UNION ALL SELECT 'industry', OLD.industry UNION ALL SELECT 'level', OLD.level UNION ALL SELECT 'product', OLD.product) words WHERE OLD.stage IN ('active', 'defaulted') ON CONFLICT (dimension, word, five_class) DO UPDATE SET loans = exposure_cell.loans + excluded.loans, outstanding_fen = exposure_cell.outstanding_fen + excluded.outstanding_fen, squares = exposure_cell.squares + excluded.squares; INSERT INTO borrower_exposure(firm_id, loans, outstanding_fen) SELECT OLD.firm_id, -1, -OLD.outstanding WHERE OLD.stage IN ('active', 'defaulted') ON CONFLICT (firm_id) DO UPDATE SET loans = borrower_exposure.loans + excluded.loans, outstanding_fen = borrower_exposure.outstanding_fen + excluded.outstanding_fen; INSERT INTO exposure_cell(dimension, word, five_class, loans, outstanding_fen, squares) SELECT words.dimension, words.word, NEW.five_class, +1, +NEW.outstanding, +((NEW.outstanding + 50000) / 100000 * ((NEW.outstanding + 50000) / 100000)) FROM (SELECT 'all' AS dimension, '' AS word UNION ALL SELECT 'district', NEW.district UNION ALL SELECT 'industry', NEW.industry UNION ALL SELECT 'level', NEW.level UNION ALL SELECT 'product', NEW.product) words WHERE NEW.stage IN ('active', 'defaulted') ON CONFLICT (dimension, word, five_class) DO UPDATE SET loans = exposure_cell.loans + excluded.loans, outstanding_fen = exposure_cell.outstanding_fen + excluded.outstanding_fen, squares = exposure_cell.squares + excluded.squares; INSERT INTO borrower_exposure(firm_id, loans, outstanding_fen) SELECT NEW.firm_id, +1, +NEW.outstanding WHERE NEW.stage IN ('active', 'defaulted') ON CONFLICT (firm_id) DO UPDATE SET loans = borrower_exposure.loans + excluded.loans, outstanding_fen = borrower_exposure.outstanding_fen + excluded.outstanding_fen; END
----
CREATE TRIGGER loan_exposure_out AFTER DELETE ON loan BEGIN INSERT INTO exposure_cell(dimension, word, five_class, loans, outstanding_fen, squares) SELECT words.dimension, words.word, OLD.five_class, -1, -OLD.outstanding, -((OLD.outstanding + 50000) / 100000 * ((OLD.outstanding + 50000) / 100000)) FROM (SELECT 'all' AS dimension, '' AS word UNION ALL SELECT 'district', OLD.district UNION ALL SELECT 'industry', OLD.industry UNION ALL SELECT 'level', OLD.level UNION ALL SELECT 'product', OLD.product) words WHERE OLD.stage IN ('active', 'defaulted') ON CONFLICT (dimension, word, five_class) DO UPDATE SET loans = exposure_cell.loans + excluded.loans, outstanding_fen = exposure_cell.outstanding_fen + excluded.outstanding_fen, squares = exposure_cell.squares + excluded.squares; INSERT INTO borrower_exposure(firm_id, loans, outstanding_fen) SELECT OLD.firm_id, -1, -OLD.outstanding WHERE OLD.stage IN ('active', 'defaulted') ON CONFLICT (firm_id) DO UPDATE SET loans = borrower_exposure.loans + excluded.loans, outstanding_fen = borrower_exposure.outstanding_fen + excluded.outstanding_fen; END
----
CREATE TRIGGER guarantee_exposure_in AFTER INSERT ON guarantee BEGIN INSERT INTO guarantee_cell(weight_ppm, guarantees, reserved_fen, in_force_fen) SELECT NEW.weight_ppm, +1, +(CASE WHEN NEW.stage IN ('reserved', 'proposed') THEN NEW.amount ELSE 0 END), +(CASE WHEN NEW.stage IN ('in_force', 'called') THEN NEW.in_force ELSE 0 END) WHERE NEW.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (weight_ppm) DO UPDATE SET guarantees = guarantee_cell.guarantees + excluded.guarantees, reserved_fen = guarantee_cell.reserved_fen + excluded.reserved_fen, in_force_fen = guarantee_cell.in_force_fen + excluded.in_force_fen; INSERT INTO guarantee_client(talent_id, guarantees, liability) SELECT NEW.talent_id, +1, +(NEW.weight_ppm * (CASE WHEN NEW.stage IN ('reserved', 'proposed') THEN NEW.amount ELSE NEW.in_force END)) WHERE NEW.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (talent_id) DO UPDATE SET guarantees = guarantee_client.guarantees + excluded.guarantees, liability = guarantee_client.liability + excluded.liability; END
----
CREATE TRIGGER guarantee_exposure_change AFTER UPDATE OF weight_ppm, amount, in_force, stage, talent_id ON guarantee BEGIN INSERT INTO guarantee_cell(weight_ppm, guarantees, reserved_fen, in_force_fen) SELECT OLD.weight_ppm, -1, -(CASE WHEN OLD.stage IN ('reserved', 'proposed') THEN OLD.amount ELSE 0 END), -(CASE WHEN OLD.stage IN ('in_force', 'called') THEN OLD.in_force ELSE 0 END) WHERE OLD.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (weight_ppm) DO UPDATE SET guarantees = guarantee_cell.guarantees + excluded.guarantees, reserved_fen = guarantee_cell.reserved_fen + excluded.reserved_fen, in_force_fen = guarantee_cell.in_force_fen + excluded.in_force_fen; INSERT INTO guarantee_client(talent_id, guarantees, liability) SELECT OLD.talent_id, -1, -(OLD.weight_ppm * (CASE WHEN OLD.stage IN ('reserved', 'proposed') THEN OLD.amount ELSE OLD.in_force END)) WHERE OLD.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (talent_id) DO UPDATE SET guarantees = guarantee_client.guarantees + excluded.guarantees, liability = guarantee_client.liability + excluded.liability; INSERT INTO guarantee_cell(weight_ppm, guarantees, reserved_fen, in_force_fen) SELECT NEW.weight_ppm, +1, +(CASE WHEN NEW.stage IN ('reserved', 'proposed') THEN NEW.amount ELSE 0 END), +(CASE WHEN NEW.stage IN ('in_force', 'called') THEN NEW.in_force ELSE 0 END) WHERE NEW.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (weight_ppm) DO UPDATE SET guarantees = guarantee_cell.guarantees + excluded.guarantees, reserved_fen = guarantee_cell.reserved_fen + excluded.reserved_fen, in_force_fen = guarantee_cell.in_force_fen + excluded.in_force_fen; INSERT INTO guarantee_client(talent_id, guarantees, liability) SELECT NEW.talent_id, +1, +(NEW.weight_ppm * (CASE WHEN NEW.stage IN ('reserved', 'proposed') THEN NEW.amount ELSE NEW.in_force END)) WHERE NEW.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (talent_id) DO UPDATE SET guarantees = guarantee_client.guarantees + excluded.guarantees, liability = guarantee_client.liability + excluded.liability; END
----
CREATE TRIGGER guarantee_exposure_out AFTER DELETE ON guarantee BEGIN INSERT INTO guarantee_cell(weight_ppm, guarantees, reserved_fen, in_force_fen) SELECT OLD.weight_ppm, -1, -(CASE WHEN OLD.stage IN ('reserved', 'proposed') THEN OLD.amount ELSE 0 END), -(CASE WHEN OLD.stage IN ('in_force', 'called') THEN OLD.in_force ELSE 0 END) WHERE OLD.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (weight_ppm) DO UPDATE SET guarantees = guarantee_cell.guarantees + excluded.guarantees, reserved_fen = guarantee_cell.reserved_fen + excluded.reserved_fen, in_force_fen = guarantee_cell.in_force_fen + excluded.in_force_fen; INSERT INTO guarantee_client(talent_id, guarantees, liability) SELECT OLD.talent_id, -1, -(OLD.weight_ppm * (CASE WHEN OLD.stage IN ('reserved', 'proposed') THEN OLD.amount ELSE OLD.in_force END)) WHERE OLD.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (talent_id) DO UPDATE SET guarantees = guarantee_client.guarantees + excluded.guarantees, liability = guarantee_client.liability + excluded.liability; END
----
CREATE TRIGGER loan_touch_in AFTER INSERT ON loan BEGIN INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, (SELECT COALESCE(MAX(seq), 0) + 1 FROM loan_touch) FROM loan l WHERE l.id = NEW.id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; END
----
CREATE TRIGGER loan_touch_change AFTER UPDATE OF firm_id, product, outstanding, rate, matures_on, stage, five_class, class_floor, oldest_unpaid, non_accrual, contract_id ON loan BEGIN INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, (SELECT COALESCE(MAX(seq), 0) + 1 FROM loan_touch) FROM loan l WHERE l.id = NEW.id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; END
----
CREATE TRIGGER contract_touch_change AFTER UPDATE ON contract BEGIN INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, (SELECT COALESCE(MAX(seq), 0) + 1 FROM loan_touch) FROM loan l WHERE l.contract_id = NEW.id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; END
----
CREATE TRIGGER instalment_touch_in AFTER INSERT ON instalment BEGIN INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, (SELECT COALESCE(MAX(seq), 0) + 1 FROM loan_touch) FROM loan l WHERE l.id = NEW.loan_id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; END
----
CREATE TRIGGER instalment_touch_change AFTER UPDATE ON instalment BEGIN INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, (SELECT COALESCE(MAX(seq), 0) + 1 FROM loan_touch) FROM loan l WHERE l.id = NEW.loan_id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; END
----
CREATE TRIGGER loan_meter_touch_change AFTER UPDATE ON loan_meter BEGIN INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, (SELECT COALESCE(MAX(seq), 0) + 1 FROM loan_touch) FROM loan l WHERE l.id = NEW.loan_id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; END
