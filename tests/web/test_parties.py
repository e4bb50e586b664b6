"""Talents, firms and rights on the screen: registers with checked numbers, masks, and who may change what."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from people import credit_code, patent_number, resident_number
from sqlmodel import select
from webdesk import make_app

from models.firm import Firm, FirmYear, Shareholding
from models.intellectual_property import IPAsset, Valuation
from models.journal import AuditLine
from models.roles import Role
from models.talent import Designation, Talent, TeamMember


@pytest.fixture
def app(bank, tmp_path) -> FastAPI:
    return make_app(bank.database, tmp_path)


@pytest.fixture
def officer(at):
    return at(Role.LOAN_OFFICER)


def rows(bank, kind, **where):
    with bank.database.read() as session:
        found = list(session.exec(select(kind).filter_by(**where)))
        for row in found:
            session.expunge(row)
        return found


PERSON = {"name": "沈示例", "id_kind": "resident_id", "field": "半导体", "industry_years": "8", "consent": "true"}


class TestTheRosterOfTalents:
    def test_is_narrowed_by_level_and_name(self, bank, officer):
        assert "周示例" in officer.get("/talents?q=周", htmx=True).text
        assert "没有符合条件的人才" in officer.get("/talents?q=nobody").text
        national = officer.get("/talents?level=national", htmx=True).text
        assert "国家级" in national
        assert "省级" not in national.split("<tbody>")[1]

    def test_is_exported_without_any_number_in_the_clear(self, bank, officer):
        sheet = load_workbook(BytesIO(officer.get("/talents.xlsx").content)).active
        numbers = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
        assert len(numbers) == len(bank.talents)
        assert all("*" in number for number in numbers)

    def test_is_closed_to_experts_and_applicants(self, bank, at):
        assert at(bank.expert()).get("/talents").status_code == 403
        assert at(bank.applicant("draft")).get("/talents").status_code == 403


class TestATalent:
    def test_is_registered_with_a_checked_number_that_only_shows_masked(self, bank, officer):
        number = resident_number()
        place = officer.post("/talents", PERSON | {"id_number": number}).headers["location"]
        page = officer.get(place).text
        assert number not in page
        assert re.search(r"330\*+\d{4}", page)
        assert rows(bank, Talent, name="沈示例")[0].consent_on is not None

    @pytest.mark.parametrize("number", ["", "123", "33020619900101123X"])
    def test_is_not_registered_with_a_number_that_cannot_be(self, bank, officer, number):
        answer = officer.post("/talents", PERSON | {"id_number": number}, htmx=True)
        assert answer.status_code == 422
        assert 'data-field="id_number"' in answer.text
        assert rows(bank, Talent, name="沈示例") == []

    def test_is_not_registered_twice(self, bank, officer):
        number = resident_number()
        officer.post("/talents", PERSON | {"id_number": number})
        assert officer.post("/talents", PERSON | {"id_number": number, "name": "又一位"}).status_code == 409

    def test_shows_the_number_once_and_writes_down_who_looked(self, bank, officer):
        number = resident_number()
        place = officer.post("/talents", PERSON | {"id_number": number}).headers["location"]
        shown = officer.post(f"{place}/number", htmx=True)
        assert number in shown.text
        assert number not in officer.get(place).text
        looked = [line for line in rows(bank, AuditLine) if line.act == "identity.read"]
        assert [(line.actor_id, line.subject) for line in looked] == [
            (bank.user(Role.LOAN_OFFICER).id, place.replace("/talents/", "talent:"))
        ]

    def test_never_shows_the_number_to_those_who_only_read(self, bank, at):
        place = f"/talents/{bank.talents['draft']}"
        assert at(Role.AUDITOR).post(f"{place}/number").status_code == 403
        assert at(bank.applicant("draft")).post(f"{place}/number").status_code == 403

    def test_gets_a_designation_that_the_talent_office_verifies(self, bank, at, officer):
        place = f"/talents/{bank.talents['draft']}"
        typed = {"plan": "示例领军计划", "level": "provincial", "category": "startup", "selected_on": "2025-06-01"}
        assert officer.post(f"{place}/designations", typed).status_code == 303
        [row] = rows(bank, Designation, plan="示例领军计划")
        assert "待核验" in officer.get(place).text
        verify = f"/designations/{row.id}/verify"
        assert officer.post(verify, {"stamp": str(row.stamp)}).status_code == 403
        assert at(Role.TALENT_OFFICE).post(verify, {"stamp": str(row.stamp)}).status_code == 303
        assert rows(bank, Designation, plan="示例领军计划")[0].verified_on is not None

    def test_is_asked_in_the_same_way_for_wrong_days(self, bank, officer):
        typed = {"plan": "示例", "level": "city", "category": "team", "selected_on": "明年"}
        answer = officer.post(f"/talents/{bank.talents['draft']}/designations", typed, htmx=True)
        assert "请输入日期" in answer.text

    def test_sees_and_keeps_his_own_page_only(self, bank, at):
        mine = at(bank.applicant("draft"))
        place = f"/talents/{bank.talents['draft']}"
        assert mine.get(place).status_code == 200
        assert mine.get(f"/talents/{bank.talents['submitted']}").status_code == 404
        typed = {"name": "丙示例", "duty": "算法负责人", "joined_on": "2025-01-05", "commitment": "80"}
        assert mine.post(f"{place}/team", typed).status_code == 303
        assert [one.commitment_ppm for one in rows(bank, TeamMember, name="丙示例")] == [800_000]
        assert mine.post(f"/talents/{bank.talents['submitted']}/team", typed).status_code == 404


class TestAFirm:
    def test_is_registered_as_planned_and_founded_later(self, bank, officer):
        typed = {"name": "宁波新示例有限公司", "industry": "chips", "district": "北仑"}
        place = officer.post(f"/talents/{bank.talents['draft']}/firms", typed).headers["location"]
        assert "筹建" in officer.get(place).text
        [firm] = rows(bank, Firm, name="宁波新示例有限公司")
        founding = {
            "stamp": str(firm.stamp),
            "credit_code": credit_code(),
            "registered_on": "2026-11-20",
            "registered_capital": "500",
        }
        assert officer.post(f"{place}/found", founding | {"credit_code": "91330206MA00000000"}).status_code == 422
        assert officer.post(f"{place}/found", founding).status_code == 303
        assert rows(bank, Firm, name="宁波新示例有限公司")[0].exists

    def test_takes_shareholders_within_its_capital(self, bank, officer):
        place = f"/firms/{bank.firms['draft']}"
        line = {"holder": "示例资本", "holder_kind": "investor", "capital": "300", "since": "2026-01-01"}
        answer = officer.post(f"{place}/shareholders", line)
        assert answer.status_code == 409
        founder = rows(bank, Talent, id=bank.talents["draft"])[0].name
        less = {"holder": founder, "holder_kind": "founder", "capital": "700", "since": "2026-01-01"}
        assert officer.post(f"{place}/shareholders", less).status_code == 303
        assert officer.post(f"{place}/shareholders", line).status_code == 303
        page = officer.get(place).text
        assert "30.00%" in page
        assert len(rows(bank, Shareholding, firm_id=bank.firms["draft"])) == 3

    def test_may_have_made_a_loss(self, bank, officer):
        typed = {"year": "2023", "revenue": "120.5", "profit": "-30", "source": "审计报告"}
        assert officer.post(f"/firms/{bank.firms['draft']}/years", typed).status_code == 303
        [row] = rows(bank, FirmYear, firm_id=bank.firms["draft"], year=2023)
        assert (row.profit.fen, row.revenue.fen) == (-30_000_000, 120_500_000)
        assert "−30.00" in officer.get(f"/firms/{bank.firms['draft']}").text

    def test_keeps_its_milestones_and_contacts(self, bank, officer):
        place = f"/firms/{bank.firms['draft']}"
        officer.post(f"{place}/milestones", {"title": "完成中试", "due_on": "2027-03-31"})
        officer.post(f"{place}/contacts", {"name": "丁示例", "phone": "0574-00000000"})
        page = officer.get(place).text
        assert "完成中试" in page
        assert "丁示例" in page

    def test_is_found_in_the_list_by_state_industry_and_code(self, bank, officer):
        assert "（筹）" in officer.get("/firms?state=planned", htmx=True).text
        code = rows(bank, Firm, id=bank.firms["draft"])[0].credit_code
        assert "敏芯" in officer.get(f"/firms?q={code[:12].lower()}", htmx=True).text
        assert "没有符合条件的企业" in officer.get("/firms?industry=marine").text
        sheet = load_workbook(BytesIO(officer.get("/firms.xlsx?state=registered").content)).active
        assert sheet.max_row == len(bank.firms)

    def test_is_changed_by_its_founder_and_no_other_applicant(self, bank, at):
        typed = {"name": "戊示例"}
        assert at(bank.applicant("draft")).post(f"/firms/{bank.firms['draft']}/contacts", typed).status_code == 303
        assert at(bank.applicant("draft")).post(f"/firms/{bank.firms['submitted']}/contacts", typed).status_code == 404
        assert at(Role.AUDITOR).post(f"/firms/{bank.firms['draft']}/contacts", typed).status_code == 403


class TestARight:
    def typed(self, **more):
        return {
            "kind": "invention",
            "number": patent_number(year=2024),
            "title": "一种新示例方法",
            "owner": "宁波敏芯示例微系统有限公司",
            "co_owners": "示例大学，示例研究院",
            "filed_on": "2024-03-05",
            "technical_score": "88",
        } | more

    def test_is_entered_with_a_number_of_its_kind(self, bank, officer):
        place = officer.post(f"/talents/{bank.talents['draft']}/assets", self.typed()).headers["location"]
        assert "一种新示例方法" in officer.get(place).text
        [row] = rows(bank, IPAsset, title="一种新示例方法")
        assert (row.co_owners, row.technical_score) == (["示例大学", "示例研究院"], 88)

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"number": "202410000001.1"}, "number"),
            ({"kind": "utility"}, "kind"),
            ({"filed_on": "2023-03-05"}, "filed_on"),
            ({"filed_on": ""}, "filed_on"),
        ],
    )
    def test_is_refused_where_number_kind_and_day_do_not_agree(self, bank, officer, more, field):
        answer = officer.post(f"/talents/{bank.talents['draft']}/assets", self.typed(**more), htmx=True)
        assert answer.status_code == 422
        assert f'data-field="{field}"' in answer.text

    def test_is_not_scored_by_its_own_owner(self, bank, at):
        mine = at(bank.applicant("draft"))
        assert mine.post(f"/talents/{bank.talents['draft']}/assets", self.typed()).status_code == 303
        assert rows(bank, IPAsset, title="一种新示例方法")[0].technical_score == 50

    def test_is_valued_as_a_range_that_rises(self, bank, officer):
        value = {"base_date": "2026-10-01", "valuation_method": "income", "appraiser": "示例评估", "low": "100"}
        place = f"/assets/{bank.asset}/valuations"
        assert officer.post(place, value | {"middle": "90", "high": "150"}).status_code == 422
        assert officer.post(place, value | {"middle": "120", "high": "150"}).status_code == 303
        assert rows(bank, Valuation, asset_id=bank.asset)[-1].middle.fen == 120_000_000
        assert "收益法" in officer.get(f"/assets/{bank.asset}").text
