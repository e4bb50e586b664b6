"""Every way of saying no, as a page or as a part for HTMX: refusals, wrong fields, conflicts, faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DatabaseError, DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.refusals import BadInput, Refusal
from talentbank import i18n
from talentbank.database import DatabaseUnusable
from talentbank.i18n import N_
from talentbank.web import cookies, once
from talentbank.web.desk import SAFE_METHODS, SessionOver, page_of
from talentbank.web.fields import DATE_TOO_FAR, NO_DATE
from talentbank.web.pages import Page, render

log = structlog.get_logger("talentbank")

TITLES = {
    400: N_("请求有误"),
    401: N_("请先登录"),
    403: N_("没有权限"),
    404: N_("没有找到"),
    405: N_("不支持的操作"),
    409: N_("未能办理"),
    413: N_("内容过大"),
    422: N_("填写有误"),
    429: N_("请稍后再试"),
    500: N_("系统出错"),
    503: N_("系统暂时不可用"),
}
TEXTS = {
    400: N_("浏览器发来的内容无法识别，未做任何改动。请返回后重试。"),
    404: N_("您访问的页面不存在。请检查地址，或从导航进入。"),
    405: N_("这个地址不支持该操作。请从页面上的按钮办理。"),
    500: N_("系统没有完成这次办理，未做任何改动。请把请求编号告诉系统管理员。"),
    503: N_("数据库正忙、只读或无法访问，未做任何改动。请稍后重试；如持续出现，请系统管理员检查数据库。"),
}
CONFLICT = N_("这条记录刚刚被其他人更新，您的修改没有保存。请载入最新内容后再办理。")
TOO_LARGE = N_("上传的内容过大：上限为 %(limit)s MB。请压缩或拆分后再上传。")
FIELDS_WRONG = N_("有 %(count)s 处需要修改")

FIELD_TEXTS = {
    "missing": N_("请填写"),
    "string_too_short": N_("至少 %(min_length)s 个字"),
    "string_too_long": N_("最多 %(max_length)s 个字"),
    "greater_than": N_("必须大于 %(gt)s"),
    "greater_than_equal": N_("不能小于 %(ge)s"),
    "less_than": N_("必须小于 %(lt)s"),
    "less_than_equal": N_("不能大于 %(le)s"),
    "enum": N_("请从列表中选择"),
    "literal_error": N_("请从列表中选择"),
    "bool_parsing": N_("请选择是或否"),
    "string_pattern_mismatch": N_("格式不对"),
    "day_too_far": DATE_TOO_FAR,
}
NUMBER, WRONG = N_("请输入数字"), N_("填写有误")


def page_for(request: Request) -> Page:
    """The frame of this request: the one its guard made, or one for a visitor nobody knows."""
    made: Page | None = getattr(request.state, "page", None)
    return made or page_of(request, None)


def answer(
    request: Request,
    status: int,
    text: str,
    *,
    title: str = "",
    details: Sequence[tuple[str, str, str]] = (),
    sign_in: bool = False,
) -> Response:
    """A refusal as a whole page, or as the part that HTMX puts beside what was typed. Texts are translated already."""
    page = page_for(request)
    with i18n.speaking(page.language):
        head = title or i18n.gettext(TITLES.get(status, TITLES[400]))
    context: dict[str, Any] = {
        "status": status,
        "title": head,
        "text": text,
        "details": details,
        "sign_in": sign_in,
        "show_number": status >= 500,
    }
    part = request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"
    html = render("parts/refusal.html" if part else "parts/refusal_page.html", page, context)
    response = HTMLResponse(html, status_code=status, headers={"Vary": "HX-Request"})
    if page.actor is None:
        cookies.keep_guest(request, response, request.app.state.settings)
    return response


def _said(request: Request, message: str, **facts: object) -> str:
    with i18n.speaking(page_for(request).language):
        return i18n.gettext(message, **facts)


def refused(request: Request, refusal: Refusal) -> Response:
    """The bank says no: its own sentence, under the refusal's own status."""
    htmx = request.headers.get("hx-request") == "true"
    if isinstance(refusal, SessionOver) and not htmx and request.method in SAFE_METHODS:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse("/login" if back == "/" else f"/login?back={_quoted(back)}", 303)
    log.info("refused", refusal=refusal.name, status=refusal.status)
    page = page_for(request)
    text = i18n.sentence(refusal, page.language)
    details: list[tuple[str, str, str]] = []
    if isinstance(refusal, BadInput) and "field" in refusal.facts:
        field = str(refusal.facts["field"])
        details = [(field, _field_name(request, field), _said(request, str(refusal.facts.get("reason", text))))]
        details = [(name, label, text if not refusal.facts.get("reason") else said) for name, label, said in details]
    return answer(request, refusal.status, text, details=details, sign_in=isinstance(refusal, SessionOver))


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="/")


