CREATE FUNCTION ledger_seal() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE s numeric; c bigint; BEGIN SELECT SUM(amount), COUNT(*) INTO s, c FROM ledger_leg WHERE entry_id = NEW.id; IF c < 2 OR s <> 0 THEN RAISE EXCEPTION 'unbalanced entry' USING ERRCODE = '23514'; END IF; IF (SELECT closed_through >= NEW.day FROM ledger_head WHERE book = NEW.id % 8) THEN RAISE EXCEPTION 'closed period' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
----
CREATE TRIGGER ledger_seal BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_seal()
----
CREATE FUNCTION ledger_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id) THEN RAISE EXCEPTION 'entry is sealed' USING ERRCODE = '23514'; END IF; IF (SELECT control_id FROM ledger_account WHERE id = NEW.account_id) / 10000 <> NEW.entry_id % 8 THEN RAISE EXCEPTION 'leg of another book' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
----
CREATE TRIGGER ledger_sealed BEFORE INSERT ON ledger_leg FOR EACH ROW EXECUTE FUNCTION ledger_sealed()
----
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only' USING ERRCODE = '23514'; END $$
----
CREATE TRIGGER ledger_account_stays BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER ledger_kind_append_only BEFORE UPDATE OR DELETE ON ledger_kind FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE ON ledger_event FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER ledger_leg_append_only BEFORE UPDATE OR DELETE ON ledger_leg FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER ledger_hold_move_append_only BEFORE UPDATE OR DELETE ON ledger_hold_move FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER ledger_close_append_only BEFORE UPDATE OR DELETE ON ledger_close FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER journal_line_append_only BEFORE UPDATE OR DELETE ON journal_line FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER audit_line_append_only BEFORE UPDATE OR DELETE ON audit_line FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER class_trigger_append_only BEFORE UPDATE OR DELETE ON class_trigger FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER class_trigger_end_append_only BEFORE UPDATE OR DELETE ON class_trigger_end FOR EACH ROW EXECUTE FUNCTION append_only()
----
CREATE TRIGGER class_review_append_only BEFORE UPDATE OR DELETE ON class_review FOR EACH ROW EXECUTE FUNCTION append_only()
----

CREATE FUNCTION ledger_post(p_key text, p_hash bytea, p_kind text, p_cause text, p_day bigint, p_at bigint,
    p_actor bigint, p_reverses text, p_controls bigint[], p_parts text[], p_fens bigint[],
    OUT event_id bigint, OUT replayed boolean) LANGUAGE plpgsql AS $$
DECLARE
  known bytea; ids bigint[] := '{}'; leaf bigint; bad record; b bigint; h record; digest bytea; e bigint; i int;
