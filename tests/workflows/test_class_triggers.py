"""Circumstances that allow no better class: recorded with evidence, acted on at once, ended by somebody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from credit import AT, OFFICER, ON, REVIEWER, a_debtor, a_guaranteed_loan, endow, person, run_to, yuan
from days import run_until
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from models.classification import ClassTrigger
from models.firm import Firm
from models.journal import JournalLine
from models.lending.ageing import FiveClass, floor_by_days, worst
from models.lending.circumstances import TriggerKind
from models.loan import Instalment
from models.policies.rules import ServicingRules
from models.queries.loans import class_changes_of
from models.queries.rules import rules_in_force
from models.refusals import NotAllowed
from models.roles import SYSTEM, Role
from models.talent import PartyGroup
from models.values.rate import Rate
from models.watch import Signal, WatchCase
from reports.proof import prove
from workflows import class_triggers, classifying, loan_account, servicing
from workflows.moves import ReasonNeeded, SameHand

OTHER = person(Role.CREDIT_REVIEWER)
FIRST_DUE = date(2012, 12, 21)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session
        assert prove(session).findings == []


@pytest.fixture
def credit(session):
    return a_guaranteed_loan(session)


def record(session, kind, *, loan=None, firm=None, share="0", first=None, on=ON, by=REVIEWER):
    return class_triggers.record(
        session, kind=kind, loan=loan, firm=firm, share=Rate.of(share), known_on=on, first_repayment_on=first,
        evidence="示例：检查记录", by=by, on=on, at=AT,
    )  # fmt: skip


def end(session, trigger, *, on=ON, by=OTHER, reason="已核实消除"):
    return class_triggers.end(session, trigger=trigger, reason=reason, by=by, on=on, at=AT)


def firm_of(session, loan):
    return session.get_one(Firm, loan.firm_id)


class TestACircumstance:
    @pytest.mark.parametrize(
        ("kind", "share", "five_class", "reasons"),
        [
            (TriggerKind.DIVERTED, "0", "special_mention", ["diverted"]),
            (TriggerKind.REPAID_BY_NEW_BORROWING, "0", "special_mention", ["repaid_by_new_borrowing"]),
            (TriggerKind.BAD_DEBT_ELSEWHERE, "0", "special_mention", ["bad_debt_elsewhere"]),
            (TriggerKind.CREDIT_IMPAIRED, "0", "substandard", ["credit_impaired"]),
            (TriggerKind.CREDIT_IMPAIRED, "0.499999", "substandard", ["credit_impaired"]),
            (TriggerKind.CREDIT_IMPAIRED, "0.50", "doubtful", ["expected_loss_doubtful"]),
            (TriggerKind.CREDIT_IMPAIRED, "0.90", "loss", ["expected_loss_loss"]),
            (TriggerKind.DEBTS_OVER_90, "0.20", "normal", []),
            (TriggerKind.DEBTS_OVER_90, "0.200001", "substandard", ["debts_over_90"]),
            (TriggerKind.EVADES_DEBTS, "0", "doubtful", ["evades_debts"]),
            (TriggerKind.BANKRUPT, "0", "loss", ["bankrupt"]),
        ],
    )
    def test_puts_the_loan_into_its_class_at_once(self, session, credit, kind, share, five_class, reasons):
        """CLS-02 to CLS-05, CLS-15."""
        record(session, kind, loan=credit.loan, share=share)
        assert (credit.loan.five_class, credit.loan.class_floor) == (five_class, five_class)
        assert [change.reasons for change in class_changes_of(session, credit.loan)] == ([reasons] if reasons else [])
        assert credit.loan.non_accrual is FiveClass(five_class).non_performing

    def test_keeps_every_reason_that_reaches_the_floor(self, session, credit):
        on = ON + timedelta(days=60)
        run_to(session, credit.loan, on, days_past_due=20)
        record(session, TriggerKind.DIVERTED, loan=credit.loan, on=on)
        change = class_changes_of(session, credit.loan)[-1]
        assert (change.target, change.reasons) == (FiveClass.SPECIAL_MENTION, ["days_past_due", "diverted"])

    def test_of_a_firm_hits_all_its_loans_and_those_that_come(self, session, credit):
        firm = firm_of(session, credit.loan)
        second = a_guaranteed_loan(session, firm=firm, amount=yuan(1_000_000))
        record(session, TriggerKind.BAD_DEBT_ELSEWHERE, firm=firm)
        third = a_guaranteed_loan(session, firm=firm, amount=yuan(500_000))
        class_triggers.refresh(session, firm_id=firm.key, on=ON, at=AT)
        assert {one.loan.five_class for one in (credit, second, third)} == {FiveClass.SPECIAL_MENTION}

    def test_takes_the_debtor_s_other_claims_along_once_they_are_more_than_a_tenth(self, session, credit):
        """CLS-06, at once and not only at the end of day."""
        firm = firm_of(session, credit.loan)
        small = a_guaranteed_loan(session, firm=firm, amount=yuan(400_000))
        record(session, TriggerKind.EVADES_DEBTS, loan=small.loan)
        assert (small.loan.five_class, credit.loan.five_class) == (FiveClass.DOUBTFUL, FiveClass.NORMAL)
        large = a_guaranteed_loan(session, firm=firm, amount=yuan(500_000))
        record(session, TriggerKind.CREDIT_IMPAIRED, loan=large.loan)
        assert credit.loan.five_class is FiveClass.SUBSTANDARD
        assert class_changes_of(session, credit.loan)[-1].reasons == ["own_non_performing"]
        assert credit.loan.class_floor is FiveClass.NORMAL

    def test_outlives_the_end_of_day_where_the_class_stays_with_a_person(self, session, credit):
        record(session, TriggerKind.CREDIT_IMPAIRED, loan=credit.loan)
        run_until(session, ON + timedelta(days=3))
        session.refresh(credit.loan)
        assert credit.loan.five_class is FiveClass.SUBSTANDARD

    def test_is_written_down_with_who_and_why(self, session, credit):
        trigger = record(session, TriggerKind.DIVERTED, loan=credit.loan, by=OFFICER)
        line = session.exec(select(JournalLine).where(JournalLine.subject == "class_trigger")).one()
        assert (line.verb, line.actor_id, line.reason) == ("record", OFFICER.user_id, trigger.evidence)
        assert line.case == f"application:{credit.loan.application_id}"

    def test_is_not_changed_afterwards(self, session, credit):
        trigger = record(session, TriggerKind.DIVERTED, loan=credit.loan)
        with pytest.raises(sa.exc.DBAPIError, match="append only"), session.begin_nested():
            session.execute(sa.update(ClassTrigger).where(ClassTrigger.id == trigger.id).values(evidence="x"))

    def test_that_makes_no_sense_is_refused(self, session, credit):
        loan, firm = credit.loan, firm_of(session, credit.loan)
        refused = (
            (class_triggers.TriggerMisplaced, {"kind": TriggerKind.DIVERTED, "firm": firm}),
            (class_triggers.TriggerMisplaced, {"kind": TriggerKind.BANKRUPT, "firm": firm, "loan": loan}),
            (class_triggers.TriggerShareWrong, {"kind": TriggerKind.DEBTS_OVER_90, "loan": loan}),
            (class_triggers.TriggerShareWrong, {"kind": TriggerKind.BANKRUPT, "loan": loan, "share": "0.1"}),
            (class_triggers.TriggerDayWrong, {"kind": TriggerKind.RESTRUCTURED, "loan": loan}),
            (class_triggers.TriggerDayWrong, {"kind": TriggerKind.BANKRUPT, "loan": loan, "first": ON}),
            (NotAllowed, {"kind": TriggerKind.BANKRUPT, "loan": loan, "by": person(Role.AUDITOR)}),
        )
        for refusal, given_ in refused:
            with pytest.raises(refusal):
                record(session, given_.pop("kind"), **given_)
        with pytest.raises(class_triggers.TriggerEvidenceMissing):
            class_triggers.record(
                session, kind=TriggerKind.BANKRUPT, loan=loan, known_on=ON, evidence=" ", by=REVIEWER, on=ON, at=AT
            )
        with pytest.raises(class_triggers.TriggerDayWrong):
            class_triggers.record(
                session, kind=TriggerKind.BANKRUPT, loan=loan, known_on=ON + timedelta(days=1), evidence="x",
                by=REVIEWER, on=ON, at=AT,
            )  # fmt: skip
        record(session, TriggerKind.DIVERTED, loan=loan)
        with pytest.raises(class_triggers.TriggerStands):
            record(session, TriggerKind.DIVERTED, loan=loan)


class TestItsEnd:
    def test_lifts_a_performing_loan_at_once(self, session, credit):
        trigger = record(session, TriggerKind.DIVERTED, loan=credit.loan)
        end(session, trigger)
        assert (credit.loan.five_class, credit.loan.class_floor) == (FiveClass.NORMAL, FiveClass.NORMAL)
        assert class_changes_of(session, credit.loan)[-1].reasons == ["circumstance_ended"]

    def test_is_said_by_another_person_with_a_reason_and_once(self, session, credit):
        trigger = record(session, TriggerKind.DIVERTED, loan=credit.loan)
        with pytest.raises(SameHand):
            end(session, trigger, by=REVIEWER)
        with pytest.raises(ReasonNeeded):
            end(session, trigger, reason=" ")
        with pytest.raises(NotAllowed):
            end(session, trigger, by=OFFICER)
        end(session, trigger)
        with pytest.raises(class_triggers.TriggerEnded):
            end(session, trigger)

    def test_leaves_a_bad_loan_where_it_is(self, session, credit):
        """CLS-11: only a reviewer lifts it, and only after good payments."""
        trigger = record(session, TriggerKind.CREDIT_IMPAIRED, loan=credit.loan)
        end(session, trigger)
        assert (credit.loan.five_class, credit.loan.class_floor) == (FiveClass.SUBSTANDARD, FiveClass.NORMAL)
        with pytest.raises(classifying.UpgradeTooEarly):
            classifying.classify(
                session, loan=credit.loan, view=FiveClass.NORMAL, reason="x", by=REVIEWER, on=ON, at=AT
            )

    def test_leaves_the_analyst_s_view(self, session, credit):
        classifying.classify(
            session, loan=credit.loan, view=FiveClass.SPECIAL_MENTION, reason="x", by=REVIEWER, on=ON, at=AT
        )
        end(session, record(session, TriggerKind.BAD_DEBT_ELSEWHERE, firm=firm_of(session, credit.loan)))
        assert credit.loan.five_class is FiveClass.SPECIAL_MENTION


class TestAnAnalyst:
    def test_may_not_go_above_what_stands(self, session, credit):
        record(session, TriggerKind.EVADES_DEBTS, loan=credit.loan)
        for view in (FiveClass.NORMAL, FiveClass.SUBSTANDARD):
            with pytest.raises(classifying.AboveStandingFloor):
                classifying.classify(session, loan=credit.loan, view=view, reason="x", by=REVIEWER, on=ON, at=AT)


class TestLiftingABadLoan:
    """CLS-11 beyond arrears and periods; CLS-06 between the loans of one debtor."""

    def paid_until(self, session, credits, last=date(2013, 6, 21)):
        for due in (FIRST_DUE, date(2013, 3, 21), date(2013, 6, 21)):
            if due > last:
                break
            run_until(session, due)
            for credit in credits:
                owed = loan_account.owed(session, credit.loan, due)
                servicing.receive(
                    session, loan=credit.loan, amount=owed.due_now, bank_ref=f"P-{credit.loan.number}-{due}", by=OFFICER,
                    on=due, at=AT,
                )  # fmt: skip

    def lift(self, session, loan, on, view=FiveClass.NORMAL):
        return classifying.classify(session, loan=loan, view=view, reason="示例", by=REVIEWER, on=on, at=AT)

    def test_waits_until_no_impairment_of_the_debtor_is_left(self, session, credit):
        other = a_guaranteed_loan(session, firm=firm_of(session, credit.loan), amount=yuan(100_000))
        first = record(session, TriggerKind.BANKRUPT, loan=credit.loan)
        end(session, first)
        record(session, TriggerKind.CREDIT_IMPAIRED, loan=other.loan)
        self.paid_until(session, [credit, other])
        session.refresh(credit.loan)
        with pytest.raises(classifying.ImpairedAssetLeft):
            self.lift(session, credit.loan, date(2013, 6, 21))

    def test_is_done_together_for_a_debtor_with_several(self, session, credit):
        firm = firm_of(session, credit.loan)
        other = a_guaranteed_loan(session, firm=firm)
        end(session, record(session, TriggerKind.BANKRUPT, firm=firm))
        with pytest.raises(classifying.UpgradeTooEarly):
            classifying.lift_debtor(session, firm=firm, view=FiveClass.NORMAL, reason="x", by=REVIEWER, on=ON, at=AT)
        self.paid_until(session, [credit, other])
        on = date(2013, 6, 21)
        for one in (credit, other):
            session.refresh(one.loan)
        with pytest.raises(classifying.OtherClaimsBad):
            self.lift(session, credit.loan, on)
        changes = classifying.lift_debtor(
            session, firm=firm, view=FiveClass.SPECIAL_MENTION, reason="x", by=REVIEWER, on=on, at=AT
        )
        assert len(changes) == 2
        run_until(session, on + timedelta(days=2))
        for one in (credit, other):
            session.refresh(one.loan)
            assert (one.loan.five_class, one.loan.non_accrual) == (FiveClass.SPECIAL_MENTION, False)
        with pytest.raises(classifying.NothingToLift):
            classifying.lift_debtor(session, firm=firm, view=FiveClass.NORMAL, reason="x", by=REVIEWER, on=on, at=AT)

    def test_waits_until_penalties_are_paid(self, session, credit):
        end(session, record(session, TriggerKind.BANKRUPT, loan=credit.loan))
        self.paid_until(session, [credit])
        meter = loan_account.meter_of(session, credit.loan)
        meter.penalty_fen = 1
        with pytest.raises(classifying.ChargesLeft):
            self.lift(session, credit.loan, date(2013, 6, 21))
        meter.penalty_fen = 0


class TestARestructuredLoan:
    """CLS-09, CLS-10."""

    def restructured(self, session, loan, on=ON, first=FIRST_DUE):
        return record(session, TriggerKind.RESTRUCTURED, loan=loan, first=first, on=on)

    def test_is_at_least_special_mention_and_substandard_the_second_time(self, session, credit):
        self.restructured(session, credit.loan)
        assert class_changes_of(session, credit.loan)[-1].reasons == ["restructured"]
        self.restructured(session, credit.loan)
        change = class_changes_of(session, credit.loan)[-1]
        assert (change.target, change.reasons) == (FiveClass.SUBSTANDARD, ["restructured_again"])

    def test_that_was_worse_stays_worse(self, session, credit):
        record(session, TriggerKind.EVADES_DEBTS, loan=credit.loan)
        self.restructured(session, credit.loan)
        assert credit.loan.five_class is FiveClass.DOUBTFUL

    def test_is_let_go_after_two_periods_and_a_year_of_payments_in_time(self, session):
        credit = a_guaranteed_loan(session, term_months=24)
        trigger = self.restructured(session, credit.loan)
        for line in session.exec(select(Instalment).where(Instalment.loan_id == credit.loan.key)):
            line.settled_on = line.payable_on
            session.add(line)
        session.flush()
        last = date(2013, 12, 21)
        with pytest.raises(class_triggers.ObservationRuns) as refusal:
            end(session, trigger, on=last - timedelta(days=1))
        assert refusal.value.facts["until"] == last
        end(session, trigger, on=last)
        assert credit.loan.five_class is FiveClass.NORMAL

    def test_that_missed_a_payment_begins_again_from_there(self, session):
        credit = a_guaranteed_loan(session, term_months=24)
        trigger = self.restructured(session, credit.loan)
        lines = session.exec(
            select(Instalment).where(Instalment.loan_id == credit.loan.key).order_by(Instalment.payable_on)
        ).all()
        for line in lines:
            line.settled_on = line.payable_on + timedelta(days=line is lines[2])
            session.add(line)
        session.flush()
        with pytest.raises(class_triggers.ObservationRuns) as refusal:
            end(session, trigger, on=date(2013, 12, 21))
        assert refusal.value.facts["since"] == lines[2].payable_on


class TestTheGroup:
    def test_of_a_firm_that_goes_bad_is_looked_at_and_not_downgraded(self, session):
        """CLS-07, at once and again by the nightly scan without a second warning."""
        group = PartyGroup(name="示例集团")
        session.add(group)
        session.flush()
        bad = a_guaranteed_loan(session, firm=a_debtor(session, group_id=group.key))
        other = a_guaranteed_loan(session, firm=a_debtor(session, group_id=group.key))
        record(session, TriggerKind.BANKRUPT, loan=bad.loan)
        run_until(session, ON + timedelta(days=2))
        case = session.exec(select(WatchCase).where(WatchCase.signal == Signal.GROUP_MEMBER_BAD)).one()
        assert (case.loan_id, case.evidence) == (other.loan.key, firm_of(session, bad.loan).name)
        assert other.loan.five_class is FiveClass.NORMAL


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([kind for kind in TriggerKind if kind is not TriggerKind.RESTRUCTURED]),
            st.sampled_from(["0.1", "0.3", "0.6", "0.95"]),
            st.booleans(),
        ),
        max_size=5,
    ),
    days=st.sampled_from([0, 5, 20, 100, 300]),
)
def test_a_class_is_never_better_than_the_worst_of_its_floors(sqlite_template_session, steps, days):
    """CLS-08, whatever is recorded and ended in whatever order; lifting what is bad stays with a person."""
    session = sqlite_template_session
    with session.begin_nested() as undo:
        credit = a_guaranteed_loan(session)
        run_to(session, credit.loan, ON + timedelta(days=400), days_past_due=days)
        on = ON + timedelta(days=400)
        rules = rules_in_force(session, ServicingRules, on)
        worst_seen = FiveClass.NORMAL
        for kind, share, ends in steps:
            needs = kind in (TriggerKind.CREDIT_IMPAIRED, TriggerKind.DEBTS_OVER_90)
            try:
                trigger = record(session, kind, loan=credit.loan, share=share if needs else "0", on=on)
            except class_triggers.TriggerStands:
                continue
            worst_seen = worst(worst_seen, credit.loan.five_class)
            if ends:
                end(session, trigger, on=on)
            floor = worst(floor_by_days(days, rules.ageing), credit.loan.class_floor)
            assert credit.loan.five_class.rank >= floor.rank
            wanted = worst_seen if worst_seen.non_performing else floor
            assert credit.loan.five_class is wanted
        undo.rollback()


@pytest.fixture
def sqlite_template_session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session


def test_the_clock_records_nothing_by_itself(session, credit):
    run_until(session, ON + timedelta(days=2))
    assert session.exec(select(ClassTrigger)).all() == []
    assert SYSTEM.user_id == 0
