"""Signing in and out, and the language of the pages."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from talentbank import auth
from talentbank.i18n import N_
from talentbank.web import cookies
from talentbank.web.desk import Desk, allow_everyone_signed_in, allow_public
from talentbank.web.security import same_origin_path

router = APIRouter()

FIELD_LABELS = {"account": N_("账号"), "password": N_("密码"), "code": N_("动态码")}

Anybody = Annotated[Desk, allow_public()]
SignedIn = Annotated[Desk, allow_everyone_signed_in()]


class SignInForm(BaseModel):
    """What is typed at the door."""

    account: str
    password: str
    code: str = ""
    back: str = "/"


@router.get("/login")
def sign_in_page(desk: Anybody, back: str = "/") -> Response:
    """The door; whoever is signed in already goes on."""
    if desk.visitor is not None:
        return desk.go(back)
    accounts = auth.demonstration_accounts(desk.session) if desk.settings.demo else []
    answer = desk.show(
        "session/login.html", back=same_origin_path(back), accounts=accounts, demo_password=auth.DEMO_PASSWORD
    )
    cookies.keep_guest(desk.request, answer, desk.settings)
    return answer


@router.post("/login")
def sign_in(form: Annotated[SignInForm, Form()], desk: Anybody) -> Response:
    """Open a session and go where the visitor wanted to go."""
    address = desk.request.client.host if desk.request.client else ""
    opened = auth.sign_in(
        desk.session,
        account=form.account,
        password=form.password,
        code=form.code,
        address=address,
        tries=desk.request.app.state.tries,
        hours=desk.settings.session_hours,
        at=desk.now,
    )
    answer = desk.go(form.back)
    cookies.set_session(answer, opened.token, desk.settings)
    return answer


@router.post("/logout")
def sign_out(desk: Anybody) -> Response:
    """End the session."""
    if desk.visitor is not None:
        auth.sign_out(desk.session, desk.visitor, desk.now)
    answer = desk.go("/login")
    cookies.clear_session(answer)
    return answer


@router.post("/language")
def choose_language(desk: Anybody, to: Annotated[str, Form()], back: Annotated[str, Form()] = "/") -> Response:
    """Speak the other language from now on, on the same page."""
    answer = desk.go(back)
    cookies.set_language(answer, to, desk.settings)
    return answer


@router.get("/session/token")
def token(desk: SignedIn) -> Response:
    """The token for the forms of a page that was open while its session ended."""
    return JSONResponse({"csrf": desk.page.csrf})
