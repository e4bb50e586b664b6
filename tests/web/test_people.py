"""Accounts on screen: opened with a password that is shown once, posts given, accounts locked, combinations refused."""

from __future__ import annotations

import re

import pytest
from counters import stamp
from sqlmodel import select
from webdesk import Visitor, make_user

from models.journal import AuditLine
from models.roles import Role
from models.user import User, UserSession
from talentbank.database import Database

SHOWN = re.compile(r"<dd>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</dd>")
ONE = {"account": "zhou.li", "name": "周示例", "roles": ["loan_officer"]}


@pytest.fixture
def admin(window):
    return window(Role.ADMINISTRATOR)


@pytest.fixture
def officer(sqlite_database) -> User:
    """Somebody with an account."""
    return make_user(sqlite_database, Role.LOAN_OFFICER, account="officer", name="李示例")


def accounts(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        return {row.account: row.roles for row in session.exec(select(User))}


class TestThePages:
    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
    def test_open_for_administrator_and_auditor(self, window, officer, role):
        desk = window(role)
        for address in (
            "/people",
            "/people?role=loan_officer&state=open&q=off",
            f"/people/{officer.id}",
            "/people.xlsx",
        ):
            assert desk.get(address).status_code == 200
        assert "李示例" in desk.get("/people").text

    @pytest.mark.parametrize("role", [Role.LOAN_OFFICER, Role.FINANCE_BUREAU, Role.TALENT_OFFICE, Role.APPLICANT])
    def test_are_refused_to_others(self, window, officer, role):
        desk = window(role)
        for address in ("/people", "/people/new", f"/people/{officer.id}", "/people.xlsx"):
            assert desk.get(address).status_code == 403

    def test_let_the_auditor_change_nothing(self, window, officer, sqlite_database):
        auditor = window(Role.AUDITOR)
        page = auditor.get(f"/people/{officer.id}").text
        assert "/posts" not in page
        assert "/password" not in page
        assert auditor.get("/people/new").status_code == 403
        for verb in ("posts", "lock", "unlock", "password"):
            assert auditor.post(f"/people/{officer.id}/{verb}", {"stamp": "1"}).status_code == 403
        assert auditor.post("/people", ONE).status_code == 403

    def test_are_narrowed_by_post_and_state(self, admin, officer):
        assert "共 1 个账号" in admin.get("/people?role=loan_officer").text
        assert "共 0 个账号" in admin.get("/people?role=disburser").text
        assert "共 0 个账号" in admin.get("/people?state=locked").text

    def test_are_not_there_for_ids_that_nobody_has(self, admin):
        assert admin.get("/people/99999").status_code == 404


class TestOpening:
    def test_shows_the_password_once_and_keeps_only_its_hash(self, app, admin, sqlite_database):
        made = admin.post("/people", ONE | {"once": "the-key-of-this-form"})
        assert made.status_code == 200
        password = SHOWN.search(made.text)
        assert password
        again = admin.post("/people", ONE | {"once": "the-key-of-this-form"})
        assert again.status_code == 303
        assert password[1] not in again.text
        with sqlite_database.read() as session:
            row = session.exec(select(User).where(User.account == "zhou.li")).one()
            assert row.roles == ["loan_officer"]
            assert password[1] not in row.password_hash
            assert [line.subject for line in session.exec(select(AuditLine)) if line.act == "user_add"] == ["zhou.li"]
        guest = Visitor(app)
        guest.get("/login")
        signed_in = guest.post("/login", {"account": "zhou.li", "password": password[1]})
        assert signed_in.status_code == 303

    @pytest.mark.parametrize(
        "wrong", [{"account": ""}, {"account": "Zhou Li!"}, {"name": " "}, {"roles": ["king"]}, {"account": "x"}]
    )
    def test_needs_an_account_a_name_and_known_posts(self, admin, sqlite_database, wrong):
        before = accounts(sqlite_database)
        assert admin.post("/people", ONE | wrong, htmx=True).status_code == 422
        assert accounts(sqlite_database) == before

    def test_under_a_name_that_is_taken_is_refused(self, admin, officer, sqlite_database):
        assert admin.post("/people", ONE | {"account": "officer"}, htmx=True).status_code == 409
        assert accounts(sqlite_database)["officer"] == ["loan_officer"]

    @pytest.mark.parametrize(
        ("roles", "named"),
        [
            (["loan_officer", "credit_committee"], ("信贷经办", "信贷决策委员会")),
            (["guarantee_officer", "guarantee_approver"], ("担保经办", "担保审批")),
            (["administrator", "treasurer"], ("资金岗", "系统管理员")),
        ],
    )
    def test_with_posts_that_check_each_other_is_refused_and_names_them(self, admin, sqlite_database, roles, named):
        answer = admin.post("/people", ONE | {"roles": roles}, htmx=True)
        assert answer.status_code == 409
        for word in named:
            assert word in answer.text
        assert "zhou.li" not in accounts(sqlite_database)


class TestAPerson:
    def test_is_given_other_posts_and_signs_in_again(self, app, admin, officer, sqlite_database):
        window = Visitor(app).signed_in(officer)
        assert window.get("/loans").status_code == 200
        posts = {"stamp": stamp(admin.get(f"/people/{officer.id}")), "roles": ["disburser"]}
        assert admin.post(f"/people/{officer.id}/posts", posts).status_code == 303
        assert accounts(sqlite_database)["officer"] == ["disburser"]
        assert window.get("/loans").headers["location"].startswith("/login")

    def test_is_not_given_posts_that_check_each_other(self, admin, officer, sqlite_database):
        posts = {"stamp": stamp(admin.get(f"/people/{officer.id}")), "roles": ["loan_officer", "disburser"]}
        assert admin.post(f"/people/{officer.id}/posts", posts, htmx=True).status_code == 409
        assert accounts(sqlite_database)["officer"] == ["loan_officer"]

    def test_is_not_changed_from_a_stale_page(self, admin, officer, sqlite_database):
        for verb in ("posts", "lock", "password"):
            answer = admin.post(f"/people/{officer.id}/{verb}", {"stamp": "0", "roles": ["disburser"]}, htmx=True)
            assert answer.status_code == 409
        assert accounts(sqlite_database)["officer"] == ["loan_officer"]

    def test_is_locked_out_and_let_in_again(self, app, admin, officer, sqlite_database):
        Visitor(app).signed_in(officer)
        address = f"/people/{officer.id}"
        assert admin.post(f"{address}/lock", {"stamp": stamp(admin.get(address))}).status_code == 303
        with sqlite_database.read() as session:
            assert session.exec(select(UserSession).where(UserSession.user_id == officer.id)).first() is None
        assert "已停用" in admin.get(address).text
        assert admin.post(f"{address}/unlock", {"stamp": stamp(admin.get(address))}).status_code == 303
        assert "使用中" in admin.get(address).text

    def test_gets_a_new_password_that_is_shown_once(self, admin, officer, sqlite_database):
        address = f"/people/{officer.id}"
        made = admin.post(f"{address}/password", {"stamp": stamp(admin.get(address))}, htmx=True)
        assert made.status_code == 200
        assert SHOWN.search(made.text)
        assert "<html" not in made.text
        with sqlite_database.read() as session:
            assert session.get_one(User, officer.id).password_hash != officer.password_hash

    def test_does_not_change_his_own_posts(self, admin, sqlite_database):
        with sqlite_database.read() as session:
            own = next(row for row in session.exec(select(User)) if "administrator" in row.roles)
            number, version = own.id, own.stamp
        assert "/posts" not in admin.get(f"/people/{number}").text
        for verb in ("posts", "lock"):
            assert admin.post(f"/people/{number}/{verb}", {"stamp": version}, htmx=True).status_code == 409
