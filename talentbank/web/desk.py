"""The desk: what a route works with. One session, committed once; who acts, when, by which rules; how to answer.

    OfficerDesk = Annotated[Desk, allow(Role.LOAN_OFFICER)]

    @router.post("/applications/{number}/submit")
    def submit(number: str, desk: OfficerDesk) -> Response: ...

A route without a guard (`allow`, `show_only_to`, `allow_everyone_signed_in`, `allow_public`) stops the application at
its start.
"""

import hmac
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from models.journal import AuditLine
from models.policies.rules import Rules
from models.queries.days import next_business_date
from models.queries.rules import rules_in_force
from models.refusals import NotThere, Refusal
from models.roles import Actor, Role
from talentbank import auth, i18n
from talentbank.database import Database
from talentbank.settings import Settings
from talentbank.vault import Vault
from talentbank.web import cookies, once, todo
from talentbank.web.pages import Page, render
from talentbank.web.security import same_origin_path
from talentbank.web.sent import Sent, SentWith

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
RulesT = TypeVar("RulesT", bound=Rules)


class FormNotTrusted(Refusal):
    """The request does not carry the token of this session: forged, or from a page that is too old."""

    status = 403


class SessionOver(Refusal):
    """Nobody is signed in, or the session has ended: sign in again."""

    status = 401


class StalePage(Refusal):
    """The row has been changed since the page was shown: its stamp is not the one that was sent."""


class Desk:
    """One request at work. Made by a guard; routes receive it as their argument."""

    def __init__(self, request: Request, session: Session, visitor: auth.Visitor | None, page: Page) -> None:
        self.request = request
        self.session = session
        self.page = page
        self.now: datetime = request.app.state.clock()
        self.settings: Settings = request.app.state.settings
        self.vault: Vault = request.app.state.vault
        self.failed = False
        self.sent_fields: tuple[tuple[str, str], ...] = ()
        self._visitor = visitor
        self._reads: list[AuditLine] = []
        self._once: once.Turn | None = None
        self._flashes: list[tuple[str, str]] = []
        self._afterwards: list[Callable[[Database], object]] = []

    @property
    def actor(self) -> Actor:
        """Who acts; SessionOver if nobody is signed in (only on public pages)."""
        if self._visitor is None:
            raise SessionOver()
        return self._visitor.actor

    @property
    def visitor(self) -> auth.Visitor | None:
        """The session of whoever is signed in, or None."""
        return self._visitor

    @property
    def on(self) -> date:
        """The business date: today in the bank's zone, or the day after the last finished end of day if later."""
        if self.page.on is None:
            self.page.on = business_date(self.session, self.settings, self.now)
        return self.page.on

    @property
    def lang(self) -> str:
        """The language of the page: ``zh`` or ``en``."""
        return self.page.language

    def rules(self, kind: type[RulesT]) -> RulesT:
        """The approved rules of a kind in force on the business date."""
        return rules_in_force(self.session, kind, self.on)

    def fresh(self, row: Any, stamp: int) -> None:
        """Refuse with StalePage if the row is not the version that the page showed."""
        if row.stamp != stamp:
            raise StalePage(seen=stamp, now=row.stamp)

    def audit(self, act: str, subject: str = "", detail: str = "") -> None:
        """Record a read or an export that has to be answered for; kept even though a read changes nothing else."""
        self._reads.append(
            AuditLine(
                at=self.now,
                actor_id=self._visitor.actor.user_id if self._visitor else 0,
                act=act,
                subject=subject,
                detail=detail,
                request_id=self.page.request_id,
            )
        )

    def once(self, key: str, body_hash: bytes) -> Response | None:
        """The stored answer if this key was answered before; otherwise the key is taken for this request.

        Forms with the hidden field `once` (every `form.begin` has it) are looked after by the guard already; this is
        for keys that come from elsewhere. Refuses with KeyUsedForAnother if the key came with another body.
        """
        if not key:
            return None
        who = self._visitor.actor.user_id if self._visitor else 0
        self._once = once.take(self.session, key, body_hash, actor_id=who, at=self.now)
        return self._redirect(self._once.answer) if self._once.answer else None

    def flash(self, text: str, kind: str = "ok") -> None:
        """Say something on the next page: `kind` is ``ok``, ``note`` or ``error``. The text is already translated."""
        self._flashes.append((kind, text))

    def speaking(self) -> AbstractContextManager[None]:
        """Speak the language of the page inside a `with`: for words that a view makes ready."""
        return i18n.speaking(self.lang)

    def words(self, fact: object, **facts: object) -> str:
        """A fact or a message as people read it, in the language of the page."""
        with self.speaking():
            return i18n.gettext(fact, **facts) if facts and isinstance(fact, str) else i18n.said(fact)

    def say(self, message: str, **facts: object) -> None:
        """Say on the next page that something is done: a message of the catalogue with its facts."""
        with self.speaking():
            self.flash(i18n.gettext(message, **facts))

    @property
    def is_htmx(self) -> bool:
        """True if only a part of a page is asked for."""
        return self.request.headers.get("hx-request") == "true"

    def show(self, template: str, *, block: str | None = None, status: int = 200, **context: Any) -> Response:
        """Answer with a page, or with only its named block if HTMX asks. A status of 400 or more changes nothing."""
        self.failed = status >= 400
        if not self.failed and self._once is not None:
            self._once.answered(self.session, self.request.headers.get("referer", "/"))
        part = block if self.is_htmx and self.request.headers.get("hx-boosted") != "true" else None
        said = cookies.read_flashes(self.request, self.settings)
        self.page.flashes = said + self._flashes
        _ = self.on
        if part is None and self._visitor is not None:
            self.page.waiting = todo.by_page(self.session, self.actor)
        answer = HTMLResponse(render(template, self.page, context, block=part), status_code=status)
        answer.headers["Vary"] = "HX-Request"
        if said and part is None:
            cookies.clear_flashes(answer)
        return answer

    def go(self, url: str) -> Response:
        """Answer by sending the browser to another page of this site, with what was said by `flash`."""
        if self._once is not None:
            self._once.answered(self.session, url)
        answer = self._redirect(url)
        cookies.write_flashes(answer, self._flashes, self.settings)
        return answer

    def _redirect(self, url: str) -> Response:
        url = same_origin_path(url)
        if self.is_htmx:
            return Response(status_code=204, headers={"HX-Redirect": url})
        return RedirectResponse(url, 303)

    def afterwards(self, work: Callable[[Database], object]) -> None:
        """Let `work` begin in the background once this request is committed; for what takes longer than a page may."""
        self._afterwards.append(work)

    def begin_what_comes_after(self, database: Database) -> None:
        """Start what the route has asked for; the guard's business."""
        for work in self._afterwards:
            self.request.app.state.start(partial(work, database))

    def keep_reads(self, database: Database) -> None:
        """Write the recorded reads, in a transaction of their own if this request only reads."""
        if not self._reads:
            return
        if self.request.method in SAFE_METHODS:
            with database.write() as session:
                session.add_all(self._reads)
        else:
            self.session.add_all(self._reads)
        self._reads = []


