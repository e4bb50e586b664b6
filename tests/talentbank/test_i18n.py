"""Two languages: Chinese in the code, English complete, domain words from the glossary."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from models.refusals import NotAllowed
from models.roles import Role
from models.states.machine import MoveNotOpen
from models.values.money import Money
from talentbank import i18n, i18n_extract
from workflows.moves import SameHand

FACT = re.compile(r"%\((\w+)\)[sd]")


def messages():
    for file in sorted((i18n.LOCALE / "en").rglob("*.po")):
        with file.open("rb") as po:
            for message in read_po(po):
                if message.id:
                    yield file.name, message


class TestTheEnglishCatalogue:
    def test_has_every_message_of_screens_and_refusals(self):
        lacking = [f"{place}: {text}" for text, place in i18n_extract.untranslated()]
        shown = "\n".join(lacking[:12])
        assert not lacking[:1], (
            f"{len(lacking)} lack English; python -m talentbank.i18n_extract prints the entries to fill in:\n{shown}"
        )

    def test_has_no_empty_nor_uncertain_entry(self):
        assert not [(file, m.id) for file, m in messages() if m.fuzzy or not str(m.string).strip()]

    def test_says_a_message_of_several_files_alike(self):
        seen: dict[str, str] = {}
        unlike = [(m.id, seen[m.id], m.string) for _, m in messages() if seen.setdefault(m.id, m.string) != m.string]
        assert not unlike

    def test_fills_in_the_same_facts(self):
        wrong = [(file, m.id) for file, m in messages() if set(FACT.findall(m.string)) != set(FACT.findall(str(m.id)))]
        assert not wrong

    def test_holds_nothing_that_is_not_used(self):
        assert i18n_extract.unused() == []


class TestASentence:
    def test_of_a_closed_move_names_stage_and_act_in_words(self):
        refusal = MoveNotOpen(subject="loan", verb="settle", stage="undrawn", open_from="active, defaulted")
        assert i18n.sentence(refusal) == "当前状态为“未提款”，不能办理“结清贷款”。请刷新页面查看最新状态。"
        assert "“Undrawn”, so “Settle the loan”" in i18n.sentence(refusal, "en")

    def test_of_four_eyes_names_the_earlier_acts(self):
        refusal = SameHand(act="application.approve", earlier="application.score, seat.score", person="李")
        assert "“信用评分、专家打分”" in i18n.sentence(refusal)
        assert "“Score, Score as an expert”" in i18n.sentence(refusal, "en")

    def test_of_a_missing_right_names_every_post_that_has_it(self):
        assert "“信贷经办、信贷复核”" in i18n.sentence(
            NotAllowed(act="loan.cancel", role="loan_officer, credit_reviewer")
        )

    def test_of_a_refusal_without_words_still_gives_its_facts(self):
        class Odd(MoveNotOpen):
            pass

        assert "Odd" in i18n.sentence(Odd(x=Money(150)), "en")


class TestWords:
    @pytest.mark.parametrize(("language", "said"), [("zh", "担保经办"), ("en", "Guarantee officer")])
    def test_come_from_the_glossary(self, language, said):
        with i18n.speaking(language):
            assert i18n.word(Role.GUARANTEE_OFFICER) == said
            assert i18n.stage("watch_case", "cleared") in ("已解除", "Cleared")
            assert i18n.act("claim", "pay") in ("支付代偿款", "Pay compensation")
