"""One search for everything, that finds only what the searcher may open."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.decision import Decision
from models.firm import Firm
from models.roles import Role


@pytest.fixture
def app(bank, tmp_path) -> FastAPI:
    return make_app(bank.database, tmp_path)


class TestSearching:
    def test_finds_firms_talents_and_files_by_part_of_a_name(self, bank, at):
        page = at(Role.LOAN_OFFICER).get("/search?q=敏芯").text
        assert f"/firms/{bank.firms['draft']}" in page
        assert f"/talents/{bank.talents['draft']}" in at(Role.LOAN_OFFICER).get("/search?q=周示").text

    def test_finds_by_pinyin(self, bank, at):
        assert f"/firms/{bank.firms['draft']}" in at(Role.LOAN_OFFICER).get("/search?q=min xin").text

    def test_finds_by_the_beginning_of_a_credit_code(self, bank, at):
        with bank.database.read() as session:
            code = session.exec(select(Firm.credit_code).where(Firm.id == bank.firms["accepted"])).one()
        assert f"/firms/{bank.firms['accepted']}" in at(Role.LOAN_OFFICER).get(f"/search?q={code[:17].lower()}").text

    @pytest.mark.parametrize("typed", ["TBA-2026-0001", "tba-2026-0001", " TBA-2026-0001 "])
    def test_opens_a_number_that_fits_exactly(self, at, typed):
        answer = at(Role.LOAN_OFFICER).get("/search", params={"q": typed})
        assert (answer.status_code, answer.headers["location"]) == (303, "/applications/TBA-2026-0001")

    def test_finds_every_series_by_its_number_without_letters(self, bank, at):
        page = at(Role.LOAN_OFFICER).get("/search?q=2026-0001").text
        for letters in ("TBA", "TBO", "TBS", "TBG"):
            assert f"{letters}-2026-0001" in page
        with bank.database.read() as session:
            assert session.exec(select(Decision.number)).first() in page

    @pytest.mark.parametrize(
        ("typed", "said"), [("", "请输入要查找的内容"), ("王", "至少输入两个字"), ("没有这家", "没有找到")]
    )
    def test_says_why_it_found_nothing(self, at, typed, said):
        assert said in at(Role.LOAN_OFFICER).get("/search", params={"q": typed}).text

    @pytest.mark.parametrize("typed", ["%", "%%", "__", "' OR 1=1 --", "\\"])
    def test_takes_signs_as_they_are(self, at, typed):
        page = at(Role.LOAN_OFFICER).get("/search", params={"q": typed})
        assert page.status_code == 200
        assert "/firms/" not in page.text.split("<main")[1]

    def test_shows_an_applicant_his_own_and_an_expert_nothing(self, bank, at):
        mine = at(bank.applicant("draft")).get("/search?q=示例").text.split("<main")[1]
        assert f"/firms/{bank.firms['draft']}" in mine
        assert f"/firms/{bank.firms['submitted']}" not in mine
        assert "TBA-2026-0002" not in at(bank.applicant("draft")).get("/search?q=TBA-2026").text
        assert "没有找到" in at(bank.expert()).get("/search?q=示例").text
