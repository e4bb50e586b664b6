"""Awards: owed once approved, paid, or turned into capital up to the ceiling of public holding (EQ-08)."""

from __future__ import annotations

import pytest
from bad_loans import (
    BUREAU_APPROVER,
    FINANCE_BUREAU,
    LATER,
    SOLD,
    TALENT_OFFICE,
    VENTURE_APPROVER,
    a_founded_firm,
    endow_all,
)
from credit import yuan
from sqlmodel import Session

from models.equity import Award, Origin
from models.firm import Firm
from models.queries.books import balance, mirror_differences
from models.refusals import NotAllowed
from models.roles import Actor
from models.states.aftercare import AwardStage
from models.states.machine import MoveNotOpen
from models.values.money import ZERO, Money
from models.values.rate import Rate
from reports.proof import prove
from workflows import equity
from workflows.awarding import NothingLeftToPay, PublicCeilingReached
from workflows.collecting import AmountNotPositive
from workflows.moves import SameHand
from workflows.share_register import IssuedBelowPar

PRE_MONEY = yuan(12_000_000)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow_all(session)
        yield session


def books(session: Session, name: str, part: str = "") -> Money:
    return balance(session, name, part=part).net


def a_proposed_award(session, amount=yuan(3_000_000), firm: Firm | None = None) -> Award:
    firm = firm or a_founded_firm(session, capital=yuan(5_000_000))
    return equity.propose_award(
        session, firm=firm, title="创业启动资金", amount=amount, by=TALENT_OFFICE, on=SOLD, at=LATER
    )


def an_award(session, amount=yuan(3_000_000), firm: Firm | None = None) -> Award:
    award = a_proposed_award(session, amount, firm)
    return equity.approve_award(session, award=award, by=BUREAU_APPROVER, on=SOLD, at=LATER)


def capitalised(session, award, **more):
    given = {"award": award, "pre_money": PRE_MONEY, "by": VENTURE_APPROVER, "on": SOLD, "at": LATER}
    return equity.capitalise_award(session, **(given | more))


class TestAFirmWorthLessThanItsCapital:
    def test_does_not_turn_an_award_into_capital(self, session):
        award = an_award(session)
        registered = session.get_one(Firm, award.firm_id).registered_capital
        with pytest.raises(IssuedBelowPar):
            capitalised(session, award, pre_money=registered - Money(1))


class TestAnAward:
    def test_is_owed_to_the_firm_once_it_is_approved(self, session):
        award = an_award(session)
        assert books(session, "bureau.award_payable", award.number) == -yuan(3_000_000)
        assert award.approved_on == SOLD

    def test_is_approved_by_somebody_who_did_not_propose_it(self, session):
        award = a_proposed_award(session)
        same = Actor(TALENT_OFFICE.user_id, TALENT_OFFICE.name, BUREAU_APPROVER.roles)
        with pytest.raises(SameHand):
            equity.approve_award(session, award=award, by=same, on=SOLD, at=LATER)

    def test_is_paid_from_the_treasury(self, session):
        award, cash = an_award(session), books(session, "bureau.cash")
        equity.pay_award(session, award=award, by=FINANCE_BUREAU, on=SOLD, at=LATER)
        assert cash - books(session, "bureau.cash") == yuan(3_000_000)
        assert (award.stage, award.done_on) == (AwardStage.PAID, SOLD)

    def test_may_be_refused_with_a_reason(self, session):
        award = a_proposed_award(session)
        equity.refuse_award(session, award=award, reason="不符合条件", by=BUREAU_APPROVER, on=SOLD, at=LATER)
        assert award.stage is AwardStage.REFUSED

    def test_belongs_to_the_talent_office_or_the_bureau(self, session):
        firm = a_founded_firm(session)
        with pytest.raises(NotAllowed):
            equity.propose_award(session, firm=firm, title="x", amount=yuan(1), by=VENTURE_APPROVER, on=SOLD, at=LATER)

    def test_needs_an_amount(self, session):
        with pytest.raises(AmountNotPositive):
            a_proposed_award(session, ZERO)


class TestTurningAnAwardIntoCapital:
    def test_ex_49_takes_a_fifth_of_the_firm_for_the_fiscal_side(self, session):
        award = an_award(session)
        holding = capitalised(session, award)
        firm = session.get_one(Firm, award.firm_id)
        assert (holding.capital, holding.cost) == (yuan(1_250_000), yuan(3_000_000))
        assert (holding.fiscal, holding.origin) == (True, Origin.AWARD)
        assert firm.registered_capital == yuan(6_250_000)
        assert [line.share_ppm for line in equity.cap_table(session, firm, SOLD)] == [800_000, 200_000]
        assert (award.stage, award.capitalised, award.done_on) == (AwardStage.CAPITALISED, yuan(3_000_000), SOLD)

    def test_books_it_as_capital_of_the_venture_company_instead_of_an_expense(self, session):
        award = an_award(session)
        venture = books(session, "venture.cash")
        holding = capitalised(session, award)
        assert books(session, "bureau.award_payable", award.number) == ZERO
        assert books(session, "bureau.award_expense", award.number) == ZERO
        assert books(session, "bureau.capital_in", "venture") == yuan(3_000_000)
        assert books(session, "venture.fiscal_capital", award.number) == -yuan(3_000_000)
        assert books(session, "venture.holding", holding.number) == yuan(3_000_000)
        assert books(session, "venture.cash") == venture

    def test_leaves_what_is_over_the_ceiling_a_grant_that_can_be_paid(self, session):
        award = an_award(session, yuan(4_000_000))
        capitalised(session, award)
        assert (award.capitalised, award.done_on) == (yuan(3_000_000), None)
        assert books(session, "bureau.award_payable", award.number) == -yuan(1_000_000)
        cash = books(session, "bureau.cash")
        equity.pay_award(session, award=award, by=FINANCE_BUREAU, on=SOLD, at=LATER)
        assert cash - books(session, "bureau.cash") == yuan(1_000_000)
        assert (award.stage, award.done_on) == (AwardStage.PAID, SOLD)

    def test_leaves_nothing_to_pay_when_all_of_it_fitted(self, session):
        award = an_award(session)
        capitalised(session, award)
        with pytest.raises(NothingLeftToPay):
            equity.pay_award(session, award=award, by=FINANCE_BUREAU, on=SOLD, at=LATER)

    def test_is_refused_when_public_hands_hold_the_ceiling_already(self, session):
        firm = a_founded_firm(session, capital=yuan(5_000_000))
        capitalised(session, an_award(session, firm=firm))
        with pytest.raises(PublicCeilingReached) as refusal:
            capitalised(session, an_award(session, yuan(100_000), firm))
        assert refusal.value.facts["held"] == refusal.value.facts["ceiling"] == Rate.of("0.20")

    def test_waits_for_the_approval(self, session):
        award = a_proposed_award(session)
        with pytest.raises(MoveNotOpen):
            capitalised(session, award)

    def test_leaves_books_that_prove_on_both_engines(self, database):
        with database.write() as session:
            endow_all(session)
            capitalised(session, an_award(session, yuan(4_000_000)))
        with database.read() as session:
            assert prove(session).findings == []
            assert mirror_differences(session) == []
