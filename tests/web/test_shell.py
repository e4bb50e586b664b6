"""The shell around every page: sign-in, guards, forgery, double clicks, errors, health, headers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pyotp
import pytest
from fastapi import APIRouter, FastAPI, Form
from pydantic import BaseModel
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import select
from starlette.responses import Response
from webdesk import NOW, PASSWORD, Visitor, make_app, make_user

from models.journal import AuditLine, Message, Once
from models.refusals import BadInput, BrokenInvariant, NotThere
from models.roles import Role
from talentbank import auth
from talentbank.database import Database
from talentbank.web.app import UnguardedRoute, guarded_routes, refuse_unguarded
from talentbank.web.desk import Desk, allow, allow_everyone_signed_in
from talentbank.web.fields import PerCent, Wan, Yuan

Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Anyone = Annotated[Desk, allow_everyone_signed_in()]


class TryForm(BaseModel):
    amount: Wan
    price: Yuan | None = None
    rate: PerCent | None = None


def trial_routes() -> APIRouter:
    """Routes that only these tests have."""
    router = APIRouter()

    @router.get("/trial/officer")
    def officer(desk: Officer) -> Response:
        return desk.show("home/home.html", block="main", notices=[], tasks=[])

    @router.post("/trial/send")
    def send(form: Annotated[TryForm, Form()], desk: Officer) -> Response:
        desk.session.add(Message(subject=f"sent {form.amount}", at=desk.now))
        desk.flash("已保存")
        return desk.go("/")

    @router.post("/trial/half")
    def half(desk: Officer) -> Response:
        desk.session.add(Message(subject="half", at=desk.now))
        desk.session.flush()
        raise NotThere(what="firm")

    @router.post("/trial/failed-page")
    def failed_page(desk: Officer) -> Response:
        desk.session.add(Message(subject="failed", at=desk.now))
        return desk.show("home/home.html", status=422, notices=[], tasks=[])

    @router.get("/trial/read")
    def read(desk: Officer) -> Response:
        desk.audit("export", "loans")
        return desk.show("home/home.html", notices=[], tasks=[])

    @router.get("/trial/fault/{kind}")
    def fault(kind: str, desk: Anyone) -> Response:
        overflown = Exception("another row available")  # what the driver of SQLite says while a row waits
        overflown.__context__ = OverflowError("secret")
        faults = {
            "broken": BrokenInvariant("books", account="secret-account"),
            "stale": StaleDataError("row secret-row"),
            "locked": OperationalError("SELECT secret", {}, Exception("database is locked")),
            "overflow": DatabaseError("SELECT secret", {}, overflown),
            "malformed": DatabaseError("SELECT secret", {}, Exception("malformed")),
            "input": BadInput(field="amount", reason="金额过大"),
            "plain": RuntimeError("secret"),
        }
        raise faults[kind]

    @router.post("/trial/fresh")
    def fresh(desk: Officer, stamp: Annotated[int, Form()]) -> Response:
        user = desk.session.get_one(auth.User, desk.actor.user_id)
        desk.fresh(user, stamp)
        return desk.go("/")

    return router


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    app = make_app(sqlite_database, tmp_path, max_upload_bytes=4096)

    app.include_router(trial_routes())
    refuse_unguarded(app)
    return app


@pytest.fixture
def officer(window: Callable[..., Visitor]) -> Visitor:
    return window(Role.LOAN_OFFICER, name="李示例")


def subjects(app: FastAPI) -> list[str]:
    with app.state.database.read() as session:
        return [one.subject for one in session.exec(select(Message))]


class TestSigningIn:
    def test_leads_on_with_the_right_password(self, app, guest):
        make_user(app.state.database, Role.LOAN_OFFICER, account="li")
        answer = guest.post("/login", {"account": " LI ", "password": PASSWORD, "back": "/trial/officer"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/trial/officer")
        assert guest.get("/trial/officer").status_code == 200

    def test_keeps_the_cookie_from_scripts_and_other_sites(self, app, guest):
        make_user(app.state.database, Role.LOAN_OFFICER, account="li")
        cookie = guest.post("/login", {"account": "li", "password": PASSWORD}).headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie

    @pytest.mark.parametrize(("account", "password"), [("li", "wrong"), ("nobody", PASSWORD)])
    def test_does_not_say_which_part_was_wrong(self, app, guest, account, password):
        make_user(app.state.database, Role.LOAN_OFFICER, account="li")
        answer = guest.post("/login", {"account": account, "password": password})
        assert answer.status_code == 422
        assert "账号、密码或动态码不正确" in answer.text

    def test_never_leads_to_another_site(self, app, guest):
        make_user(app.state.database, Role.LOAN_OFFICER, account="li")
        answer = guest.post("/login", {"account": "li", "password": PASSWORD, "back": "//evil.example/"})
        assert answer.headers["location"] == "/"

    def test_is_refused_after_too_many_tries_even_with_the_right_password(self, app, guest):
        make_user(app.state.database, Role.LOAN_OFFICER, account="li")
        guest.get("/login")
        for _ in range(8):
            guest.post("/login", {"account": "li", "password": "wrong"})
        answer = guest.post("/login", {"account": "li", "password": PASSWORD})
        assert answer.status_code == 429
        assert "15" in answer.text

    def test_asks_the_one_time_code_and_takes_each_code_once(self, app):
        secret = pyotp.random_base32()
        make_user(app.state.database, Role.LOAN_OFFICER, account="li", totp_secret=secret)
        code = pyotp.TOTP(secret).at(int(NOW.timestamp()))
        typed = {"account": "li", "password": PASSWORD}
        assert Visitor(app).post("/login", typed).status_code == 422
        assert Visitor(app).post("/login", typed | {"code": code}).status_code == 303
        assert Visitor(app).post("/login", typed | {"code": code}).status_code == 422

    def test_is_refused_for_a_closed_account(self, app, guest):
        make_user(app.state.database, Role.LOAN_OFFICER, account="li", active=False)
        assert guest.post("/login", {"account": "li", "password": PASSWORD}).status_code == 422

    def test_ends_with_signing_out(self, app, officer):
        assert officer.post("/logout").status_code == 303
        assert officer.get("/").headers["location"] == "/login"

    def test_shows_demonstration_accounts_only_in_a_demonstration(self, sqlite_database, tmp_path, guest):
        make_user(sqlite_database, Role.AUDITOR, name="演示员")
        assert "演示员" not in guest.get("/login").text
        assert "演示员" in Visitor(make_app(sqlite_database, tmp_path, demo=True)).get("/login").text


class TestGuards:
    def test_stand_before_every_route(self, app):
        routes = list(guarded_routes(app))
        assert len(routes) > 8
        assert all(guards for _, guards in routes)

    def test_stop_the_start_if_one_is_missing(self, app):
        app.add_api_route("/open", lambda: None)
        with pytest.raises(UnguardedRoute, match="/open"):
            refuse_unguarded(app)

    def test_send_guests_to_the_door_and_back(self, guest):
        answer = guest.get("/trial/officer?page=2")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?back=/trial/officer%3Fpage%3D2")

    def test_tell_htmx_to_sign_in_elsewhere_so_that_the_form_stays(self, guest):
        answer = guest.get("/trial/officer", htmx=True)
        assert answer.status_code == 401
        assert 'href="/login"' in answer.text

    def test_name_the_post_that_has_the_right(self, window):
        answer = window(Role.EXPERT).get("/trial/officer")
        assert answer.status_code == 403
        assert "没有权限" in answer.text

    def test_end_with_the_session(self, app, officer):
        app.state.clock = lambda: NOW.replace(day=25)
        assert officer.get("/").status_code == 303


class TestForgery:
    @pytest.mark.parametrize("token", ["", "wrong"])
    def test_is_refused_without_the_sessions_token(self, app, officer, token):
        officer.csrf = token or "x"
        answer = officer.post("/trial/send", {"amount": "1500", "csrf": token})
        assert answer.status_code == 403
        assert subjects(app) == []

    def test_is_refused_at_the_door_too(self, app, guest):
        make_user(app.state.database, Role.LOAN_OFFICER, account="li")
        answer = guest.client.post("/login", data={"account": "li", "password": PASSWORD})
        assert answer.status_code == 403


class TestWork:
    def test_is_committed_once_and_says_so_on_the_next_page(self, app, officer):
        answer = officer.post("/trial/send", {"amount": "1,500"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert subjects(app) == ["sent 15,000,000.00"]
        assert "已保存" in officer.get("/").text
        assert "已保存" not in officer.get("/").text

    def test_answers_htmx_with_a_redirect_of_its_own(self, officer):
        answer = officer.post("/trial/send", {"amount": "1500"}, htmx=True)
        assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/")

    @pytest.mark.parametrize("path", ["/trial/half", "/trial/failed-page"])
    def test_is_rolled_back_whole_when_refused(self, app, officer, path):
        assert officer.post(path).status_code in (404, 422)
        assert subjects(app) == []

    def test_is_done_once_for_a_second_click(self, app, officer):
        first = officer.post("/trial/send", {"amount": "1500", "once": "one"})
        second = officer.post("/trial/send", {"amount": "1500", "once": "one"})
        assert first.headers["location"] == second.headers["location"]
        assert len(subjects(app)) == 1

    def test_is_refused_for_the_same_key_with_another_body(self, app, officer):
        officer.post("/trial/send", {"amount": "1500", "once": "one"})
        assert officer.post("/trial/send", {"amount": "1600", "once": "one"}).status_code == 409
        assert len(subjects(app)) == 1

    def test_may_be_sent_again_with_the_same_key_after_a_refusal(self, app, officer):
        officer.post("/trial/send", {"amount": "x", "once": "one"})
        assert officer.post("/trial/send", {"amount": "1500", "once": "one"}).status_code == 303
        with app.state.database.read() as session:
            assert len(session.exec(select(Once)).all()) == 1

    def test_is_refused_from_a_stale_page(self, officer):
        assert officer.post("/trial/fresh", {"stamp": "1"}).status_code == 303
        answer = officer.post("/trial/fresh", {"stamp": "7"})
        assert answer.status_code == 409
        assert "已被更新" in answer.text

    def test_records_reads_that_have_to_be_answered_for(self, app, officer):
        officer.get("/trial/read")
        with app.state.database.read() as session:
            lines = [line for line in session.exec(select(AuditLine)) if line.act == "export"]
            assert [(line.subject, bool(line.request_id)) for line in lines] == [("loans", True)]


class TestWrongFields:
    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({}, "请填写"),
            ({"amount": ""}, "请填写"),
            ({"amount": "abc"}, "请输入数字"),
            ({"amount": "1e2"}, "不要用科学计数法"),
            ({"amount": "+5"}, "请输入数字"),
            ({"amount": "1_000"}, "请输入数字"),
            ({"amount": "0x10"}, "请输入数字"),
            ({"amount": "NaN"}, "请输入数字"),
            ({"amount": " 1,00"}, "千分位逗号的位置不对"),
            ({"amount": "-5"}, "金额必须大于零"),
            ({"amount": "0"}, "金额必须大于零"),
            ({"amount": "0.0000001"}, "金额最多精确到分"),
            ({"amount": "1,5"}, "千分位逗号的位置不对"),
            ({"amount": "1", "price": "0.001"}, "金额最多精确到分"),
            ({"amount": "1", "rate": "4.35x"}, "请输入百分比"),
        ],
    )
    def test_are_named_and_nothing_is_done(self, app, officer, typed, said):
        answer = officer.post("/trial/send", typed, htmx=True)
        assert answer.status_code == 422
        assert said in answer.text
        assert "data-field=" in answer.text
        assert "<html" not in answer.text
        assert subjects(app) == []

    def test_are_named_for_refusals_of_the_bank_too(self, officer):
        answer = officer.get("/trial/fault/input", htmx=True)
        assert answer.status_code == 422
        assert 'data-field="amount"' in answer.text
        assert "金额过大" in answer.text

    @pytest.mark.parametrize("announced", [None, "9" * 15, "9" * 5000, "²"])
    def test_too_much_is_not_even_read(self, app, officer, announced):
        headers = {} if announced is None else {"content-length": announced.encode("latin-1")}
        answer = officer.post("/trial/send", {"amount": "1" * 5000}, headers=headers)
        assert answer.status_code == 413
        assert "内容过大" in answer.text


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "status", "said"),
        [
            ("stale", 409, "其他人更新"),
            ("locked", 503, "数据库正忙"),
            ("overflow", 404, "没有找到"),
            ("malformed", 500, "请求编号"),
            ("broken", 500, "请求编号"),
            ("plain", 500, "请求编号"),
        ],
    )
    def test_are_told_with_the_requests_number_and_nothing_internal(self, officer, kind, status, said):
        answer = officer.get(f"/trial/fault/{kind}")
        assert answer.status_code == status
        assert said in answer.text
        assert answer.headers["x-request-id"] in answer.text
        assert "secret" not in answer.text

    def test_are_told_in_the_chosen_language(self, officer):
        officer.post("/language", {"to": "en"})
        assert "was updated by somebody else" in officer.get("/trial/fault/stale").text

    def test_of_address_are_told_too(self, officer):
        assert "没有找到" in officer.get("/nowhere").text


class TestEveryAnswer:
    def test_forbids_foreign_scripts_and_caches(self, officer):
        headers = officer.get("/").headers
        assert "script-src 'self' 'nonce-" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("path", ["/nowhere", "/trial/fault/plain"])
    def test_does_so_for_errors_too(self, officer, path):
        assert "nonce-" in officer.get(path).headers["content-security-policy"]

    def test_keeps_static_files_by_their_hash(self, guest):
        page = guest.get("/login").text
        url = page.split('href="/static/theme/tokens.css')[1].split('"')[0]
        assert "immutable" in guest.get("/static/theme/tokens.css" + url).headers["cache-control"]

    def test_switches_the_language_and_keeps_the_page(self, officer):
        answer = officer.post("/language", {"to": "en", "back": "/?a=1"})
        assert answer.headers["location"] == "/?a=1"
        page = officer.get("/").text
        assert '<html lang="en"' in page
        assert "Nothing is waiting for you" in page

    def test_shows_only_the_named_block_to_htmx(self, officer):
        part = officer.get("/trial/officer", htmx=True).text
        assert "<html" not in part
        assert "待办" in part


class TestHealth:
    def test_tells_that_it_is_alive_without_a_database(self, app, guest):
        app.state.database = None
        assert guest.get("/healthz").json() == {"alive": True}

    def test_counts_requests_by_route(self, guest):
        guest.get("/login")
        assert 'talentbank_requests_total{method="GET",route="/login",status="200"} 1.0' in guest.get("/metrics").text
