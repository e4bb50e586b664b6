"""Loans in lists, filtered and sorted by the database, and one loan's whole story."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit import AT, OFFICER, ON, REVIEWER, a_debtor, a_guaranteed_loan, endow, yuan
from days import run_until

from models.application import Product
from models.lending.ageing import FiveClass
from models.queries.loans import (
    accruals_of,
    class_changes_of,
    instalments_of,
    loan_by_number,
    loan_rows,
    loan_story,
    maturing,
    receipts_of,
)
from models.refusals import NotThere
from models.states.loan import LoanStage
from workflows import loan_account, servicing

FIRST_DUE = date(2012, 12, 21)


@pytest.fixture
def session(database):
    with database.write() as session:
        endow(session)
        yield session


@pytest.fixture
def three(session):
    """Three loans of different size, product and term; the first is settled."""
    credits = [
        a_guaranteed_loan(session, amount=amount, product=product, term_months=months, firm=a_debtor(session))
        for amount, product, months in (
            (yuan(1_000_000), Product.STARTUP, 12),
            (yuan(3_000_000), Product.RD_CENTRE, 36),
            (yuan(2_000_000), Product.STARTUP, 24),
        )
    ]
    run_until(session, FIRST_DUE)
    quote = servicing.settlement_quote(session, credits[0].loan, FIRST_DUE)
    servicing.receive(
        session, loan=credits[0].loan, amount=quote.total, bank_ref="A", prepay=True, by=OFFICER, on=FIRST_DUE, at=AT
    )
    run_until(session, FIRST_DUE + timedelta(days=12))
    session.flush()
    return [credit.loan for credit in credits]


def numbers(found):
    lines, total = found
    assert total >= len(lines)
    return [line.number for line in lines]


class TestAList:
    def test_is_sorted_either_way_and_paged(self, session, three):
        small, large, middle = (loan.number for loan in three)
        assert numbers(loan_rows(session)) == [small, middle, large]
        assert numbers(loan_rows(session, sort="-amount")) == [large, middle, small]
        assert numbers(loan_rows(session, sort="-amount", limit=1, offset=1)) == [middle]
        assert loan_rows(session, limit=1)[1] == 3
        assert numbers(loan_rows(session, sort="nonsense")) == [small, middle, large]

    def test_is_filtered_searched_and_aged_by_the_database(self, session, three):
        for asked, places in (
            ({"stage": LoanStage.SETTLED}, [0]),
            ({"owed": True}, [1, 2]),
            ({"owed": False}, [0]),
            ({"product": Product.STARTUP}, [0, 2]),
            ({"five_class": FiveClass.SPECIAL_MENTION}, [1, 2]),
            ({"non_performing": True}, []),
            ({"non_performing": False}, [0, 1, 2]),
            ({"overdue": True}, [1, 2]),
            ({"overdue": False}, [0]),
            ({"matures_from": date(2014, 1, 1), "matures_until": date(2014, 12, 31)}, [2]),
            ({"district": "nowhere"}, []),
            ({"overdue": True, "sort": "-oldest_unpaid"}, [1, 2]),
            ({"text": three[1].number.lower()}, [1]),
            ({"text": "%"}, []),
        ):
            found = loan_rows(session, **asked)
            assert sorted(numbers(found)) == sorted(three[place].number for place in places), asked
            assert found[1] == len(places), asked
        line = loan_rows(session, sort="amount")[0][0]
        assert numbers(loan_rows(session, text=line.firm)) == [three[0].number]
        assert numbers(loan_rows(session, text=line.talent)) == [three[0].number]
        late = loan_rows(session, overdue=True)[0][0]
        assert late.days_past_due(FIRST_DUE + timedelta(days=12)) == 12

    def test_of_what_matures_soon_leaves_out_what_is_settled(self, session, three):
        assert [line.number for line in maturing(session, date(2014, 12, 31))] == [three[2].number]


class TestOneLoan:
    def test_is_found_by_its_number_with_what_came_in_and_what_accrued(self, session, three):
        assert loan_by_number(session, three[1].number) is three[1]
        with pytest.raises(NotThere):
            loan_by_number(session, "TBL-1999-0001")
        ((receipt, parts),) = receipts_of(session, three[0])
        assert sum(part.amount.fen for part in parts) == receipt.amount.fen
        assert receipts_of(session, three[1]) == []
        days = [on for on, _ in accruals_of(session, three[0])]
        assert (days[0], days[-1], len(days)) == (ON, FIRST_DUE - timedelta(days=1), 44)

    def test_keeps_its_earlier_schedules(self, session, three):
        on = FIRST_DUE + timedelta(days=12)
        before = instalments_of(session, three[1])
        owed = loan_account.owed(session, three[1], on).due_now
        servicing.receive(
            session, loan=three[1], amount=owed + yuan(500_000), bank_ref="B", prepay=True, by=OFFICER, on=on, at=AT
        )
        now, all_of_them = instalments_of(session, three[1]), instalments_of(session, three[1], live=False)
        assert now[0] == before[0]
        assert len(all_of_them) > len(now)
        assert {line.plan for line in all_of_them} == {1, 2}

    def test_tells_its_story_in_order(self, session, three):
        on = FIRST_DUE + timedelta(days=12)
        loan = three[1]
        owed = loan_account.owed(session, loan, on).due_now
        receipt = servicing.receive(session, loan=loan, amount=owed, bank_ref="B", by=OFFICER, on=on, at=AT)
        servicing.classify(session, loan=loan, view=FiveClass.SUBSTANDARD, reason="停产", by=REVIEWER, on=on, at=AT)
        story = loan_story(session, loan)
        kinds = {line.kind for line in story}
        assert kinds == {"move", "receipt", "class", "posting"}
        assert [line.at for line in story] == sorted(line.at for line in story)
        taken = next(line for line in story if line.kind == "receipt")
        assert (taken.what, taken.amount) == (receipt.number, owed)
        assert sum(part.fen for _, part in taken.facts["parts"]) == owed.fen
        assert {"disbursed", "loan_approved"} <= {line.what for line in story if line.kind == "posting"}
        assert [line.what for line in story if line.kind == "class"] == [
            FiveClass.SPECIAL_MENTION, FiveClass.SUBSTANDARD,
        ]  # fmt: skip
        assert [change.reasons for change in class_changes_of(session, loan)] == [["days_past_due"], ["analyst_view"]]
        assert "open" in {line.what for line in story if line.subject == "loan"}
