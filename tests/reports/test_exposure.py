"""The bureau's report: sums, limits and how close, and that it says what the books say."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from sqlmodel import select

from bench.portfolio import AT, ON, fill
from models.exposure import Breakdown, ExposureCell
from models.lending.ageing import FiveClass
from models.loan import Loan
from models.queries import exposure as kept
from models.roles import SYSTEM
from models.values.money import Money, total
from reports.exposure import Nearness, exposure
from workflows.booking import book


@pytest.fixture
def session(sqlite_database):
    fill(sqlite_database, 40)
    with sqlite_database.read() as session:
        yield session


class TestTheReport:
    def test_says_what_the_loans_and_the_books_say(self, session):
        report = exposure(session, on=ON)
        loans = list(session.exec(select(Loan)))
        assert report.outstanding == total(loan.outstanding for loan in loans)
        assert report.loans == report.firms == 40
        assert report.differences == []

    def test_breaks_everything_down_so_that_each_way_sums_to_the_whole(self, session):
        report = exposure(session, on=ON)
        for lines in (report.by_class, report.by_district, report.by_industry, report.by_level, report.by_product):
            assert total(line.amount for line in lines) == report.outstanding
            assert sum(line.loans for line in lines) == report.loans

    def test_lists_all_five_classes_in_their_order_even_without_loans(self, session):
        assert [line.word for line in exposure(session, on=ON).by_class] == list(FiveClass)

    def test_is_empty_and_whole_for_a_bank_without_loans(self, sqlite_database):
        fill(sqlite_database, 0)
        with sqlite_database.read() as session:
            report = exposure(session, on=ON)
        assert (report.outstanding, report.utilisation, report.concentration) == (Money(0), Fraction(0), 0.0)
        assert {line.nearness for line in report.limits} == {Nearness.WITHIN}

    def test_stops_where_books_and_loans_differ_and_says_by_how_much(self, sqlite_database):
        fill(sqlite_database, 5)
        with sqlite_database.write() as session:
            for event, amounts in (
                ("bank_funded_by_owner", {"amount": Money.yuan(1)}),
                ("loan_approved", {"amount": Money.yuan(1), "guaranteed": Money(0)}),
                ("disbursed", {"amount": Money.yuan(1)}),
            ):
                parts = {"loan": "TBL-2025-9999", "application": "TBG-1", "owner": "others"}
                book(session, event, key=f"{event}:x", cause="", amounts=amounts, parts=parts, by=SYSTEM, on=ON, at=AT)
            report = exposure(session, on=ON)
        assert [what for what, _ in report.differences] == ["bank.principal"]


class TestConcentration:
    def test_of_the_pilots_four_loans_is_that_of_the_rulebook(self):
        # EX-41: largest share 0.3670, HHI 0.2814.
        cells = [
            kept.Cell(Breakdown.ALL, "", FiveClass.NORMAL, 1, fen, (fen // 100_000) ** 2)
            for fen in (800_000_000, 650_000_000, 430_000_000, 300_000_000)
        ]
        assert round(kept.concentration(cells), 4) == 0.2814

    def test_is_kept_exactly_by_the_database(self, session):
        loans = list(session.exec(select(Loan.outstanding)))
        squares = session.exec(select(ExposureCell.squares).where(ExposureCell.dimension == Breakdown.ALL)).all()
        assert sum(squares) == sum((amount.fen // 100_000) ** 2 for amount in loans)


class TestMonths:
    def test_end_with_the_business_date_and_leave_unknown_shares_open(self, session):
        months = exposure(session, on=date(2026, 1, 20)).months
        assert [months[0].on, months[-2].on, months[-1].on] == [
            date(2024, 2, 29),
            date(2025, 12, 31),
            date(2026, 1, 20),
        ]
        assert all(point.non_performing is None for point in months)
