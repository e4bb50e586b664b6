"""Every reason, stop and part of an offer has its words in both languages, with the facts that it carries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scoring
from models.application import Stop
from models.decision import Ceiling, PriceElement
from scoring.reasons import Reason
from talentbank import reason_words
from talentbank.i18n import catalogue, speaking

CODES = re.compile(r'"((?:reputation|ip|firm|grade)\.[a-z_]+)"')
PARTS_OF_A_FIRM = ("growth", "margin", "research", "solvency")


def codes_in_scoring() -> set[str]:
    """The reason codes that the sources of `scoring/` name, and the ones put together from a firm's parts."""
    found: set[str] = set()
    for file in Path(scoring.__file__).parent.glob("*.py"):
        found |= set(CODES.findall(file.read_text(encoding="utf-8")))
    return found | {f"firm.{part}{known}" for part in PARTS_OF_A_FIRM for known in ("", "_unknown")}


class TestEveryReason:
    def test_that_scoring_gives_has_a_sentence_and_no_sentence_is_left_over(self):
        assert codes_in_scoring() == set(reason_words.REASONS)

    def test_is_said_in_both_languages(self):
        english = catalogue("en")
        for message in (*reason_words.REASONS.values(), *reason_words.STOPS.values()):
            assert english.get(message), message
            assert set(re.findall(r"%\((\w+)\)", english[message])) == set(re.findall(r"%\((\w+)\)", message))

    def test_is_said_with_amounts_rates_dates_and_words_of_the_glossary(self):
        secures = Reason(
            "ip.secures",
            0,
            {
                "number": "200910000001.9",
                "title": "一种示例材料",
                "low_fen": 150_000_000,
                "pledge_rate_ppm": 400_000,
                "pledged_fen": 0,
                "value_fen": 60_000_000,
            },
        )
        said = reason_words.say(secures)
        assert "一种示例材料" in said
        assert "40" in said
        barred = Reason("ip.barred", 0, {"number": "x", "title": "y", "bars": ["not_owner", "disputed"]})
        assert "出质人不是登记的权利人、权属有争议或被保全" in reason_words.say(barred)
        designated = Reason(
            "reputation.designation", 40, {"plan": "千人计划", "level": "national", "selected_on": "2011-03-01"}, 45
        )
        with speaking("en"):
            assert "Selected by 千人计划 (National)" in reason_words.say(designated)


class TestEveryStop:
    @pytest.mark.parametrize("stop", Stop)
    def test_says_what_has_to_be_done(self, stop):
        said = reason_words.say_stop(stop.value, {"plans": ["千人计划"], "size": "large"})
        assert said
        assert "%(" not in said


class TestThePartsOfAnOffer:
    @pytest.mark.parametrize("name", [one for one in Ceiling if one is not Ceiling.GRADE])
    def test_of_the_amount_have_a_name_and_a_formula(self, name):
        assert reason_words.say_part(name.value) != name.value
        assert reason_words.say_formula(name.value)

    @pytest.mark.parametrize("name", list(reason_words.PRICE_FORMULAS))
    def test_of_the_price_have_a_name_and_a_formula(self, name):
        assert isinstance(name, PriceElement)
        assert reason_words.say_part(name.value) != name.value
        assert reason_words.say_formula(name.value)

    def test_say_why_they_do_not_bind(self):
        assert reason_words.say_why({"inputs": {"why": "no_capital", "share_ppm": 1}})
        assert reason_words.say_why({"inputs": {"share_ppm": 1}}) == ""
