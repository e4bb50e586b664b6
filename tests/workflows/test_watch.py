"""The watch list: what the clock sees, what people raise, who looks after it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit import AT, COMMITTEE, ENDS, OFFICER, ON, a_guaranteed_loan, endow, person
from people import ACTORS
from sqlmodel import select

from models.intellectual_property import IPAsset, IPKind, IPStatus, Pledge
from models.journal import JournalLine
from models.refusals import NotAllowed
from models.roles import SYSTEM, Role
from models.states.aftercare import WatchStage
from models.states.loan import LoanStage
from models.talent import TeamMember
from models.user import User
from models.values.money import Money
from models.values.rate import Rate
from models.watch import AlarmLevel, Signal, WatchCase
from workflows import watch
from workflows.moves import ReasonNeeded
from workflows.watch import EvidenceMissing, NothingToWatch, OwnerNotFit

DAY = date(2013, 3, 25)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session


@pytest.fixture
def loan(session):
    return a_guaranteed_loan(session).loan


def scanned(session, on=DAY):
    return [session.get_one(WatchCase, number) for number in watch.scan(session, by=SYSTEM, on=on, at=AT)]


def raised(session, loan, **more):
    given = {"signal": Signal.COURT_RECORD, "level": AlarmLevel.ORANGE, "evidence": "（2013）甬仑商初字第1号"}
    return watch.raise_case(session, loan=loan, **({"by": OFFICER} | given | more), on=DAY, at=AT)


def a_pledged_patent(session, loan, **more) -> IPAsset:
    given = {
        "talent_id": loan.talent_id,
        "firm_id": loan.firm_id,
        "kind": IPKind.INVENTION,
        "number": "200910000001.X",
        "title": "示例",
        "owner": "示例",
        "filed_on": date(2009, 4, 20),
        "fees_paid_through": date(2013, 4, 20),
        "status": IPStatus.GRANTED,
    }
    asset = IPAsset.model_validate(given | more)
    session.add(asset)
    session.flush()
    session.add(
        Pledge.model_validate(
            {
                "asset_id": asset.key,
                "contract_id": loan.contract_id,
                "secured": Money.yuan(1),
                "pledge_rate": Rate.of("0.40"),
                "registration_number": f"Y2012330{asset.key:06d}",
                "registered_on": ON,
            }
        )
    )
    session.flush()
    return asset


class TestTheClock:
    @pytest.mark.parametrize(
        ("days", "level"),
        [
            (1, AlarmLevel.YELLOW),
            (7, AlarmLevel.YELLOW),
            (8, AlarmLevel.ORANGE),
            (59, AlarmLevel.ORANGE),
            (60, AlarmLevel.RED),
        ],
    )
    def test_sees_late_payments_by_how_late_they_are(self, session, loan, days, level):
        loan.oldest_unpaid = DAY - timedelta(days=days)
        (case,) = scanned(session)
        assert (case.signal, case.level, case.stage) == ("overdue", level, WatchStage.OPEN)
        assert case.evidence == loan.oldest_unpaid.isoformat()

    def test_sees_nothing_on_a_loan_that_is_paid(self, session, loan):
        assert scanned(session) == []

    @pytest.mark.parametrize(("days", "seen"), [(11, 0), (10, 1), (0, 1), (-1, 0)])
    def test_sees_maturities_that_come_near(self, session, loan, days, seen):
        found = scanned(session, ENDS - timedelta(days=days))
        assert [case.signal for case in found] == ["maturity_near"] * seen

    def test_sees_a_late_patent_fee_and_what_it_may_cost(self, session, loan):
        asset = a_pledged_patent(session, loan, fees_paid_through=date(2012, 12, 31))
        (case,) = scanned(session)
        assert (case.signal, case.level, case.evidence) == ("patent_fee_late", AlarmLevel.ORANGE, asset.number)
        (worse,) = scanned(session, date(2013, 7, 1))  # the grace of six months is over
        assert (worse.id, worse.level) == (case.id, AlarmLevel.RED)

    def test_sees_rights_that_were_lost(self, session, loan):
        a_pledged_patent(session, loan, status=IPStatus.DISPUTED)
        assert [(case.signal, case.level) for case in scanned(session)] == [("patent_lost", AlarmLevel.RED)]

    def test_does_not_mind_software_whose_fees_are_none(self, session, loan):
        a_pledged_patent(session, loan, kind=IPKind.SOFTWARE, fees_paid_through=None)
        assert scanned(session) == []

    def test_sees_key_people_who_left_after_the_loan_was_opened(self, session, loan):
        for name, left, key in (("甲示例", date(2013, 2, 1), True), ("乙示例", date(2012, 1, 1), True)):
            session.add(
                TeamMember.model_validate(
                    {
                        "talent_id": loan.talent_id,
                        "name": name,
                        "duty": "研发",
                        "joined_on": date(2011, 1, 1),
                        "left_on": left,
                        "key_person": key,
                    }
                )
            )
        (case,) = scanned(session)
        assert (case.signal, case.evidence) == ("key_person_left", "甲示例 2013-02-01")

    def test_raises_a_signal_once_while_it_is_open(self, session, loan):
        loan.oldest_unpaid = DAY - timedelta(days=3)
        assert len(scanned(session)) == 1
        assert scanned(session) == []
        (worse,) = scanned(session, DAY + timedelta(days=5))
        assert (worse.level, worse.due_on) == (AlarmLevel.ORANGE, DAY + timedelta(days=12))

    def test_does_not_raise_again_what_a_person_cleared_unless_it_is_new(self, session, loan):
        loan.oldest_unpaid = DAY - timedelta(days=3)
        (case,) = scanned(session)
        case.stage = WatchStage.CLEARED
        assert scanned(session) == []
        (again,) = scanned(session, DAY + timedelta(days=5))
        assert again.id != case.id

    def test_looks_only_at_loans_that_the_bank_holds(self, session, loan):
        loan.oldest_unpaid = DAY - timedelta(days=3)
        loan.stage = LoanStage.SETTLED
        assert scanned(session) == []

    def test_sees_the_same_on_both_engines(self, database):
        with database.write() as session:
            endow(session)
            loan = a_guaranteed_loan(session).loan
            a_pledged_patent(session, loan, fees_paid_through=date(2012, 12, 31))
            loan.oldest_unpaid = DAY - timedelta(days=60)
            assert [case.signal for case in scanned(session)] == ["overdue", "patent_fee_late"]


class TestAWarningOfAPerson:
    def test_goes_on_the_list_with_a_deadline(self, session, loan):
        case = raised(session, loan)
        assert (case.raised_on, case.due_on) == (DAY, DAY + timedelta(days=7))

    def test_sharpens_the_one_that_stands_there(self, session, loan):
        case = raised(session, loan)
        again = raised(session, loan, level=AlarmLevel.RED, evidence="已判决")
        assert (again.id, again.level, again.evidence) == (case.id, AlarmLevel.RED, "已判决")
        assert raised(session, loan, level=AlarmLevel.YELLOW, evidence="已上诉").level is AlarmLevel.RED

    def test_needs_evidence(self, session, loan):
        with pytest.raises(EvidenceMissing):
            raised(session, loan, evidence=" ")

    def test_is_about_a_loan_the_bank_holds(self, session, loan):
        loan.stage = LoanStage.HANDED_OVER
        with pytest.raises(NothingToWatch):
            raised(session, loan)

    def test_is_not_everybodys_business(self, session, loan):
        with pytest.raises(NotAllowed):
            raised(session, loan, by=COMMITTEE)

    def test_stands_in_the_journal_of_the_application(self, session, loan):
        raised(session, loan)
        line = session.exec(select(JournalLine).where(JournalLine.subject == "watch_case")).one()
        assert (line.case, line.verb) == (f"application:{loan.application_id}", "raise")


class TestLookingAfterAWarning:
    def owner(self, session, role=Role.LOAN_OFFICER) -> User:
        return session.get_one(User, ACTORS[role].user_id)

    def test_belongs_to_an_officer_until_a_day(self, session, loan):
        case = raised(session, loan)
        owner = self.owner(session)
        watch.assign(session, case=case, owner=owner, due_on=date(2013, 4, 1), by=OFFICER, on=DAY, at=AT)
        assert (case.stage, case.owner_id, case.due_on) == (WatchStage.ASSIGNED, owner.id, date(2013, 4, 1))

    def test_is_not_given_to_somebody_who_cannot(self, session, loan):
        case = raised(session, loan)
        with pytest.raises(OwnerNotFit):
            watch.assign(session, case=case, owner=self.owner(session, Role.AUDITOR), by=OFFICER, on=DAY, at=AT)
        gone = self.owner(session)
        gone.active = False
        with pytest.raises(OwnerNotFit):
            watch.assign(session, case=case, owner=gone, by=OFFICER, on=DAY, at=AT)

    def test_ends_with_what_was_done(self, session, loan):
        case = raised(session, loan)
        watch.assign(session, case=case, owner=self.owner(session), by=OFFICER, on=DAY, at=AT)
        with pytest.raises(ReasonNeeded):
            watch.clear(session, case=case, reason="", by=OFFICER, on=DAY, at=AT)
        watch.clear(session, case=case, reason="已和解", by=person(Role.CREDIT_REVIEWER), on=DAY, at=AT)
        assert case.stage is WatchStage.CLEARED


class TestOnBothEngines:
    def test_the_list_is_sharpened_and_never_says_the_same_twice(self, database):
        with database.write() as session:
            endow(session)
            loan = a_guaranteed_loan(session).loan
            loan.oldest_unpaid = DAY - timedelta(days=3)
            assert len(scanned(session)) == 1
            assert scanned(session) == []
            loan.oldest_unpaid = DAY - timedelta(days=2)  # the same lateness, but other evidence
            assert [case.evidence for case in scanned(session)] == [loan.oldest_unpaid.isoformat()]
            near = ENDS - timedelta(days=5)
            assert sorted(case.signal for case in scanned(session, near)) == ["maturity_near", "overdue"]
            assert scanned(session, near) == []
