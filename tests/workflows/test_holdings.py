"""Holdings of the venture company: valued, paid dividends on, followed, sold at prices the rules allow."""

from __future__ import annotations

from datetime import date

import pytest
from bad_loans import (
    LATER,
    SOLD,
    VENTURE_APPROVER,
    VENTURE_MANAGER,
    a_founded_firm,
    endow_all,
)
from credit import yuan
from sqlmodel import Session, select

from models.equity import ExitKind, Holding, Origin, Round
from models.firm import Firm, Shareholding
from models.queries.books import balance
from models.refusals import NotAllowed
from models.roles import Actor
from models.states.aftercare import HoldingStage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from models.versions import Lpr
from reports.proof import prove
from workflows import equity
from workflows.collecting import AmountNotPositive
from workflows.exits import ExitRateUnknown, NoExitOffered, PriceBelowFloor, ValueTooOld
from workflows.holdings import FollowTooMuch, HoldingOver, RoundTooSmall
from workflows.moves import SameHand
from workflows.share_register import IssuedBelowPar, NotYetFounded

MANAGER = {"by": VENTURE_MANAGER, "on": SOLD, "at": LATER}
APPROVER = {"by": VENTURE_APPROVER, "on": SOLD, "at": LATER}


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow_all(session)
        yield session


def books(session: Session, name: str, part: str = "") -> Money:
    return balance(session, name, part=part).net


def a_round(session, firm: Firm | None = None, **more) -> Holding:
    """Three million raised at 30 million before, of which one million follows."""
    given = {
        "firm": firm or a_founded_firm(session),
        "lead": "示例创业投资基金",
        "pre_money": yuan(30_000_000),
        "raised": yuan(3_000_000),
        "followed": yuan(1_000_000),
    }
    return equity.follow_on(session, **(given | more), **APPROVER)


def offered(session, holding, proceeds, kind=ExitKind.SALE, on=SOLD, **more):
    given = {"holding": holding, "proceeds": proceeds, "kind": kind}
    return equity.offer_exit(session, **(given | more), by=VENTURE_MANAGER, on=on, at=LATER)


class TestFollowingARound:
    def test_enters_the_lead_and_the_follower_into_the_cap_table(self, session):
        firm = a_founded_firm(session)
        holding = a_round(session, firm)
        table = {line.holder: line for line in equity.cap_table(session, firm, SOLD)}
        assert firm.registered_capital == yuan(11_000_000)
        assert table["示例创业投资基金"].capital == yuan("666666.67")
        assert holding.capital == yuan("333333.33")
        assert sum(line.capital.fen for line in table.values()) == firm.registered_capital.fen
        assert (holding.origin, holding.cost) == (Origin.FOLLOW_ON, yuan(1_000_000))
        assert books(session, "venture.holding", holding.number) == yuan(1_000_000)

    def test_is_refused_beyond_half_of_the_leading_money(self, session):
        with pytest.raises(FollowTooMuch) as refusal:
            a_round(session, followed=yuan(1_500_000))
        assert refusal.value.facts["most"] == yuan(750_000)
        assert refusal.value.facts["lead"] == yuan(1_500_000)

    def test_is_allowed_at_the_very_ratio(self, session):
        assert a_round(session, raised=yuan(1_500_000), followed=yuan(500_000)).cost == yuan(500_000)

    def test_is_refused_alone(self, session):
        with pytest.raises(FollowTooMuch):
            a_round(session, raised=yuan(1_000_000), followed=yuan(1_000_000))

    def test_needs_money_for_at_least_a_fen_of_capital(self, session):
        with pytest.raises(RoundTooSmall):
            a_round(session, pre_money=yuan(900_000_000_000), raised=yuan("0.03"), followed=yuan("0.01"))

    @pytest.mark.parametrize("field", ["raised", "pre_money", "followed"])
    def test_needs_amounts(self, session, field):
        with pytest.raises((AmountNotPositive, FollowTooMuch)):
            a_round(session, **{field: ZERO})

    def test_needs_a_firm_that_exists(self, session):
        firm = a_founded_firm(session)
        firm.credit_code = firm.registered_on = None
        with pytest.raises(NotYetFounded):
            a_round(session, firm)

    def test_is_refused_below_par(self, session):
        with pytest.raises(IssuedBelowPar):
            a_round(session, pre_money=yuan("9999999.99"))

    def test_belongs_to_the_approver(self, session):
        firm = a_founded_firm(session)
        with pytest.raises(NotAllowed):
            equity.follow_on(
                session,
                firm=firm,
                lead="x",
                pre_money=yuan(1),
                raised=yuan(1),
                followed=yuan(1),
                **MANAGER,
            )


