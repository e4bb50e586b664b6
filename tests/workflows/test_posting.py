"""The ledger's public function: once per key, within limits, in order, never into a closed period."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from models.books.entry import Entry, UnbalancedEntry, UnknownAccount, credit, debit
from models.books.recipes import RECIPES, entry_for
from models.queries.books import balance, mirror_differences, postings, trial_balance
from models.refusals import BrokenInvariant
from models.roles import SYSTEM, Actor, Institution, Role
from models.values.money import Money
from reports.proof import prove
from workflows import posting

ON = date(2012, 11, 7)
AT = datetime(2012, 11, 7, 2, tzinfo=UTC)
CLOSER = Actor(7, "王示例", frozenset({Role.FINANCE_BUREAU}))


def appropriation(yuan: int, key: str = "grant-1", on: date = ON) -> Entry:
    return entry_for("appropriated", key=key, on=on, cause="财政拨款", amounts={"amount": Money.yuan(yuan)})


def fund_capital(yuan: int, key: str = "capital-1", on: date = ON) -> Entry:
    return entry_for("relender_capitalised", key=key, on=on, cause="注资", amounts={"amount": Money.yuan(yuan)})


def books_cash(session, book="bureau"):
    return balance(session, f"{book}.cash").net


class TestAnEntry:
    def test_that_does_not_balance_cannot_even_be_made(self):
        with pytest.raises(UnbalancedEntry):
            Entry("k", "x", ON, "", (debit("bank.cash", Money(2)), credit("bank.unapplied", Money(1), "L1")))

    def test_that_balances_only_across_two_books_cannot_be_made(self):
        with pytest.raises(UnbalancedEntry):
            Entry("k", "x", ON, "", (debit("vehicle.cash", Money(2)), credit("bank.cash", Money(2))))

    def test_with_an_account_that_no_chart_has_cannot_be_made(self):
        with pytest.raises(UnknownAccount):
            debit("bank.petty_cash", Money(1))

    @pytest.mark.parametrize("legs", [(debit("bank.cash", Money(0)), credit("bank.cash", Money(0)))])
    def test_with_a_leg_of_nought_cannot_be_made(self, legs):
        with pytest.raises(UnbalancedEntry):
            Entry("k", "x", ON, "", legs)

    def test_needs_the_part_of_an_account_that_is_kept_by_loan(self):
        with pytest.raises(UnknownAccount):
            Entry("k", "x", ON, "", (debit("bank.principal", Money(1)), credit("bank.cash", Money(1))))

    def test_of_the_postings_table_takes_no_negative_amount(self):
        with pytest.raises(BrokenInvariant):
            entry_for("appropriated", key="k", on=ON, cause="", amounts={"amount": Money(-1)})

    def test_of_the_postings_table_takes_just_the_amounts_it_names(self):
        with pytest.raises(BrokenInvariant):
            entry_for("appropriated", key="k", on=ON, cause="", amounts={"amount": Money(1), "fee": Money(1)})


class TestThePostingsTable:
    @pytest.mark.parametrize("name", sorted(RECIPES))
    def test_names_only_accounts_of_the_charts_and_gives_every_part(self, name):
        recipe = RECIPES[name]
        assert recipe.zh
        assert recipe.en
        assert {line.side for line in recipe.lines} == {"D", "C"}
        assert set(recipe.parts) <= {
            "loan", "product", "drawing", "facility", "owner", "pool", "application", "bridge", "renewal", "case",
            "holding", "award", "fund", "receipt",
        }  # fmt: skip


class TestPosting:
    def test_moves_the_balances_of_every_book_that_the_event_touches(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            posting.post(session, fund_capital(300), by=SYSTEM, at=AT)
        with database.read() as session:
            assert books_cash(session) == Money.yuan(200)
            assert books_cash(session, "relender") == Money.yuan(300)
            assert mirror_differences(session) == []
            assert prove(session).findings == []

    def test_of_the_same_request_again_answers_with_the_event_that_stands_there(self, database):
        with database.write() as session:
            first = posting.post(session, appropriation(500), by=SYSTEM, at=AT)
        with database.write() as session:
            again = posting.post(session, appropriation(500), by=SYSTEM, at=AT + timedelta(days=3))
        assert (again.event_id, again.replayed) == (first.event_id, True)
        with database.read() as session:
            assert books_cash(session) == Money.yuan(500)

    def test_refuses_a_used_key_with_another_body(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
        with pytest.raises(posting.KeyUsedForAnother), database.write() as session:
            posting.post(session, appropriation(501), by=SYSTEM, at=AT)

    def test_refuses_to_spend_cash_that_is_not_there_and_says_how_much_is(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
        with pytest.raises(posting.LimitReached) as refusal, database.write() as session:
            posting.post(session, fund_capital(501), by=SYSTEM, at=AT)
        assert refusal.value.facts == {
            "account": "bureau.cash", "part": "", "available": Money.yuan(500), "asked": Money.yuan(501),
        }  # fmt: skip
        with database.read() as session:
            assert books_cash(session) == Money.yuan(500)
            assert prove(session).holds

    def test_in_a_batch_gives_the_same_books_as_one_by_one(self, database):
        batch = [appropriation(100 + n, f"b-{n}", ON + timedelta(days=n % 3)) for n in range(30)]
        with database.write() as session:
            written = posting.post_many(session, [*batch, batch[4]], by=SYSTEM, at=AT)
        assert written[-1].event_id == written[4].event_id
        assert written[-1].replayed
        with database.write() as session:
            posting.post(session, appropriation(1, "one-more"), by=SYSTEM, at=AT)
        with database.read() as session:
            assert books_cash(session) == Money.yuan(sum(100 + n for n in range(30)) + 1)
            assert prove(session).findings == []

    def test_in_a_batch_refuses_what_the_whole_batch_would_overspend(self, database):
        with pytest.raises(posting.LimitReached), database.write() as session:
            posting.post_many(session, [appropriation(5), fund_capital(6)], by=SYSTEM, at=AT)

    def test_rolls_back_with_everything_else_in_the_transaction(self, database):
        with pytest.raises(RuntimeError), database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            raise RuntimeError
        with database.read() as session:
            assert books_cash(session) == Money(0)
            assert prove(session).entries == 0


class TestAReversal:
    def test_is_the_mirror_image_in_every_book_and_names_the_original(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            posting.post(session, fund_capital(300), by=SYSTEM, at=AT)
            posting.reverse(session, "capital-1", cause="金额有误", by=SYSTEM, on=ON, at=AT)
        with database.read() as session:
            assert books_cash(session) == Money.yuan(500)
            assert books_cash(session, "relender") == Money(0)
            assert {line.reverses for line in postings(session, event_key="reversal:capital-1")} == {"capital-1"}
            assert prove(session).holds

    def test_happens_once_however_often_it_is_asked_for(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            first = posting.reverse(session, "grant-1", cause="误", by=SYSTEM, on=ON, at=AT)
            second = posting.reverse(session, "grant-1", cause="误", by=SYSTEM, on=ON, at=AT)
        assert second.replayed
        assert first.event_id == second.event_id

    def test_of_a_reversal_is_refused(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            posting.reverse(session, "grant-1", cause="误", by=SYSTEM, on=ON, at=AT)
        with pytest.raises(posting.AlreadyReversed), database.write() as session:
            posting.reverse(session, "reversal:grant-1", cause="误", by=SYSTEM, on=ON, at=AT)


class TestAClosedPeriod:
    def test_takes_no_entry_with_an_earlier_date(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            posting.close_period(session, through=date(2012, 11, 30), by=CLOSER, at=AT)
        with pytest.raises(posting.PeriodClosed), database.write() as session:
            posting.post(session, appropriation(1, "late", date(2012, 11, 30)), by=SYSTEM, at=AT)
        with database.write() as session:
            posting.post(session, appropriation(1, "next", date(2012, 12, 1)), by=SYSTEM, at=AT)
        with database.read() as session:
            assert prove(session).holds

    def test_refuses_a_late_entry_even_from_behind_the_program(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            posting.close_period(session, through=date(2012, 11, 30), by=CLOSER, at=AT)
        with pytest.raises(sa.exc.DatabaseError, match="closed period"), database.write() as session:
            _forge(session, seq=2, day=20121101)

    def test_is_not_closed_twice(self, database):
        with database.write() as session:
            posting.close_period(session, through=ON, by=CLOSER, at=AT)
        with pytest.raises(posting.PeriodClosed), database.write() as session:
            posting.close_period(session, through=ON, by=CLOSER, at=AT)


def _forge(session, *, seq: int, day: int, amounts=(100, -100)) -> None:
    """Write an entry past the program, as somebody with the database's password might."""
    connection = session.connection()
    entry_id = seq * 8 + 7
    for n, amount in enumerate(amounts):
        account = 71002 if n % 2 == 0 else 74001
        connection.exec_driver_sql(
            f"INSERT INTO ledger_leg(entry_id, n, account_id, day, amount) VALUES ({entry_id}, {n}, {account}, {day}, {amount})"
        )
    connection.exec_driver_sql(
        f"INSERT INTO ledger_entry(id, event_id, day, hash) SELECT {entry_id}, MAX(id), {day}, MAX(key) FROM ledger_event".replace(
            "MAX(key)", "MAX(body_hash)" if connection.dialect.name == "sqlite" else "decode(repeat('00', 32), 'hex')"
        )
    )


