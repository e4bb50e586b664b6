"""Accounts and posts: opened, locked and given by the administrator; posts that check each other stay apart (TB-09)."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import Response

from models.queries.people import account_rows, roles_of
from models.refusals import NotThere
from models.roles import Role
from models.user import User
from reports.workbook import Column, Kind
from talentbank import auth, i18n
from talentbank.i18n import N_
from talentbank.web import listing
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Text
from talentbank.web.navigation import MANAGEMENT, Item
from workflows import staffing

router = APIRouter()

READERS = (Role.ADMINISTRATOR, Role.AUDITOR)
NAVIGATION = (Item(MANAGEMENT, "/people", "users", N_("用户与岗位"), frozenset(READERS), place=10),)
FIELD_LABELS = {"account": N_("账号"), "name": N_("姓名"), "roles": N_("岗位")}
COLUMNS = (
    Column(N_("账号")),
    Column(N_("姓名")),
    Column(N_("岗位"), width=50),
    Column(N_("状态")),
    Column(N_("在线会话"), Kind.COUNT),
)
STATES = {"open": N_("使用中"), "locked": N_("已停用")}
GROUPS_OF_FOUR, LETTERS = 4, "abcdefghijkmnpqrstuvwxyz23456789"
"""A password that is made is read aloud and typed once: four groups of letters that nobody mistakes, 79 bits."""

Reader = Annotated[Desk, allow(*READERS)]
Administrator = Annotated[Desk, allow(Role.ADMINISTRATOR)]


class OpenForm(BaseModel):
    """A new account."""

    account: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=f"^{staffing.ACCOUNT}$")]
    name: Annotated[Text, Field(max_length=staffing.NAME_MOST)]
    roles: list[Role] = []


class PostsForm(BaseModel):
    """The posts that a person holds from now on."""

    stamp: int
    roles: list[Role] = []


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int


def _chosen(role: str, state: str) -> tuple[Role | None, bool | None]:
    return listing.one_of(Role, role), {"open": True, "locked": False}.get(state)


@router.get("/people")
def people(desk: Reader, q: str = "", role: str = "", state: str = "", page: listing.PageNumber = 1) -> Response:
    """One page of accounts."""
    post, active = _chosen(role, state)
    rows, total = account_rows(
        desk.session,
        at=desk.now,
        text=q[:60],
        role=post,
        active=active,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    return desk.show(
        "people/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        q=q,
        role=post or "",
        state=state,
        posts=[one for one in Role if one is not Role.SYSTEM],
        states=STATES,
    )


@router.get("/people.xlsx")
def workbook(desk: Reader, q: str = "", role: str = "", state: str = "") -> Response:
    """The same list, whole, as an Excel file."""
    post, active = _chosen(role, state)
    rows, _ = account_rows(desk.session, at=desk.now, text=q[:60], role=post, active=active, limit=listing.EXPORT_LIMIT)
    with i18n.speaking(desk.lang):
        lines = [
            (
                row.user.account,
                row.user.name,
                i18n.said(row.roles),
                i18n.gettext(STATES["open" if row.user.active else "locked"]),
                row.sessions,
            )
            for row in rows
        ]
    conditions = [(N_("岗位"), post), (N_("搜索"), q)]
    return listing.export(desk, name=N_("用户与岗位"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/people/new")
def new(desk: Administrator) -> Response:
    """The form for a new account."""
    return desk.show("people/new.html", posts=staffing.GIVEN)


@router.post("/people")
def open_account(form: Annotated[OpenForm, Form()], desk: Administrator) -> Response:
    """Open an account; its first password is shown once and kept nowhere."""
    password = made_password()
    made = staffing.open_account(
        desk.session,
        account=form.account,
        name=form.name,
        password_hash=auth.hashed(password),
        roles=form.roles,
        by=desk.actor,
        at=desk.now,
    )
    return desk.show("people/issued.html", block="issued", user=made, password=password, fresh=True)


@router.get("/people/{user_id}")
def person(user_id: int, desk: Reader) -> Response:
    """One account: its posts, and what the administrator may change."""
    user = _user(desk, user_id)
    return desk.show(
        "people/person.html",
        user=user,
        held=roles_of(user),
        posts=staffing.GIVEN,
        may_change=desk.actor.holds(Role.ADMINISTRATOR) and user.key != desk.actor.user_id,
        may_renew=desk.actor.holds(Role.ADMINISTRATOR),
        states=STATES,
    )


@router.post("/people/{user_id}/posts")
def give_posts(user_id: int, form: Annotated[PostsForm, Form()], desk: Administrator) -> Response:
    """Give a person these posts and no others; he signs in again under them."""
    user = _user(desk, user_id)
    desk.fresh(user, form.stamp)
    staffing.give_posts(desk.session, user=user, roles=form.roles, by=desk.actor, at=desk.now)
    auth.end_sessions(desk.session, user)
    desk.say(N_("%(name)s 的岗位已调整，须重新登录"), name=user.name)
    return desk.go(f"/people/{user_id}")


@router.post("/people/{user_id}/lock")
def lock(user_id: int, form: Annotated[StampForm, Form()], desk: Administrator) -> Response:
    """Lock an account and end its sessions."""
    user = _user(desk, user_id)
    desk.fresh(user, form.stamp)
    staffing.lock(desk.session, user=user, by=desk.actor, at=desk.now)
    auth.end_sessions(desk.session, user)
    desk.say(N_("账号 %(account)s 已停用"), account=user.account)
    return desk.go(f"/people/{user_id}")


@router.post("/people/{user_id}/unlock")
def unlock(user_id: int, form: Annotated[StampForm, Form()], desk: Administrator) -> Response:
    """Open a locked account again."""
    user = _user(desk, user_id)
    desk.fresh(user, form.stamp)
    staffing.unlock(desk.session, user=user, by=desk.actor, at=desk.now)
    desk.say(N_("账号 %(account)s 已恢复使用"), account=user.account)
    return desk.go(f"/people/{user_id}")


@router.post("/people/{user_id}/password")
def renew_password(user_id: int, form: Annotated[StampForm, Form()], desk: Administrator) -> Response:
    """Make a new password, shown once; every session of the account ends."""
    user = _user(desk, user_id)
    desk.fresh(user, form.stamp)
    password = made_password()
    staffing.renew_password(desk.session, user=user, password_hash=auth.hashed(password), by=desk.actor, at=desk.now)
    auth.end_sessions(desk.session, user)
    return desk.show("people/issued.html", block="issued", user=user, password=password, fresh=False)


def made_password() -> str:
    """A password that a machine made: four groups of four."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(GROUPS_OF_FOUR))


def _user(desk: Desk, user_id: int) -> User:
    user = desk.session.get(User, user_id)
    if user is None:
        raise NotThere(what=str(user_id))
    return user