class TestARoundThatIsNotFollowed:
    def test_ex_53_dilutes_the_holdings(self, session):
        firm = a_founded_firm(session)
        a_round(session, firm)
        before = equity.cap_table(session, firm, SOLD)
        equity.record_round(
            session, firm=firm, lead="后轮基金", pre_money=yuan(44_000_000), raised=yuan(11_000_000), **APPROVER
        )
        after = {line.holder: line.share_ppm for line in equity.cap_table(session, firm, SOLD)}
        for line in before:
            assert abs(after[line.holder] - line.share_ppm * 44 // 55) <= 1
        assert len(session.exec(select(Round)).all()) == 2

    def test_adds_to_the_line_of_an_investor_who_comes_again(self, session):
        firm = a_founded_firm(session)
        for on in (SOLD, date(2013, 9, 1)):
            equity.record_round(
                session,
                firm=firm,
                lead="示例基金",
                pre_money=yuan(30_000_000),
                raised=yuan(3_000_000),
                by=VENTURE_APPROVER,
                on=on,
                at=LATER,
            )
        later = equity.cap_table(session, firm, date(2013, 9, 1))
        assert [line.capital for line in later] == [yuan(10_000_000), yuan(2_100_000)]
        earlier = equity.cap_table(session, firm, date(2013, 8, 31))
        assert [line.capital for line in earlier] == [yuan(10_000_000), yuan(1_000_000)]


class TestValuingAHolding:
    def test_books_the_change_up_and_down(self, session):
        holding = a_round(session)
        equity.revalue(session, holding=holding, value=yuan(1_300_000), method="市场法", **MANAGER)
        assert books(session, "venture.valuation_gain", holding.number) == -yuan(300_000)
        equity.revalue(session, holding=holding, value=yuan(900_000), method="市场法", **MANAGER)
        assert books(session, "venture.valuation_gain", holding.number) == yuan(100_000)
        assert holding.carrying == books(session, "venture.holding", holding.number) == yuan(900_000)
        assert equity.latest_value(session, holding).value == yuan(900_000)

    def test_that_changes_nothing_is_kept_without_an_entry(self, session):
        holding = a_round(session)
        assert equity.revalue(session, holding=holding, value=holding.carrying, method="成本法", **MANAGER).id

    def test_below_nought_is_refused(self, session):
        with pytest.raises(AmountNotPositive):
            equity.revalue(session, holding=a_round(session), value=-yuan(1), method="x", **MANAGER)

    def test_counts_its_dividends(self, session):
        holding = a_round(session)
        equity.receive_dividend(session, holding=holding, amount=yuan(50_000), bank_ref="D-1", **MANAGER)
        assert holding.dividends == yuan(50_000)
        assert books(session, "venture.dividend_income", holding.number) == -yuan(50_000)


class TestOfferingAnExit:
    def test_to_outsiders_is_refused_below_nine_tenths_of_the_value(self, session):
        holding = a_round(session)
        with pytest.raises(PriceBelowFloor) as refusal:
            offered(session, holding, yuan("899999.99"))
        assert (refusal.value.facts["floor"], refusal.value.facts["price"]) == (yuan(900_000), yuan("899999.99"))
        assert offered(session, holding, yuan(900_000)).offered == yuan(900_000)

    def test_below_the_floor_needs_the_approving_bodys_consent(self, session):
        holding = offered(session, a_round(session), yuan(700_000), consent="国资批复〔2013〕7号")
        assert holding.offered == yuan(700_000)

    def test_to_outsiders_needs_a_value_that_is_still_valid(self, session):
        holding = a_round(session)
        with pytest.raises(ValueTooOld):
            offered(session, holding, yuan(2_000_000), on=date(2014, 4, 11))
        assert offered(session, holding, yuan(2_000_000), on=date(2014, 4, 10)).offered == yuan(2_000_000)

    def test_to_fellow_shareholders_asks_for_cost_within_three_years(self, session):
        holding = a_round(session)
        end = date(2016, 4, 10)
        with pytest.raises(PriceBelowFloor):
            offered(session, holding, yuan("999999.99"), ExitKind.TRANSFER, on=end)
        assert offered(session, holding, yuan(1_000_000), ExitKind.TRANSFER, on=end).buyer

    def test_to_fellow_shareholders_asks_for_interest_afterwards(self, session):
        holding = a_round(session)
        day = date(2016, 4, 11)
        session.add(Lpr(published=date(2016, 3, 21), one_year=Rate.of("0.0430"), five_year=Rate.of("0.0490")))
        assert equity.floor_price(session, holding, ExitKind.TRANSFER, day) == yuan("1131030.56")  # 1,097 days
        with pytest.raises(PriceBelowFloor):
            offered(session, holding, yuan(1_131_030), ExitKind.TRANSFER, on=day)

    def test_needs_a_published_rate_for_that_interest(self, session):
        for quote in session.exec(select(Lpr)):
            session.delete(quote)
        with pytest.raises(ExitRateUnknown):
            offered(session, a_round(session), yuan(1_000_000), ExitKind.TRANSFER, on=date(2016, 4, 11))

    def test_as_a_buy_back_asks_for_the_contracts_price_less_dividends(self, session):
        holding = a_round(session)
        equity.receive_dividend(session, holding=holding, amount=yuan(50_000), bank_ref="D-1", **MANAGER)
        floor = equity.floor_price(session, holding, ExitKind.BUY_BACK, date(2014, 4, 10))
        assert floor == yuan(1_030_000)  # a year at eight per cent, less the dividend

    def test_in_a_liquidation_brings_what_there_is(self, session):
        assert offered(session, a_round(session), ZERO, ExitKind.LIQUIDATION).exit_kind == "liquidation"
        with pytest.raises(AmountNotPositive):
            offered(session, a_round(session), ZERO)


class TestExiting:
    def test_takes_the_holding_out_of_the_books_with_its_gain(self, session):
        holding, cash = a_round(session), books(session, "venture.cash")
        offered(session, holding, yuan(1_250_000), buyer="示例产业集团")
        equity.exit(session, holding=holding, **APPROVER)
        assert books(session, "venture.cash") - cash == yuan(1_250_000)
        assert books(session, "venture.holding", holding.number) == ZERO
        assert books(session, "venture.exit_gain", holding.number) == -yuan(250_000)
        assert (holding.stage, holding.proceeds, holding.carrying) == (HoldingStage.EXITED, yuan(1_250_000), ZERO)

    def test_books_a_loss_below_the_carrying_value(self, session):
        holding = a_round(session)
        offered(session, holding, yuan(900_000))
        equity.exit(session, holding=holding, **APPROVER)
        assert books(session, "venture.exit_gain", holding.number) == yuan(100_000)

    def test_puts_the_buyer_into_the_cap_table(self, session):
        firm = a_founded_firm(session)
        holding = a_round(session, firm)
        day = date(2013, 12, 2)
        offered(session, holding, yuan(1_250_000), buyer="示例产业集团", on=day)
        equity.exit(session, holding=holding, by=VENTURE_APPROVER, on=day, at=LATER)
        after = {line.holder: line for line in equity.cap_table(session, firm, day)}
        assert after["示例产业集团"].capital == holding.capital
        assert all(line.holding_id is None for line in after.values())
        before = equity.cap_table(session, firm, date(2013, 12, 1))
        assert holding.id in [line.holding_id for line in before]

    def test_gives_the_founder_his_shares_back_unless_somebody_else_is_named(self, session):
        firm = a_founded_firm(session)
        holding = a_round(session, firm)
        offered(session, holding, yuan(1_250_000))
        equity.exit(session, holding=holding, **APPROVER)
        founder = equity.cap_table(session, firm, SOLD)[0]
        assert (founder.capital, founder.kind) == (yuan(10_000_000) + holding.capital, "founder")

    def test_is_done_by_somebody_who_did_not_offer_it(self, session):
        holding = offered(session, a_round(session), yuan(1_000_000))
        same = Actor(VENTURE_MANAGER.user_id, VENTURE_MANAGER.name, VENTURE_APPROVER.roles)
        with pytest.raises(SameHand):
            equity.exit(session, holding=holding, by=same, on=SOLD, at=LATER)

    def test_needs_an_offer(self, session):
        with pytest.raises(NoExitOffered):
            equity.exit(session, holding=a_round(session), **APPROVER)

    def test_is_the_end(self, session):
        holding = offered(session, a_round(session), yuan(1_000_000))
        equity.exit(session, holding=holding, **APPROVER)
        for act in (
            lambda: equity.revalue(session, holding=holding, value=yuan(1), method="x", **MANAGER),
            lambda: offered(session, holding, yuan(1)),
            lambda: equity.receive_dividend(session, holding=holding, amount=yuan(1), bank_ref="D", **MANAGER),
        ):
            with pytest.raises(HoldingOver):
                act()

    def test_leaves_books_that_prove_on_both_engines(self, database):
        with database.write() as session:
            endow_all(session)
            holding = a_round(session)
            equity.revalue(session, holding=holding, value=yuan(1_100_000), method="市场法", **MANAGER)
            offered(session, holding, yuan(1_250_000), buyer="示例产业集团")
            equity.exit(session, holding=holding, **APPROVER)
            registered = session.get_one(Firm, holding.firm_id).registered_capital
            lines = session.exec(select(Shareholding)).all()
            assert sum(line.capital.fen for line in lines if line.until is None) == registered.fen
        with database.read() as session:
            assert prove(session).findings == []
