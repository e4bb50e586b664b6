"""Steps that cannot be taken back: what was typed is shown once more, and only a second yes lets it happen.

The route asks `confirmed(form)`; if not, it answers with `ask(…)`: the same form's answer slot then shows what will
happen and a button that sends the form again. Nothing is written in between, and the form's key is not used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from talentbank.web.desk import Desk

NOT_YET = 428
"""Precondition required (RFC 6585): the request is right, but it has to be confirmed."""


def ask(
    desk: Desk,
    *,
    title: str,
    facts: Sequence[tuple[str, Any]],
    submit: str,
    warning: str = "",
    amount: Any = None,
    code: bool = False,
) -> Response:
    """Answer with the question. Texts are messages, translated here; `facts` are labels with their values, which are said
    as sentences say them (money with its unit, rates in per cent).

    `amount` is repeated in figures and in capitals; `code` asks for the one-time code of the post.
    """
    return desk.show(
        "parts/confirm_page.html",
        block="question",
        status=NOT_YET,
        title=title,
        facts=[(label, value if isinstance(value, str) else desk.words(value)) for label, value in facts],
        submit=submit,
        warning=warning,
        amount=amount,
        code=code,
        fields=[(name, value) for name, value in desk.sent_fields if name not in ("csrf", "once", "confirmed")],
    )
