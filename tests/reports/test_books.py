"""The books as their readers see them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.roles import SYSTEM, Institution
from models.values.money import Money
from reports.books import balance_sheet, disagreements, trial
from workflows.booking import book

AT = datetime(2012, 11, 7, 2, tzinfo=UTC)


def fund(session, on=date(2012, 11, 7)):
    for event, amount in (("appropriated", 500), ("guarantor_capitalised", 100), ("relender_capitalised", 60)):
        book(
            session,
            event,
            key=f"{event}:{on}",
            cause="财政出资",
            amounts={"amount": Money.wan(amount)},
            by=SYSTEM,
            on=on,
            at=AT,
        )


class TestTheTrialBalance:
    def test_has_equal_sides_and_only_accounts_that_moved(self, database):
        with database.write() as session:
            fund(session)
            bureau = trial(session, Institution.BUREAU)
            assert bureau.balanced
            assert [line.account.code for line in bureau.lines] == ["cash", "capital_in", "appropriation"]
            assert bureau.debits == Money.wan(500)

    def test_can_be_asked_for_an_earlier_day(self, sqlite_database):
        with sqlite_database.write() as session:
            fund(session, date(2012, 11, 7))
            fund(session, date(2012, 12, 3))
            assert trial(session, Institution.RELENDER, on=date(2012, 11, 30)).debits == Money.wan(60)
            assert trial(session, Institution.RELENDER, on=date(2012, 11, 6)).lines == []


class TestTheBalanceSheet:
    def test_balances_and_counts_the_result_as_own_funds(self, sqlite_database):
        with sqlite_database.write() as session:
            fund(session)
            book(
                session,
                "guarantee_fee_received",
                key="fee",
                cause="担保费",
                amounts={"amount": Money.wan(4)},
                parts={"loan": "TBL-2012-0001"},
                by=SYSTEM,
                on=date(2012, 11, 8),
                at=AT,
            )
            book(
                session,
                "guarantee_fee_earned",
                key="earned",
                cause="担保费确认",
                amounts={"amount": Money.wan(1)},
                parts={"loan": "TBL-2012-0001"},
                by=SYSTEM,
                on=date(2012, 11, 9),
                at=AT,
            )
            sheet = balance_sheet(session, Institution.GUARANTOR)
            assert sheet.total_assets == sheet.total_claims == Money.wan(104)
            assert (sheet.result, sheet.own_funds) == (Money.wan(1), Money.wan(101))

    def test_of_one_book_agrees_with_the_others(self, sqlite_database):
        with sqlite_database.write() as session:
            fund(session)
            assert disagreements(session) == []
