"""The cookies of the shell: session, language, guest token and what is said on the next page."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from talentbank.i18n import LANGUAGES
from talentbank.settings import Settings

SESSION = "tb_session"
LANGUAGE = "tb_language"
GUEST = "tb_guest"
FLASH = "tb_flash"
YEAR = 365 * 24 * 3600
FLASH_SECONDS = 120


def _set(answer: Response, name: str, value: str, settings: Settings, **more: Any) -> None:
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=settings.cookie_secure, path="/", **more)


def sealed(text: str, settings: Settings, purpose: str) -> str:
    """The seal of a text: nobody without the key can make it, and it fits no other purpose."""
    return hmac.new(settings.secret(), f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def session_token(request: Request) -> str:
    """The session's token, or nothing."""
    return request.cookies.get(SESSION, "")


def set_session(answer: Response, token: str, settings: Settings) -> None:
    """Give the browser its session, for as long as the database keeps it."""
    _set(answer, SESSION, token, settings, max_age=settings.session_hours * 3600)


def clear_session(answer: Response) -> None:
    """Take the session away."""
    answer.delete_cookie(SESSION, path="/")


def language(request: Request) -> str:
    """The language chosen in this browser; Chinese until another is chosen."""
    chosen = request.cookies.get(LANGUAGE, "")
    return chosen if chosen in LANGUAGES else "zh"


def set_language(answer: Response, code: str, settings: Settings) -> None:
    """Remember the language chosen."""
    _set(answer, LANGUAGE, code if code in LANGUAGES else "zh", settings, max_age=YEAR)


def guest_csrf(request: Request, settings: Settings) -> str:
    """The anti-forgery token of a visitor without a session: the seal of a random cookie.

    The cookie is made here if there is none and set by `keep_guest` on the way out.
    """
    guest = request.cookies.get(GUEST) or getattr(request.state, "guest", "") or secrets.token_urlsafe(24)
    request.state.guest = guest
    return sealed(guest, settings, "guest")


def keep_guest(request: Request, answer: Response, settings: Settings) -> None:
    """Set the guest cookie if this request made one."""
    guest = getattr(request.state, "guest", "")
    if guest and request.cookies.get(GUEST) != guest:
        _set(answer, GUEST, guest, settings)


def write_flashes(answer: Response, flashes: list[tuple[str, str]], settings: Settings) -> None:
    """Carry what was said to the next page, sealed."""
    if not flashes:
        return
    text = base64.urlsafe_b64encode(json.dumps(flashes[:5], ensure_ascii=False).encode()).decode()
    _set(answer, FLASH, f"{sealed(text, settings, 'flash')}.{text}", settings, max_age=FLASH_SECONDS)


def read_flashes(request: Request, settings: Settings) -> list[tuple[str, str]]:
    """What the page before wanted said here; nothing if the cookie is not ours."""
    seal, _, text = request.cookies.get(FLASH, "").partition(".")
    if not text or not hmac.compare_digest(seal.encode(), sealed(text, settings, "flash").encode()):
        return []
    return [(str(kind), str(said)) for kind, said in json.loads(base64.urlsafe_b64decode(text))]


def clear_flashes(answer: Response) -> None:
    """What has been said is not said again."""
    answer.delete_cookie(FLASH, path="/")
