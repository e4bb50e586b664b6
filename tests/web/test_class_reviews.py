"""The class review desk on screen: who reads it, what stands against a loan, how classes are confirmed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from credit import a_debtor, a_guaranteed_loan, endow
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.classification import ClassReview, ClassTrigger
from models.lending.ageing import FiveClass
from models.loan import Loan
from models.roles import Role
from talentbank.database import Database

LATER = datetime(2013, 2, 20, 2, tzinfo=UTC)


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    """The application a quarter after the loans were opened."""
    app = make_app(sqlite_database, tmp_path)
    app.state.clock = lambda: LATER
    return app


@pytest.fixture
def loans(sqlite_database: Database) -> list[tuple[int, str]]:
    """Ids and numbers of two loans of two firms."""
    with sqlite_database.write() as session:
        endow(session)
        made = [a_guaranteed_loan(session, firm=a_debtor(session)).loan for _ in range(2)]
        return [(loan.key, loan.number) for loan in made]


def trigger(**more: str) -> dict[str, str]:
    return {"trigger_kind": "diverted", "trigger_of": "loan", "known_on": "2013-02-18", "share": "", "first_repayment_on": "",
            "evidence": "示例：流水核查"} | more  # fmt: skip


def the_loan(database: Database, key: int) -> Loan:
    with database.read() as session:
        row = session.get_one(Loan, key)
        session.expunge(row)
        return row


class TestTheDesk:
    @pytest.mark.parametrize("role", [Role.CREDIT_REVIEWER, Role.FINANCE_BUREAU, Role.AUDITOR])
    def test_opens_for_those_who_look_after_classes(self, window, loans, role):
        desk = window(role)
        assert loans[0][1] in desk.get("/classes").text
        assert desk.get(f"/classes/{loans[0][1]}").status_code == 200
        assert desk.get("/classes.xlsx").content.startswith(b"PK")

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.APPLICANT, Role.VENTURE_MANAGER])
    def test_is_refused_to_others(self, window, loans, role):
        desk = window(role)
        for url in ("/classes", f"/classes/{loans[0][1]}", "/classes.xlsx"):
            assert desk.get(url).status_code == 403, url
        assert 'href="/classes"' not in desk.get("/").text

    def test_speaks_english(self, window, loans):
        desk = window(Role.CREDIT_REVIEWER)
        desk.client.cookies.set("tb_language", "en")
        assert "Due for review" in desk.get("/classes").text
        assert "Record a trigger" in desk.get(f"/classes/{loans[0][1]}").text

    def test_is_narrowed_and_sorted(self, window, loans):
        desk = window(Role.CREDIT_REVIEWER)
        number = loans[0][1]
        for url, there in (
            ("/classes", True),
            ("/classes?show=triggered", False),
            ("/classes?show=all&five_class=normal&sort=-outstanding", True),
            ("/classes?show=all&five_class=loss", False),
            (f"/classes?q={number}", True),
            ("/classes?show=nonsense&five_class=nonsense&sort=nonsense", True),
        ):
            assert (f'href="/classes/{number}"' in desk.get(url, htmx=True).text) is there, url

    def test_confirms_what_has_not_changed_and_nothing_else(self, window, sqlite_database, loans):
        desk = window(Role.CREDIT_REVIEWER)
        keys = [str(key) for key, _ in loans]
        assert all(f'name="loans" value="{key}"' in desk.get("/classes").text for key in keys)
        assert desk.post(f"/classes/{loans[1][1]}/triggers", trigger()).status_code == 303
        assert f'name="loans" value="{keys[1]}"' not in desk.get("/classes").text
        refused = desk.post("/classes/confirm", {"loans": keys}, htmx=True)
        assert refused.status_code == 409
        assert loans[1][1] in refused.text
        assert desk.post("/classes/confirm", {}, htmx=True).status_code == 422
        assert desk.post("/classes/confirm", {"loans": keys[:1]}).status_code == 303
        with sqlite_database.read() as session:
            row = session.exec(select(ClassReview)).one()
            assert (row.loan_id, row.batch, row.on) == (loans[0][0], True, date(2013, 2, 20))

    def test_lets_only_the_reviewer_confirm(self, window, loans):
        desk = window(Role.LOAN_OFFICER)
        assert 'name="loans"' not in desk.get("/classes").text
        assert desk.post("/classes/confirm", {"loans": [str(loans[0][0])]}).status_code == 403


class TestACircumstance:
    def test_is_recorded_and_ended_by_somebody_else(self, window, sqlite_database, loans):
        key, number = loans[0]
        officer, reviewer = window(Role.LOAN_OFFICER), window(Role.CREDIT_REVIEWER)
        assert officer.post(f"/classes/{number}/triggers", trigger()).status_code == 303
        assert the_loan(sqlite_database, key).five_class is FiveClass.SPECIAL_MENTION
        page = officer.get(f"/classes/{number}").text
        assert "示例：流水核查" in page
        assert "挪用贷款" in page
        with sqlite_database.read() as session:
            key_of_it = session.exec(select(ClassTrigger)).one().key
        url = f"/classes/{number}/triggers/{key_of_it}/end"
        assert url not in page
        assert url in reviewer.get(f"/classes/{number}").text
        assert officer.post(url, {"reason": "x"}).status_code == 403
        assert reviewer.post(url, {"reason": ""}, htmx=True).status_code == 422
        assert reviewer.post(url, {"reason": "已追回"}).status_code == 303
        assert the_loan(sqlite_database, key).five_class is FiveClass.NORMAL
        assert "触发事项已解除" in reviewer.get(f"/classes/{number}").text

    def test_of_the_firm_with_a_share_stops_accrual(self, window, sqlite_database, loans):
        key, number = loans[0]
        form = trigger(trigger_kind="debts_over_90", trigger_of="firm", share="20.01")
        assert window(Role.CREDIT_REVIEWER).post(f"/classes/{number}/triggers", form).status_code == 303
        loan = the_loan(sqlite_database, key)
        assert (loan.five_class, loan.non_accrual) == (FiveClass.SUBSTANDARD, True)
        assert "一并上调" in window(Role.CREDIT_REVIEWER).get(f"/classes/{number}").text

    def test_that_makes_no_sense_is_refused_in_words(self, window, loans):
        desk = window(Role.CREDIT_REVIEWER)
        url = f"/classes/{loans[0][1]}/triggers"
        for form, said in (
            (trigger(trigger_of="firm"), "只能登记在贷款之下"),
            (trigger(trigger_kind="debts_over_90"), "比例"),
            (trigger(known_on="2013-03-01"), "知悉日"),
            (trigger(trigger_kind="restructured"), "首个还款日"),
            (trigger(evidence=""), "请填写"),
        ):
            refused = desk.post(url, form, htmx=True)
            assert refused.status_code == 422, form
            assert said in refused.text
        assert window(Role.AUDITOR).post(url, trigger()).status_code == 403

    def test_restructured_shows_its_observation(self, window, loans):
        desk = window(Role.CREDIT_REVIEWER)
        url = f"/classes/{loans[0][1]}"
        assert (
            desk.post(
                f"{url}/triggers", trigger(trigger_kind="restructured", first_repayment_on="2013-03-21")
            ).status_code
            == 303
        )
        assert "观察期自" in desk.get(url).text


class TestAReview:
    def test_is_kept_with_a_note(self, window, sqlite_database, loans):
        desk = window(Role.CREDIT_REVIEWER)
        url = f"/classes/{loans[0][1]}"
        assert desk.post(f"{url}/review", {"review_note": ""}, htmx=True).status_code == 422
        assert desk.post(f"{url}/review", {"review_note": "经营正常"}).status_code == 303
        assert "经营正常" in desk.get(url).text

    def test_does_not_lift_what_has_not_paid_long_enough(self, window, sqlite_database, loans):
        desk = window(Role.CREDIT_REVIEWER)
        url = f"/classes/{loans[0][1]}"
        desk.post(f"{url}/triggers", trigger(trigger_kind="bankrupt"))
        refused = desk.post(f"{url}/lift", {"view": "normal", "reason": "x"}, htmx=True)
        assert refused.status_code == 409
        assert the_loan(sqlite_database, loans[0][0]).five_class is FiveClass.LOSS