class TestTheDatabaseItself:
    @pytest.mark.parametrize("table", ["ledger_event", "ledger_entry", "ledger_leg"])
    @pytest.mark.parametrize("act", ["UPDATE {0} SET day = 20200101", "DELETE FROM {0}"])
    def test_refuses_to_change_or_delete_what_is_booked(self, database, table, act):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
        with pytest.raises(sa.exc.DatabaseError, match="append only"), database.write() as session:
            session.connection().exec_driver_sql(act.format(table))

    def test_refuses_an_entry_that_does_not_balance(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
        with pytest.raises(sa.exc.DatabaseError, match="unbalanced"), database.write() as session:
            _forge(session, seq=2, day=20121107, amounts=(100, -99))

    def test_refuses_another_leg_for_a_sealed_entry(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
        with pytest.raises(sa.exc.DatabaseError, match="sealed"), database.write() as session:
            session.connection().exec_driver_sql(
                "INSERT INTO ledger_leg(entry_id, n, account_id, day, amount) VALUES (15, 9, 71002, 20121107, 5)"
            )

    def test_refuses_a_balance_below_the_accounts_floor(self, database):
        with pytest.raises(sa.exc.IntegrityError), database.write() as session:
            session.connection().exec_driver_sql("UPDATE ledger_account SET credit = 5 WHERE id = 71002")


class TestBalancesInTime:
    def test_can_be_asked_as_of_any_business_date(self, database):
        with database.write() as session:
            for n in range(10):
                posting.post(session, appropriation(100, f"g{n}", ON + timedelta(days=2 * n)), by=SYSTEM, at=AT)
            posting.post(session, appropriation(7, "late", ON + timedelta(days=3)), by=SYSTEM, at=AT)
        with database.read() as session:
            assert balance(session, "bureau.cash", on=ON - timedelta(days=1)).net == Money(0)
            assert balance(session, "bureau.cash", on=ON + timedelta(days=2)).net == Money.yuan(200)
            assert balance(session, "bureau.cash", on=ON + timedelta(days=3)).net == Money.yuan(207)
            assert balance(session, "bureau.cash", on=ON + timedelta(days=99)).net == Money.yuan(1007)
            rows = trial_balance(session, Institution.BUREAU, on=ON + timedelta(days=3))
            assert sum(entry.net.fen for _, entry in rows) == 0

    def test_can_be_asked_as_the_books_stood_at_any_moment(self, database):
        with database.write() as session:
            posting.post(session, appropriation(100, "a"), by=SYSTEM, at=AT)
        with database.write() as session:
            posting.post(session, appropriation(50, "b", ON - timedelta(days=5)), by=SYSTEM, at=AT + timedelta(hours=1))
        with database.read() as session:
            then = AT + timedelta(minutes=5)
            assert balance(session, "bureau.cash", booked_by=then).net == Money.yuan(100)
            assert balance(session, "bureau.cash", booked_by=then, on=ON - timedelta(days=1)).net == Money(0)
            assert balance(session, "bureau.cash", on=ON - timedelta(days=1)).net == Money.yuan(50)
            assert balance(session, "relender.capital", part="bureau", booked_by=then).net == Money(0)


class TestAReservation:
    def hold(self, session, yuan, key="h1", expires=ON + timedelta(days=10)):
        return posting.hold(
            session, "bureau.cash", Money.yuan(yuan), key=key, cause="预占", expires=expires, by=SYSTEM, on=ON, at=AT
        )

    def test_keeps_money_from_everybody_else_until_it_is_used(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            self.hold(session, 300)
        with pytest.raises(posting.LimitReached) as refusal, database.write() as session:
            posting.post(session, fund_capital(201), by=SYSTEM, at=AT)
        assert refusal.value.facts["available"] == Money.yuan(200)
        with database.write() as session:
            posting.end_hold(session, "h1", "used", by=SYSTEM, on=ON, at=AT)
            posting.post(session, fund_capital(300), by=SYSTEM, at=AT)
        with database.read() as session:
            assert prove(session).findings == []

    def test_is_refused_beyond_what_is_free(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            self.hold(session, 300)
        with pytest.raises(posting.LimitReached), database.write() as session:
            self.hold(session, 201, "h2")

    def test_expires_by_date(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            self.hold(session, 300)
        with database.write() as session:
            assert posting.expire_holds(session, by=SYSTEM, on=ON + timedelta(days=10), at=AT) == []
            assert posting.expire_holds(session, by=SYSTEM, on=ON + timedelta(days=11), at=AT) == ["h1"]
        with database.read() as session:
            assert balance(session, "bureau.cash").held == 0
            assert prove(session).holds

    def test_is_let_go_only_once(self, database):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            self.hold(session, 300)
            posting.end_hold(session, "h1", "released", by=SYSTEM, on=ON, at=AT)
        with pytest.raises(posting.HoldGone), database.write() as session:
            posting.end_hold(session, "h1", "released", by=SYSTEM, on=ON, at=AT)


class TestTwoAtTheSameMoment:
    def test_with_one_key_post_once(self, database):
        answers, errors = [], []

        def run():
            try:
                with database.write() as session:
                    answers.append(posting.post(session, appropriation(500), by=SYSTEM, at=AT))
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert sorted(answer.replayed for answer in answers) == [False] + [True] * 7
        assert len({answer.event_id for answer in answers}) == 1

    def test_cannot_both_take_the_last_of_a_fund(self, database):
        with database.write() as session:
            posting.post(session, appropriation(1000), by=SYSTEM, at=AT)
        granted, refused = [], []

        def run(worker):
            for n in range(10):
                try:
                    with database.write() as session:
                        posting.post(session, fund_capital(30, f"w{worker}-{n}"), by=SYSTEM, at=AT)
                    granted.append(30)
                except posting.LimitReached:
                    refused.append(30)

        threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(granted), len(refused)) == (33, 47)
        with database.read() as session:
            assert books_cash(session) == Money.yuan(10)
            assert prove(session).holds


class TestTheProof:
    @pytest.mark.parametrize(
        ("tamper", "check"),
        [
            ("UPDATE ledger_leg SET amount = amount * 2 WHERE entry_id = 15", "chain"),
            ("UPDATE ledger_event SET cause = '别的' WHERE key = 'grant-1'", "chain"),
            ("UPDATE ledger_event SET booked_at = booked_at + 1 WHERE key = 'grant-1'", "chain"),
            ("UPDATE ledger_entry SET day = 20111107 WHERE id = 15", "chain"),
            ("UPDATE ledger_account SET part = 'nobody' WHERE part = 'bureau'", "chain"),
            ("UPDATE ledger_account SET debit = debit + 1, credit = credit + 1 WHERE id = 71002", "balances"),
            ("UPDATE ledger_day SET debit = debit + 1 WHERE account_id = 71002", "days"),
            ("UPDATE ledger_account SET held = 1 WHERE id = 71002", "holds"),
            ("UPDATE ledger_head SET seq = seq + 1 WHERE book = 7", "chain"),
            ("UPDATE ledger_leg SET day = 20111107 WHERE entry_id = 15 AND n = 0", "entries"),
            ("DELETE FROM ledger_leg WHERE entry_id = 15", "entries"),
            ("DELETE FROM ledger_day WHERE account_id = 71002", "days"),
            ("INSERT INTO ledger_day VALUES (71002, 20121231, 1, 1)", "days"),
            (
                "INSERT INTO ledger_event(key, body_hash, kind_id, cause, day, booked_at, actor)"
                " SELECT 'alone', body_hash, kind_id, cause, day, booked_at, actor FROM ledger_event WHERE id = 1",
                "entries",
            ),
        ],
    )
    def test_finds_what_was_changed_behind_the_systems_back(self, database, tamper, check):
        with database.write() as session:
            posting.post(session, appropriation(500), by=SYSTEM, at=AT)
            posting.post(session, fund_capital(300), by=SYSTEM, at=AT)
        with database.write() as session:
            connection = session.connection()
            if connection.dialect.name == "sqlite":
                for table in ("ledger_event", "ledger_entry", "ledger_leg"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_update")
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_delete")
            else:
                for table in ("ledger_event", "ledger_entry", "ledger_leg"):
                    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            connection.exec_driver_sql(tamper)
        with database.read() as session:
            proof = prove(session)
        assert check in {finding.check for finding in proof.findings}, proof.findings

    def test_is_true_for_empty_books(self, database):
        with database.read() as session:
            proof = prove(session)
        assert proof.holds
        assert proof.entries == 0
