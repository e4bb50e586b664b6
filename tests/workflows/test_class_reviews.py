"""Every loan's class is looked at again each quarter (CLS-15)."""

from __future__ import annotations

from datetime import date

import pytest
from credit import AT, OFFICER, ON, REVIEWER, a_debtor, a_guaranteed_loan, endow

from models.lending.ageing import FiveClass
from models.lending.circumstances import TriggerKind
from models.queries.classes import review_rows, reviews_of
from models.refusals import NotAllowed
from models.states.loan import LOAN
from workflows import class_reviews, class_triggers
from workflows.classifying import LoanNotOwed
from workflows.moves import ReasonNeeded, move

DUE = date(2013, 2, 7)


@pytest.fixture
def session(database):
    with database.write() as session:
        endow(session)
        yield session


@pytest.fixture
def credit(session):
    return a_guaranteed_loan(session)


def record(session, loan, kind=TriggerKind.DIVERTED, on=ON):
    return class_triggers.record(session, kind=kind, loan=loan, known_on=on, evidence="示例", by=OFFICER, on=on, at=AT)


def due(session, on):
    rows, total = review_rows(session, on=on, months=3, due=True)
    assert len(rows) == total
    return [row.number for row in rows]


class TestTheDueList:
    def test_has_each_loan_a_quarter_after_it_was_opened_or_reviewed(self, session, credit):
        assert [due(session, day) for day in (date(2013, 2, 6), DUE)] == [[], [credit.loan.number]]
        class_reviews.review(session, loan=credit.loan, note="已看", by=REVIEWER, on=DUE, at=AT)
        assert [due(session, day) for day in (DUE, date(2013, 5, 6), date(2013, 5, 7))] == [
            [], [], [credit.loan.number],
        ]  # fmt: skip

    def test_says_what_stands_against_a_loan_and_why_it_changed(self, session, credit):
        other = a_guaranteed_loan(session, firm=a_debtor(session))
        record(session, credit.loan)
        rows, _ = review_rows(session, on=ON, months=3, triggered=True)
        assert [(row.number, row.kinds, row.reasons) for row in rows] == [
            (credit.loan.number, (TriggerKind.DIVERTED,), ("diverted",)),
        ]  # fmt: skip
        rows, total = review_rows(session, on=ON, months=3, sort="-outstanding", limit=1)
        assert (len(rows), total) == (1, 2)
        assert review_rows(session, on=ON, months=3, text=other.loan.number)[1] == 1
        assert review_rows(session, on=ON, months=3, five_class=FiveClass.LOSS)[1] == 0


class TestAReview:
    def test_keeps_class_floor_reasons_who_and_when(self, session, credit):
        record(session, credit.loan)
        row = class_reviews.review(session, loan=credit.loan, note="示例：已核实", by=REVIEWER, on=DUE, at=AT)
        assert (row.five_class, row.floor, row.reasons) == (
            FiveClass.SPECIAL_MENTION, FiveClass.SPECIAL_MENTION, ["diverted"],
        )  # fmt: skip
        assert (row.actor_id, row.on, row.note, row.batch) == (REVIEWER.user_id, DUE, "示例：已核实", False)

    def test_is_made_by_the_reviewer_with_a_note_of_a_loan_that_is_owed(self, session, credit):
        with pytest.raises(NotAllowed):
            class_reviews.review(session, loan=credit.loan, note="x", by=OFFICER, on=DUE, at=AT)
        with pytest.raises(ReasonNeeded):
            class_reviews.review(session, loan=credit.loan, note=" ", by=REVIEWER, on=DUE, at=AT)
        move(session, LOAN, credit.loan, "settle", by=OFFICER, on=DUE, at=AT)
        with pytest.raises(LoanNotOwed):
            class_reviews.review(session, loan=credit.loan, note="x", by=REVIEWER, on=DUE, at=AT)


class TestABatch:
    def confirm(self, session, *credits, on=DUE):
        return class_reviews.confirm(session, loans=[one.loan for one in credits], by=REVIEWER, on=on, at=AT)

    def test_confirms_what_has_not_changed(self, session, credit):
        other = a_guaranteed_loan(session, firm=a_debtor(session))
        made = self.confirm(session, credit, other)
        assert [(row.batch, row.five_class) for row in made] == [(True, FiveClass.NORMAL)] * 2
        assert due(session, DUE) == []

    def test_refuses_all_if_one_has_changed(self, session, credit):
        other = a_guaranteed_loan(session, firm=a_debtor(session))
        record(session, other.loan)
        with pytest.raises(class_reviews.ReviewNeedsLook) as refusal:
            self.confirm(session, credit, other)
        assert refusal.value.facts["loan"] == other.loan.number
        assert reviews_of(session, credit.loan) == []

    def test_takes_a_changed_loan_again_once_it_was_reviewed_by_itself(self, session, credit):
        record(session, credit.loan)
        class_reviews.review(session, loan=credit.loan, note="已看", by=REVIEWER, on=ON, at=AT)
        assert self.confirm(session, credit)[0].five_class is FiveClass.SPECIAL_MENTION

    def test_of_nothing_is_none(self, session):
        with pytest.raises(class_reviews.NothingChosen):
            self.confirm(session)
