"""Every way in which the counter and the joint review decline has its sentence, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from models.journal import Message
from models.refusals import Refusal
from models.review import Dimension, TieKind
from models.values.checked_number import NumberKind, Reason
from talentbank import i18n, notices
from talentbank.sentences import refusals
from workflows import (
    applying,
    documents,
    given,
    intake_firms,
    intake_ip,
    intake_talents,
    ownership,
    review_opinion,
    review_panel,
    review_roster,
    review_sheets,
)
from workflows.given import CheckDigitWrong
from workflows.review_opinion import BelowTheMark
from workflows.review_panel import ExpertTied

MODULES = (
    applying,
    documents,
    given,
    intake_firms,
    intake_ip,
    intake_talents,
    ownership,
    review_opinion,
    review_panel,
    review_roster,
    review_sheets,
)


def own_refusals() -> Iterator[type[Refusal]]:
    for module in MODULES:
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Refusal) and thing.__module__ == module.__name__:
                yield thing


@pytest.mark.parametrize("kind", tuple(own_refusals()), ids=lambda kind: kind.__name__)
def test_a_refusal_has_a_sentence_that_its_facts_fill(kind):
    wanted = re.findall(r"%\((\w+)\)s", refusals()[kind.__name__])
    for language in ("zh", "en"):
        said = i18n.sentence(kind(**dict.fromkeys(wanted, "firm")), language)
        assert "办理被拒绝" not in said
        assert "declined" not in said


def test_facts_are_said_in_the_readers_words():
    tied = ExpertTied(expert="冯示例", whom="宁波示例公司", kind=TieKind.KINSHIP)
    assert i18n.sentence(tied) == "专家“冯示例”与“宁波示例公司”存在亲属关系，须回避。请更换专家。"
    assert "(Kinship)" in i18n.sentence(tied, "en")
    number = CheckDigitWrong(
        field="id_number", kind=NumberKind.RESIDENT_ID, number="330***0013", why=Reason.CHECK, expected="3"
    )
    assert i18n.sentence(number).startswith("居民身份号码（330***0013）有误：校验位不符，正确的应为 3。")
    below = BelowTheMark(
        field="reasons", total="69.00", mark=70, floor=50, below=(Dimension.MARKET, Dimension.PROGRESS)
    )
    assert "市场前景、" in i18n.sentence(below)


def test_a_notice_is_said_in_the_readers_language_and_an_unknown_one_as_it_stands():
    invited = Message(subject="review.invited", body='{"number": "TBA-2012-0001", "round": 1, "due_on": "2012-11-21"}')
    assert notices.title(invited) == "请您评审"
    assert notices.text(invited) == "申请 TBA-2012-0001（第 1 轮）请您打分，截止日 2012-11-21。"
    with i18n.speaking("en"):
        assert notices.text(invited) == "Please score application TBA-2012-0001 (round 1) by 2012-11-21."
    for body, said in (("原文", "原文"), ("", ""), ("[1]", "[1]")):
        assert notices.text(Message(subject="别的", body=body)) == said
    assert notices.text(Message(subject="review.invited", body='{"number": "x"}')) == '{"number": "x"}'