class Guard:
    """Opens a desk for those who hold one of the roles, and closes it: one commit, or nothing at all."""

    def __init__(self, roles: tuple[Role, ...], *, public: bool = False, secret: bool = False) -> None:
        self.roles = roles
        self.public = public
        self.secret = secret

    def __call__(self, request: Request, sent: SentWith) -> Iterator[Desk]:
        database: Database = request.app.state.database
        opened = database.read() if request.method in SAFE_METHODS else database.write()
        with opened as session:
            desk = self._open(request, session, sent)
            request.state.page = desk.page
            desk.sent_fields = sent.fields
            if answer := desk.once(sent.once, sent.body_hash):
                raise once.AnsweredBefore(answer)
            yield desk
            desk.keep_reads(database)
            if desk.failed:
                session.rollback()
        if not desk.failed:
            desk.begin_what_comes_after(database)

    def _open(self, request: Request, session: Session, sent: Sent) -> Desk:
        state = request.app.state
        now = state.clock()
        visitor = auth.look_up(session, cookies.session_token(request), now)
        page = page_of(request, visitor)
        request.state.page = page
        if request.method not in SAFE_METHODS and not hmac.compare_digest(sent.csrf.encode(), page.csrf.encode()):
            raise SessionOver() if visitor is None and not self.public else FormNotTrusted()
        if not self.public:
            self.check(visitor, request.url.path)
        return Desk(request, session, visitor, page)

    def check(self, visitor: auth.Visitor | None, path: str) -> None:
        """Refuse whoever is not signed in or holds none of the roles; a secret address is then not there at all."""
        if visitor is None:
            raise SessionOver()
        if self.roles and not visitor.actor.holds(*self.roles):
            if self.secret:
                raise NotThere(what=path.rpartition("/")[2])
            raise auth.PostNotHeld(role=self.roles)


def page_of(request: Request, visitor: auth.Visitor | None) -> Page:
    """The frame of this request's page."""
    settings: Settings = request.app.state.settings
    return Page(
        language=cookies.language(request),
        csrf=visitor.csrf if visitor else cookies.guest_csrf(request, settings),
        nonce=request.state.nonce,
        request_id=request.state.request_id,
        path=request.url.path,
        query=request.url.query,
        actor=visitor.actor if visitor else None,
        demo=settings.demo,
        zone=settings.zone,
    )


def business_date(session: Session, settings: Settings, now: datetime) -> date:
    """Today in the bank's zone, or the day after the last finished end of day where that is later."""
    today = now.astimezone(settings.zone).date()
    return max(today, next_business_date(session) or today)


def real_clock() -> datetime:
    """The moment now, aware, UTC: read once for each request."""
    return datetime.now(UTC)


def allow(*roles: Role) -> Dependency:
    """A guard: only holders of one of these roles pass."""
    if not roles:
        raise ValueError("name a role; for every signed-in person there is allow_everyone_signed_in()")
    return _guard(Guard(roles))


def show_only_to(*roles: Role) -> Dependency:
    """A guard: only holders of one of these roles pass, and nobody else learns whether there is anything behind it."""
    return _guard(Guard(roles, secret=True))


def allow_everyone_signed_in() -> Dependency:
    """A guard: whoever is signed in passes. The route itself must show only what this person may see."""
    return _guard(Guard(()))


def allow_public() -> Dependency:
    """A guard: everybody passes, signed in or not."""
    return _guard(Guard((), public=True))


class _NoDesk(Guard):
    """Lets everybody pass and opens nothing: for what must answer even without a database."""

    def __call__(self) -> None:  # type: ignore[override]
        return None


def allow_without_desk() -> Dependency:
    """A guard for `dependencies=[…]`: everybody passes, and the database is not touched."""
    return _guard(_NoDesk((), public=True))


def _guard(guard: Guard) -> Dependency:
    depends: Dependency = Depends(guard, scope="function")
    return depends
