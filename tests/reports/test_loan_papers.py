"""A loan's papers: the statement adds up from the books, the quote and the certificate say what is true."""

from __future__ import annotations

from datetime import date

import pytest
from credit import AT, OFFICER, ON, REVIEWER, a_guaranteed_loan, endow, yuan
from days import run_until

from models.queries.loan_ledger import ledger_of
from models.values.money import ZERO, total
from reports import loan_papers
from workflows.servicing import receive, reverse_receipt

DUE = date(2012, 12, 21)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session


@pytest.fixture
def loan(session):
    """A loan of four million: interest paid in December, a million repaid early in January."""
    loan = a_guaranteed_loan(session).loan
    run_until(session, DUE)
    receive(session, loan=loan, amount=yuan("30066.67"), bank_ref="A", by=OFFICER, on=DUE, at=AT)
    run_until(session, date(2013, 1, 10))
    receive(
        session, loan=loan, amount=yuan(1_000_000), bank_ref="B", prepay=True, by=OFFICER, on=date(2013, 1, 10), at=AT
    )
    run_until(session, date(2013, 2, 1))
    return loan


class TestTheStatement:
    def test_leads_from_the_opening_to_the_closing_principal(self, session, loan):
        made = loan_papers.statement_of(session, loan, since=date(2012, 12, 1), until=date(2013, 1, 31))
        assert (made.opening, made.closing) == (yuan(4_000_000), yuan(3_000_000))
        assert [(line.kind, line.down, line.interest) for line in made.lines] == [
            ("receipt_allocated", ZERO, yuan("30066.67")),
            ("receipt_allocated", yuan(1_000_000), ZERO),
        ]
        up, down, interest, costs = made.totals
        assert made.opening + up - down == made.closing == loan.outstanding
        assert (interest, costs) == (yuan("30066.67"), ZERO)
        # 24 December days and 17 January days at 683.33 on four millions, then 22 on three: by the plan, to the fen.
        assert made.accrued[1:] == (ZERO, ZERO)
        assert made.accrued[0] > yuan(30_000)

    def test_of_the_whole_life_begins_with_nothing_and_the_pay_out(self, session, loan):
        made = loan_papers.statement_of(session, loan, since=ON, until=date(2013, 1, 31))
        assert (made.opening, made.lines[0].up, made.lines[0].words("en")) == (
            ZERO,
            yuan(4_000_000),
            "Tranche disbursed",
        )

    def test_shows_what_was_undone(self, session):
        loan = a_guaranteed_loan(session).loan
        run_until(session, DUE)
        receipt = receive(session, loan=loan, amount=yuan("30066.67"), bank_ref="A", by=OFFICER, on=DUE, at=AT)
        reverse_receipt(session, receipt=receipt, reason="退票", by=REVIEWER, on=DUE, at=AT)
        made = loan_papers.statement_of(session, loan, since=DUE, until=DUE)
        assert [line.interest for line in made.lines] == [yuan("30066.67"), -yuan("30066.67")]
        assert made.lines[1].words("zh") == "补记调整"  # the loan is reckoned as if the money had never come

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_pdf_a_and_the_same_every_time(self, session, loan, language):
        made = loan_papers.statement_of(session, loan, since=ON, until=date(2013, 1, 31))
        first, second = (loan_papers.statement_pdf(session, loan, made, language) for _ in range(2))
        assert first == second
        assert b"pdfaid:part>2" in first


class TestTheLedgerOfALoan:
    def test_balances_in_every_event_and_sums_to_what_is_owed(self, session, loan):
        legs = ledger_of(session, loan)
        assert not total(leg.amount for leg in legs)
        assert total(leg.amount for leg in legs if leg.own and leg.account == "bank.principal") == loan.outstanding


class TestTheCertificate:
    def test_names_the_day_of_settlement_and_is_none_before(self, session, loan):
        with pytest.raises(ValueError, match="not settled"):
            loan_papers.settled_facts(session, loan)
        on = date(2013, 2, 1)
        receive(session, loan=loan, amount=yuan(3_100_000), bank_ref="C", prepay=True, by=OFFICER, on=on, at=AT)
        facts = loan_papers.settled_facts(session, loan, "en")
        assert (facts["settled"], facts["amount"]) == ("1 February 2013", "4,000,000.00")
        assert "released" in facts["facts"][1][1]
        assert loan_papers.settled_pdf(session, loan).startswith(b"%PDF")


class TestTheQuote:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_adds_its_parts_up(self, session, loan, language):
        parts = [("本金", "Principal", yuan(3_000_000)), ("利息", "Interest", yuan("21525.00"))]
        paper = loan_papers.quote_pdf(
            session,
            loan,
            made_on=date(2013, 2, 1),
            on=date(2013, 2, 5),
            valid_through=date(2013, 2, 5),
            parts=parts,
            language=language,
        )
        assert b"pdfaid:part>2" in paper
