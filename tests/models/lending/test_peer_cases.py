"""Cases of other systems' test suites (`shared/data/schedules`): what the product supports comes out as they print it.

`peer_cases.answer` maps a case's conventions to our functions, `peer_scorer` compares. A convention that no user of ours
would choose is left out, with its reason in docs/formulas.md.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import peer_scorer
import pytest
from peer_cases import LEFT_OUT, ROOT, answer, why_not

CASES = ROOT.parent / "shared" / "data" / "schedules"
PAGE = ROOT / "docs" / "formulas.md"

PASSING = 97
SUPPORTED = 65

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="../shared/data has no schedule cases")


@cache
def all_cases():
    return list(peer_scorer.cases_in(CASES))


def differences(case):
    """None where the product has no such convention, else what differs from the case's expected figures."""
    got = answer(peer_scorer.question(case))
    return None if got is None else peer_scorer.differences(case, got)


@pytest.mark.parametrize("source", sorted({case["source"]["name"] for case in all_cases()}))
def test_every_supported_case_comes_out_alike(source):
    wrong = {}
    for case in all_cases():
        if case["source"]["name"] == source and (bad := differences(case)):
            wrong[case["id"]] = bad[:3]
    tried = [case for case in all_cases() if case["source"]["name"] == source and why_not(case) is None]
    assert len(wrong) * 100 <= len(tried) * (100 - PASSING), wrong


def test_most_cases_are_supported():
    left_out = Counter(why_not(case) for case in all_cases())
    assert left_out.pop(None) * 100 >= SUPPORTED * len(all_cases()), left_out


def test_an_answer_is_read_from_the_conventions_alone():
    """The same questions without names, sources and titles get the same answers."""
    for case in all_cases()[::7]:
        nameless = {
            key: value for key, value in peer_scorer.question(case).items() if key in ("kind", "input", "expected")
        }
        assert answer(nameless) == answer(peer_scorer.question(case))


def test_the_scorer_would_notice_a_wrong_figure():
    case = next(case for case in all_cases() if case["kind"] == "schedule" and why_not(case) is None)
    got = answer(peer_scorer.question(case))
    field = next(key for key in got if key != "rows")
    assert peer_scorer.differences(case, got | {field: "1.23"})


def test_what_is_left_out_stands_on_the_page_with_its_reason():
    page = PAGE.read_text(encoding="utf-8")
    assert [one for one, why in LEFT_OUT.items() if f"| {one} | {why} |" not in page] == []