BEGIN
  PERFORM pg_advisory_xact_lock(20121107);
  replayed := false;
  INSERT INTO ledger_event(key, body_hash, kind_id, cause, day, booked_at, actor, reverses)
    VALUES (p_key, p_hash, (SELECT k.id FROM ledger_kind k WHERE k.name = p_kind), p_cause, p_day, p_at, p_actor, p_reverses)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO event_id;
  IF event_id IS NULL THEN
    SELECT ev.id, ev.body_hash INTO event_id, known FROM ledger_event ev WHERE ev.key = p_key;
    IF known <> p_hash THEN RAISE EXCEPTION 'key with another body' USING ERRCODE = 'TB001'; END IF;
    replayed := true;
    RETURN;
  END IF;
  FOR i IN 1 .. array_length(p_controls, 1) LOOP
    IF p_parts[i] = '' THEN
      ids := ids || p_controls[i];
    ELSE
      SELECT a.id INTO leaf FROM ledger_account a WHERE a.control_id = p_controls[i] AND a.part = p_parts[i];
      IF leaf IS NULL THEN
        SELECT GREATEST(1000000, COALESCE(MAX(a.id), 0) + 1) INTO leaf FROM ledger_account a;
        INSERT INTO ledger_account(id, control_id, part, floor, ceiling)
          SELECT leaf, a.id, p_parts[i], a.floor, a.ceiling FROM ledger_account a WHERE a.id = p_controls[i];
      END IF;
      ids := ids || leaf;
    END IF;
  END LOOP;
  SELECT a.id, a.control_id, a.part, a.floor, a.ceiling, a.debit - a.credit AS net, a.held, s.d - s.c AS asked INTO bad
    FROM (SELECT t.id, SUM(GREATEST(t.fen, 0)) AS d, SUM(GREATEST(-t.fen, 0)) AS c FROM (
            SELECT u.id, u.fen FROM unnest(ids, p_fens) AS u(id, fen)
            UNION ALL SELECT v.control, v.fen FROM unnest(p_controls, p_parts, p_fens) AS v(control, part, fen) WHERE v.part <> '') t
          GROUP BY t.id) s JOIN ledger_account a ON a.id = s.id
    WHERE (a.floor IS NOT NULL AND s.d < s.c AND a.debit + s.d - a.credit - s.c - a.held < a.floor)
       OR (a.ceiling IS NOT NULL AND s.d > s.c AND a.debit + s.d - a.credit - s.c > a.ceiling)
    ORDER BY a.id DESC LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'limit' USING ERRCODE = 'TB002', DETAIL = json_build_object('control', bad.control_id, 'part', bad.part,
      'floor', bad.floor, 'ceiling', bad.ceiling, 'net', bad.net, 'held', bad.held, 'asked', bad.asked)::text;
  END IF;
  UPDATE ledger_account a SET debit = a.debit + s.d, credit = a.credit + s.c, last_day = GREATEST(a.last_day, p_day)
    FROM (SELECT t.id, SUM(GREATEST(t.fen, 0)) AS d, SUM(GREATEST(-t.fen, 0)) AS c FROM (
            SELECT u.id, u.fen FROM unnest(ids, p_fens) AS u(id, fen)
            UNION ALL SELECT v.control, v.fen FROM unnest(p_controls, p_parts, p_fens) AS v(control, part, fen) WHERE v.part <> '') t
          GROUP BY t.id) s WHERE a.id = s.id;
  INSERT INTO ledger_day(account_id, day, debit, credit)
    SELECT s.id, p_day, COALESCE(p.debit, 0), COALESCE(p.credit, 0)
      FROM (SELECT DISTINCT v.control AS id FROM unnest(p_controls) AS v(control)) s
      LEFT JOIN LATERAL (SELECT y.debit, y.credit FROM ledger_day y WHERE y.account_id = s.id AND y.day <= p_day
                         ORDER BY y.day DESC LIMIT 1) p ON true
    ON CONFLICT (account_id, day) DO NOTHING;
  UPDATE ledger_day y SET debit = y.debit + s.d, credit = y.credit + s.c
    FROM (SELECT v.control AS id, SUM(GREATEST(v.fen, 0)) AS d, SUM(GREATEST(-v.fen, 0)) AS c
            FROM unnest(p_controls, p_fens) AS v(control, fen) GROUP BY v.control) s
    WHERE y.account_id = s.id AND y.day >= p_day;
  FOR b IN SELECT DISTINCT v.control / 10000 FROM unnest(p_controls) AS v(control) ORDER BY 1 LOOP
    SELECT hd.seq + 1 AS seq, hd.hash INTO h FROM ledger_head hd WHERE hd.book = b FOR UPDATE;
    e := h.seq * 8 + b;
    INSERT INTO ledger_leg(entry_id, n, account_id, day, amount)
      SELECT e, row_number() OVER (ORDER BY u.ord) - 1, u.id, p_day, u.fen
        FROM unnest(ids, p_controls, p_fens) WITH ORDINALITY AS u(id, control, fen, ord) WHERE u.control / 10000 = b;
    digest := sha256(h.hash || int8send(h.seq) || int8send(p_at) || int8send(p_actor) || p_hash);
    INSERT INTO ledger_entry(id, event_id, day, hash) VALUES (e, event_id, p_day, digest);
    UPDATE ledger_head SET seq = h.seq, hash = digest WHERE book = b;
  END LOOP;
