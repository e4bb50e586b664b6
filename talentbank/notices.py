"""Notices in the reader's language. A workflow leaves a `Message` with a word and its facts (a JSON object as body);
here stand the sentences. What carries no known word is shown as it was written.
"""

from __future__ import annotations

import json
from typing import Any

from models.journal import Message
from models.values.money import Money
from talentbank.i18n import N_, gettext

TITLES = {
    "review.invited": N_("请您评审"),
    "servicing.due_soon": N_("还款即将到期"),
    "inspection.due_soon": N_("贷后检查即将到期"),
    "inspection.overdue": N_("贷后检查已逾期"),
}
SENTENCES = {
    "review.invited": N_("申请 %(number)s（第 %(round)s 轮）请您打分，截止日 %(due_on)s。"),
    "servicing.due_soon": N_("贷款 %(number)s 将于 %(payable_on)s 应还 %(fen)s，请提醒借款人备款。"),
    "inspection.due_soon": N_("贷款 %(number)s 的%(kind)s应于 %(due_on)s 前完成。"),
    "inspection.overdue": N_("贷款 %(number)s 的%(kind)s应于 %(due_on)s 完成，现已逾期，请尽快检查并登记。"),
}


def title(message: Message) -> str:
    """The heading of a notice."""
    return gettext(TITLES.get(message.subject, message.subject))


def text(message: Message) -> str:
    """What a notice says, filled with its facts; an older notice whose facts no longer fit is shown as it stands."""
    wanted, facts = SENTENCES.get(message.subject), _facts(message.body)
    if wanted is None or facts is None:
        return gettext(message.body) if message.body else ""
    try:
        return gettext(wanted, **facts)
    except KeyError:
        return message.body


def _facts(body: str) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    # Amounts travel as whole fen; a reader wants them as money.
    return found | ({"fen": Money(found["fen"])} if type(found.get("fen")) is int else {})
