"""The venture company's desk: conversions with the cap table before and after, holdings, rounds, awards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bad_loans import (
    BUREAU_APPROVER,
    FINANCE_BUREAU,
    LATER,
    SOLD,
    VENTURE_APPROVER,
    a_founded_firm,
    a_held_case,
    a_proposed_conversion,
    endow_all,
)
from credit import yuan
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import select
from webdesk import make_app

from models.equity import Award, Conversion, Holding
from models.firm import Firm
from models.roles import Role
from models.states.aftercare import AwardStage, ConversionStage, HoldingStage
from models.values.money import Money
from talentbank.database import Database
from workflows import equity


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    """The application on the day on which conversions are proposed."""
    app = make_app(sqlite_database, tmp_path)
    app.state.clock = lambda: LATER
    return app


@pytest.fixture
def case(sqlite_database: Database) -> str:
    """The number of a case whose claims the asset manager holds."""
    with sqlite_database.write() as session:
        endow_all(session)
        return a_held_case(session).number


@pytest.fixture
def conversion(sqlite_database: Database) -> str:
    """The number of a conversion that waits for approval."""
    with sqlite_database.write() as session:
        endow_all(session)
        return a_proposed_conversion(session, a_held_case(session)).number


@pytest.fixture
def holding(sqlite_database: Database) -> str:
    """The number of a holding that came from a claim."""
    with sqlite_database.write() as session:
        endow_all(session)
        made = a_proposed_conversion(session, a_held_case(session))
        who = {"by": VENTURE_APPROVER, "on": SOLD, "at": LATER}
        equity.approve_conversion(session, conversion=made, **who)
        return equity.convert(session, conversion=made, **who).number


@pytest.fixture
def firm(sqlite_database: Database) -> tuple[int, str]:
    """A founded firm: its id and its name."""
    with sqlite_database.write() as session:
        endow_all(session)
        row = a_founded_firm(session)
        return row.key, row.name


def stamp(page: Response) -> str:
    found = re.search(r'name="stamp" value="(\d+)"', page.text)
    assert found, "the page offers no step"
    return found[1]


def the(database: Database, table, number: str = ""):
    """The one row of a table, or the one of this number."""
    with database.read() as session:
        query = select(table).where(table.number == number) if number else select(table)
        row = session.exec(query).one()
        session.expunge(row)
        return row


def count(database: Database, table) -> int:
    with database.read() as session:
        return len(session.exec(select(table)).all())


def proposal(case: str, **more: str) -> dict[str, str]:
    given = {
        "case": case,
        "value": "300",
        "pre_money": "3000",
        "appraiser": "示例评估有限公司",
        "appraised_on": "2013-03-01",
        "appraisal_method": "income",
        "resolution": "2013年4月2日股东会决议",
    }
    return given | more


class TestThePages:
    @pytest.mark.parametrize("role", [Role.VENTURE_MANAGER, Role.ASSET_MANAGER, Role.BUREAU_APPROVER, Role.AUDITOR])
    def test_open_for_those_who_work_with_them(self, window, holding, role):
        desk = window(role)
        for url in ("/conversions", "/holdings", "/awards", f"/holdings/{holding}", "/holdings.xlsx", "/awards.xlsx"):
            assert desk.get(url).status_code == 200, url

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.APPLICANT, Role.DISBURSER])
    def test_are_refused_to_others(self, window, holding, role):
        desk = window(role)
        for url in ("/conversions", "/holdings", "/awards", f"/holdings/{holding}", "/conversions.xlsx"):
            assert desk.get(url).status_code == 403, url

    def test_of_holdings_are_narrowed_by_origin(self, window, holding):
        desk = window(Role.VENTURE_MANAGER)
        assert holding in desk.get("/holdings?origin=conversion").text
        assert holding not in desk.get("/holdings?origin=award").text

    def test_of_a_cap_table_show_the_shares_of_any_day(self, window, sqlite_database, holding):
        desk = window(Role.VENTURE_MANAGER)
        firm_id = the(sqlite_database, Holding).firm_id
        now = desk.get(f"/firms/{firm_id}/cap-table").text
        assert "9.09%" in now
        assert holding in now
        assert "9.09%" not in desk.get(f"/firms/{firm_id}/cap-table?day=2013-04-09").text
        assert window(Role.EXPERT).get(f"/firms/{firm_id}/cap-table").status_code == 403


class TestAConversion:
    def test_is_reckoned_before_it_is_sent(self, window, sqlite_database, case):
        desk = window(Role.VENTURE_MANAGER)
        part = desk.get(f"/conversions/new?case={case}&value=300&pre_money=3000", htmx=True).text
        assert "<html" not in part
        assert "9.09%" in part
        assert "90.91%" in part
        assert "请填写大于零" in desk.get(f"/conversions/new?case={case}&value=x&pre_money=", htmx=True).text
        below = desk.get(f"/conversions/new?case={case}&value=300&pre_money=900", htmx=True).text
        assert "低于注册资本" in below
        assert "资本公积" not in below
        assert count(sqlite_database, Conversion) == 0

    def test_is_proposed_approved_and_carried_out_by_the_right_hands(self, window, sqlite_database, case):
        manager, approver = window(Role.VENTURE_MANAGER), window(Role.VENTURE_APPROVER)
        assert manager.post("/conversions", proposal(case)).status_code == 303
        number = the(sqlite_database, Conversion).number
        url = f"/conversions/{number}"
        assert "转股前后股权结构" in manager.get(url).text
        assert manager.post(f"{url}/approve", {"stamp": "1"}).status_code == 403
        assert approver.post(f"{url}/approve", {"stamp": stamp(approver.get(url))}).status_code == 303

        step = {"stamp": stamp(approver.get(url))}
        asked = approver.post(f"{url}/convert", step, htmx=True)
        assert asked.status_code == 428
        assert "叁佰万元整" in asked.text
        assert count(sqlite_database, Holding) == 0
        done = approver.post(f"{url}/convert", step | {"confirmed": "true"})
        assert done.status_code == 303
        assert the(sqlite_database, Conversion).stage is ConversionStage.DONE
        assert done.headers["location"] == f"/holdings/{the(sqlite_database, Holding).number}"
        assert "9.09%" in approver.get(url).text

    def test_says_what_is_wrong_and_writes_nothing(self, window, sqlite_database, case):
        desk = window(Role.VENTURE_MANAGER)
        for wrong, said in (
            ({"value": "90000"}, "债权不得高估作价"),
            ({"pre_money": "900"}, "请先依法减少注册资本"),
            ({"appraised_on": "2011-01-01"}, "请重新评估"),
            ({"found": "evades_debts"}, "不得转股"),
            ({"votes": "50"}, "低于要求"),
            ({"value": "三百"}, "请输入数字"),
            ({"resolution": ""}, "股东会决议"),
        ):
            answer = desk.post("/conversions", proposal(case, **wrong), htmx=True)
            assert answer.status_code in (409, 422), wrong
            assert said in answer.text, wrong
        assert count(sqlite_database, Conversion) == 0

    def test_may_be_declined(self, window, sqlite_database, conversion):
        approver = window(Role.VENTURE_APPROVER)
        shown = {"stamp": stamp(approver.get(f"/conversions/{conversion}")), "reason": "估值依据不足"}
        assert approver.post(f"/conversions/{conversion}/refuse", shown).status_code == 303
        assert the(sqlite_database, Conversion).stage is ConversionStage.REFUSED


class TestAHolding:
    def test_is_valued_anew_once_confirmed(self, window, sqlite_database, holding):
        desk = window(Role.VENTURE_MANAGER)
        url = f"/holdings/{holding}"
        form = {"stamp": stamp(desk.get(url)), "value": "360", "valuation_basis": "最近一轮融资价格"}
        assert desk.post(f"{url}/value", form).status_code == 428
        assert the(sqlite_database, Holding).carrying == Money.wan("300")
        assert desk.post(f"{url}/value", form | {"confirmed": "true"}).status_code == 303
        assert the(sqlite_database, Holding).carrying == Money.wan("360")
        assert "+60.00" in desk.get(url).text

    def test_is_not_offered_below_its_floor(self, window, sqlite_database, holding):
        desk = window(Role.VENTURE_MANAGER)
        url = f"/holdings/{holding}"
        form = {"stamp": stamp(desk.get(url)), "exit_kind": "sale", "proceeds": "1000", "buyer": "示例产业集团"}
        refused = desk.post(f"{url}/offer", form, htmx=True)
        assert refused.status_code == 409
        assert "低于底价" in refused.text
        assert the(sqlite_database, Holding).exit_kind == ""

    def test_is_offered_by_one_and_sold_by_another(self, window, sqlite_database, holding):
        manager, approver = window(Role.VENTURE_MANAGER), window(Role.VENTURE_APPROVER)
        url = f"/holdings/{holding}"
        offer = {
            "stamp": stamp(manager.get(url)),
            "exit_kind": "sale",
            "proceeds": "3,500,000",
            "buyer": "示例产业集团",
        }
        assert manager.post(f"{url}/offer", offer).status_code == 303
        step = {"stamp": stamp(approver.get(url))}
        asked = approver.post(f"{url}/exit", step, htmx=True)
        assert asked.status_code == 428
        assert "叁佰伍拾万元整" in asked.text
        assert the(sqlite_database, Holding).stage is HoldingStage.HELD
        assert approver.post(f"{url}/exit", step | {"confirmed": "true"}).status_code == 303
        assert the(sqlite_database, Holding).stage is HoldingStage.EXITED

    def test_pays_a_dividend(self, window, sqlite_database, holding):
        desk = window(Role.VENTURE_MANAGER)
        url = f"/holdings/{holding}"
        form = {"stamp": stamp(desk.get(url)), "amount": "48000", "bank_ref": "D-1"}
        assert desk.post(f"{url}/dividends", form).status_code == 303
        assert the(sqlite_database, Holding).dividends == Money.yuan("48000")


class TestARound:
    def test_is_followed_within_the_limit_once_confirmed(self, window, sqlite_database, firm):
        firm_id, _ = firm
        desk = window(Role.VENTURE_APPROVER)
        assert desk.get(f"/firms/{firm_id}/rounds/new").status_code == 200
        form = {"lead": "示例创业投资基金", "pre_money": "5000", "raised": "1200", "followed": "200"}
        assert desk.post(f"/firms/{firm_id}/rounds", form).status_code == 428
        assert count(sqlite_database, Holding) == 0
        assert desk.post(f"/firms/{firm_id}/rounds", form | {"confirmed": "true"}).status_code == 303
        assert the(sqlite_database, Holding).cost == Money.wan("200")

    def test_is_not_followed_beyond_it(self, window, sqlite_database, firm):
        firm_id, _ = firm
        form = {
            "lead": "示例创业投资基金",
            "pre_money": "5000",
            "raised": "1000",
            "followed": "900",
            "confirmed": "true",
        }
        refused = window(Role.VENTURE_APPROVER).post(f"/firms/{firm_id}/rounds", form, htmx=True)
        assert refused.status_code == 409
        assert "最多跟投" in refused.text
        assert count(sqlite_database, Holding) == 0

    def test_is_entered_by_the_manager_and_followed_only_by_the_approver(self, window, sqlite_database, firm):
        firm_id, _ = firm
        desk = window(Role.VENTURE_MANAGER)
        form = {"lead": "示例创业投资基金", "pre_money": "5000", "raised": "1000"}
        assert desk.post(f"/firms/{firm_id}/rounds", form | {"followed": "100"}).status_code == 403
        assert desk.post(f"/firms/{firm_id}/rounds", form).status_code == 303
        with sqlite_database.read() as session:
            assert session.get_one(Firm, firm_id).registered_capital == Money.wan("1200")


class TestAnAward:
    def propose(self, window, name: str) -> Response:
        form = {"firm": name, "title": "首台套产品奖励", "amount": "100", "basis": "示例文件"}
        return window(Role.FINANCE_BUREAU).post("/awards", form, htmx=True)

    def test_is_proposed_approved_and_paid(self, window, sqlite_database, firm):
        assert self.propose(window, firm[1]).status_code == 204
        number = the(sqlite_database, Award).number
        url = f"/awards/{number}"
        approver, bureau = window(Role.BUREAU_APPROVER), window(Role.FINANCE_BUREAU)
        assert bureau.post(f"{url}/approve", {"stamp": "1"}).status_code == 403
        assert approver.post(f"{url}/approve", {"stamp": stamp(approver.get(url))}).status_code == 303
        step = {"stamp": stamp(bureau.get(url))}
        assert bureau.post(f"{url}/pay", step).status_code == 428
        assert the(sqlite_database, Award).stage is AwardStage.APPROVED
        assert bureau.post(f"{url}/pay", step | {"confirmed": "true"}).status_code == 303
        assert the(sqlite_database, Award).stage is AwardStage.PAID

    def test_becomes_capital_as_far_as_the_ceiling_goes(self, window, sqlite_database, firm):
        with sqlite_database.write() as session:
            award = equity.propose_award(
                session, firm=session.get_one(Firm, firm[0]), title="奖励", amount=yuan(1_000_000),
                by=FINANCE_BUREAU, on=SOLD, at=LATER,
            )  # fmt: skip
            equity.approve_award(session, award=award, by=BUREAU_APPROVER, on=SOLD, at=LATER)
            url = f"/awards/{award.number}"
        desk = window(Role.VENTURE_APPROVER)
        form = {"stamp": stamp(desk.get(url)), "pre_money": "3000", "resolution": "股东会决议"}
        assert desk.post(f"{url}/capitalise", form | {"pre_money": ""}).status_code == 422
        asked = desk.post(f"{url}/capitalise", form, htmx=True)
        assert asked.status_code == 428
        assert "仍按奖补拨付" in asked.text
        assert desk.post(f"{url}/capitalise", form | {"confirmed": "true"}).status_code == 303
        assert the(sqlite_database, Award).stage is AwardStage.CAPITALISED

    def test_for_a_firm_that_nobody_knows_is_not_written(self, window, sqlite_database, firm):
        answer = self.propose(window, "没有这家公司")
        assert answer.status_code == 422
        assert "没有找到这家企业" in answer.text
        assert count(sqlite_database, Award) == 0
        assert window(Role.VENTURE_MANAGER).get("/awards/new").status_code == 403