def _field_name(request: Request, name: str) -> str:
    labels: Mapping[str, str] = request.app.state.field_labels
    with i18n.speaking(page_for(request).language):
        return i18n.gettext(labels[name]) if name in labels else i18n.said(name)


def _field_text(error: Mapping[str, Any]) -> str:
    kind, facts = str(error["type"]), dict(error.get("ctx") or {})
    if kind in FIELD_TEXTS:
        return i18n.gettext(FIELD_TEXTS[kind], **facts) if facts else i18n.gettext(FIELD_TEXTS[kind])
    if kind.startswith(("int", "float", "decimal")):
        return i18n.gettext(NUMBER)
    if kind.startswith("date"):
        return i18n.gettext(NO_DATE)
    if kind in ("amount", "rate", "day") or kind.startswith("said"):
        return i18n.gettext(str(error["msg"]))
    return i18n.gettext(WRONG)


def invalid(request: Request, wrong: RequestValidationError) -> Response:
    """Fields that cannot be right: each is named, what was typed stays in the form."""
    if any(error["loc"][0] == "path" for error in wrong.errors()):
        return answer(request, 404, _said(request, TEXTS[404]))
    details: list[tuple[str, str, str]] = []
    with i18n.speaking(page_for(request).language):
        for error in wrong.errors():
            name = str(error["loc"][-1])
            # An empty field of a form arrives as an empty text or not at all: both mean "please fill in".
            text = i18n.gettext(FIELD_TEXTS["missing"]) if error.get("input") in ("", None) else _field_text(error)
            details.append((name, _field_name(request, name), text))
        title = i18n.gettext(FIELDS_WRONG, count=len(details))
    return answer(request, 422, title, title=title, details=details)


def unavailable(request: Request, error: Exception) -> Response:
    """The database is locked, read-only, missing or of another version."""
    log.error("database", kind=type(error).__name__)
    if request.headers.get("hx-request") != "true":
        request.state.page = page_of(request, None)
    return answer(request, 503, _said(request, TEXTS[503]))


def stopped(request: Request, error: HTTPException) -> Response:
    """What the framework itself refuses: unknown addresses, wrong methods, bodies too large."""
    if error.status_code == 413:
        limit = request.app.state.settings.max_upload_bytes // (1024 * 1024)
        return answer(request, 413, _said(request, TOO_LARGE, limit=limit or 1))
    return answer(request, error.status_code, _said(request, TEXTS.get(error.status_code, TEXTS[400])))


def too_long_for_a_column(request: Request, error: DatabaseError) -> Response:
    """A number that no column holds names nothing that is there; every other error of the database is ours.

    While another query's row waits to be read, SQLite's driver tells that overflow as an error of the database, with the
    overflow behind it.
    """
    if not isinstance(getattr(error.orig, "__context__", None), OverflowError):
        raise error
    return answer(request, 404, _said(request, TEXTS[404]))


async def broken(request: Request, error: Exception) -> Response:
    """We are wrong, or something nobody thought of: the request's number, and nothing of the inside."""
    del error  # told to the log by the telemetry, never to the page
    return await run_in_threadpool(answer, request, 500, _said(request, TEXTS[500]))


def register(app: FastAPI) -> None:
    """Tell the application who answers what."""
    app.add_exception_handler(Refusal, lambda request, error: refused(request, error))
    app.add_exception_handler(RequestValidationError, lambda request, error: invalid(request, error))
    app.add_exception_handler(HTTPException, lambda request, error: stopped(request, error))
    app.add_exception_handler(StaleDataError, lambda request, _: answer(request, 409, _said(request, CONFLICT)))
    app.add_exception_handler(OperationalError, unavailable)
    # A number that no column holds names nothing that is there.
    for kind in (OverflowError, DataError):
        app.add_exception_handler(kind, lambda request, _: answer(request, 404, _said(request, TEXTS[404])))
    app.add_exception_handler(DatabaseError, too_long_for_a_column)  # type: ignore[arg-type]
    app.add_exception_handler(DatabaseUnusable, unavailable)
    app.add_exception_handler(once.AnsweredBefore, lambda _, error: error.answer)