END $$
----
CREATE FUNCTION loan_exposure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> 'INSERT' THEN INSERT INTO exposure_cell(dimension, word, five_class, loans, outstanding_fen, squares) SELECT words.dimension, words.word, OLD.five_class, -1, -OLD.outstanding, -((OLD.outstanding + 50000) / 100000 * ((OLD.outstanding + 50000) / 100000)) FROM (SELECT 'all' AS dimension, '' AS word UNION ALL SELECT 'district', OLD.district UNION ALL SELECT 'industry', OLD.industry UNION ALL SELECT 'level', OLD.level UNION ALL SELECT 'product', OLD.product) words WHERE OLD.stage IN ('active', 'defaulted') ON CONFLICT (dimension, word, five_class) DO UPDATE SET loans = exposure_cell.loans + excluded.loans, outstanding_fen = exposure_cell.outstanding_fen + excluded.outstanding_fen, squares = exposure_cell.squares + excluded.squares; INSERT INTO borrower_exposure(firm_id, loans, outstanding_fen) SELECT OLD.firm_id, -1, -OLD.outstanding WHERE OLD.stage IN ('active', 'defaulted') ON CONFLICT (firm_id) DO UPDATE SET loans = borrower_exposure.loans + excluded.loans, outstanding_fen = borrower_exposure.outstanding_fen + excluded.outstanding_fen; END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO exposure_cell(dimension, word, five_class, loans, outstanding_fen, squares) SELECT words.dimension, words.word, NEW.five_class, +1, +NEW.outstanding, +((NEW.outstanding + 50000) / 100000 * ((NEW.outstanding + 50000) / 100000)) FROM (SELECT 'all' AS dimension, '' AS word UNION ALL SELECT 'district', NEW.district UNION ALL SELECT 'industry', NEW.industry UNION ALL SELECT 'level', NEW.level UNION ALL SELECT 'product', NEW.product) words WHERE NEW.stage IN ('active', 'defaulted') ON CONFLICT (dimension, word, five_class) DO UPDATE SET loans = exposure_cell.loans + excluded.loans, outstanding_fen = exposure_cell.outstanding_fen + excluded.outstanding_fen, squares = exposure_cell.squares + excluded.squares; INSERT INTO borrower_exposure(firm_id, loans, outstanding_fen) SELECT NEW.firm_id, +1, +NEW.outstanding WHERE NEW.stage IN ('active', 'defaulted') ON CONFLICT (firm_id) DO UPDATE SET loans = borrower_exposure.loans + excluded.loans, outstanding_fen = borrower_exposure.outstanding_fen + excluded.outstanding_fen; END IF; RETURN NULL; END $$
----
CREATE TRIGGER loan_exposure AFTER INSERT OR UPDATE OF district, industry, level, product, five_class, outstanding, stage, firm_id OR DELETE ON loan FOR EACH ROW EXECUTE FUNCTION loan_exposure()
----
CREATE FUNCTION guarantee_exposure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> 'INSERT' THEN INSERT INTO guarantee_cell(weight_ppm, guarantees, reserved_fen, in_force_fen) SELECT OLD.weight_ppm, -1, -(CASE WHEN OLD.stage IN ('reserved', 'proposed') THEN OLD.amount ELSE 0 END), -(CASE WHEN OLD.stage IN ('in_force', 'called') THEN OLD.in_force ELSE 0 END) WHERE OLD.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (weight_ppm) DO UPDATE SET guarantees = guarantee_cell.guarantees + excluded.guarantees, reserved_fen = guarantee_cell.reserved_fen + excluded.reserved_fen, in_force_fen = guarantee_cell.in_force_fen + excluded.in_force_fen; INSERT INTO guarantee_client(talent_id, guarantees, liability) SELECT OLD.talent_id, -1, -(OLD.weight_ppm * (CASE WHEN OLD.stage IN ('reserved', 'proposed') THEN OLD.amount ELSE OLD.in_force END)) WHERE OLD.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (talent_id) DO UPDATE SET guarantees = guarantee_client.guarantees + excluded.guarantees, liability = guarantee_client.liability + excluded.liability; END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO guarantee_cell(weight_ppm, guarantees, reserved_fen, in_force_fen) SELECT NEW.weight_ppm, +1, +(CASE WHEN NEW.stage IN ('reserved', 'proposed') THEN NEW.amount ELSE 0 END), +(CASE WHEN NEW.stage IN ('in_force', 'called') THEN NEW.in_force ELSE 0 END) WHERE NEW.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (weight_ppm) DO UPDATE SET guarantees = guarantee_cell.guarantees + excluded.guarantees, reserved_fen = guarantee_cell.reserved_fen + excluded.reserved_fen, in_force_fen = guarantee_cell.in_force_fen + excluded.in_force_fen; INSERT INTO guarantee_client(talent_id, guarantees, liability) SELECT NEW.talent_id, +1, +(NEW.weight_ppm * (CASE WHEN NEW.stage IN ('reserved', 'proposed') THEN NEW.amount ELSE NEW.in_force END)) WHERE NEW.stage IN ('reserved', 'proposed', 'in_force', 'called') ON CONFLICT (talent_id) DO UPDATE SET guarantees = guarantee_client.guarantees + excluded.guarantees, liability = guarantee_client.liability + excluded.liability; END IF; RETURN NULL; END $$
----
CREATE TRIGGER guarantee_exposure AFTER INSERT OR UPDATE OF weight_ppm, amount, in_force, stage, talent_id OR DELETE ON guarantee FOR EACH ROW EXECUTE FUNCTION guarantee_exposure()
----
CREATE SEQUENCE loan_touch_seq
----
CREATE FUNCTION loan_touch_in() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(20121107); INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, nextval('loan_touch_seq') FROM loan l WHERE l.id = NEW.id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; RETURN NULL; END $$
----
CREATE TRIGGER loan_touch_in AFTER INSERT ON loan FOR EACH ROW EXECUTE FUNCTION loan_touch_in()
----
CREATE FUNCTION loan_touch_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(20121107); INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, nextval('loan_touch_seq') FROM loan l WHERE l.id = NEW.id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; RETURN NULL; END $$
----
CREATE TRIGGER loan_touch_change AFTER UPDATE OF firm_id, product, outstanding, rate, matures_on, stage, five_class, class_floor, oldest_unpaid, non_accrual, contract_id ON loan FOR EACH ROW EXECUTE FUNCTION loan_touch_change()
----
CREATE FUNCTION contract_touch_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(20121107); INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, nextval('loan_touch_seq') FROM loan l WHERE l.contract_id = NEW.id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; RETURN NULL; END $$
----
CREATE TRIGGER contract_touch_change AFTER UPDATE ON contract FOR EACH ROW EXECUTE FUNCTION contract_touch_change()
----
CREATE FUNCTION instalment_touch_in() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(20121107); INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, nextval('loan_touch_seq') FROM loan l WHERE l.id = NEW.loan_id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; RETURN NULL; END $$
----
CREATE TRIGGER instalment_touch_in AFTER INSERT ON instalment FOR EACH ROW EXECUTE FUNCTION instalment_touch_in()
----
CREATE FUNCTION instalment_touch_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(20121107); INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, nextval('loan_touch_seq') FROM loan l WHERE l.id = NEW.loan_id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; RETURN NULL; END $$
----
CREATE TRIGGER instalment_touch_change AFTER UPDATE ON instalment FOR EACH ROW EXECUTE FUNCTION instalment_touch_change()
----
CREATE FUNCTION loan_meter_touch_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(20121107); INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / 50000, nextval('loan_touch_seq') FROM loan l WHERE l.id = NEW.loan_id ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq; RETURN NULL; END $$
----
CREATE TRIGGER loan_meter_touch_change AFTER UPDATE ON loan_meter FOR EACH ROW EXECUTE FUNCTION loan_meter_touch_change()
