"""Planted truth (ledger.md D14): ten thousand lines with every trick of the trade; what is matched by rule is right."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.banking.matching import Booked, Expected, Hint, Line, Match, Rule, match, numbers_in, plain_name

START = date(2012, 11, 1)
DAYS = 300
COVERED = (START - timedelta(days=30), START + timedelta(days=DAYS + 30))
SURNAMES = ["海天", "海田", "海天新", "东方", "东方红", "启明", "启铭", "北仑", "甬江", "江甬"]
TRADES = ["软件", "生物", "材料", "精密仪器"]


@dataclass
class World:
    """Lines and movements, and which belong together: written down while they are made, before any rule sees them."""

    seed: int
    lines: list[Line] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    truth: list[tuple[frozenset[int], frozenset[int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.key = 0
        self.firms = [f"宁波{a}{b}有限公司" for a in SURNAMES for b in TRADES]
        self.loans = {
            name: [f"TBL-2012-{place * 3 + n:04d}" for n in range(3)] for place, name in enumerate(self.firms)
        }

    def next(self) -> int:
        self.key += 1
        return self.key

    def day(self) -> date:
        return START + timedelta(days=self.dice.randrange(DAYS))

    def fen(self) -> int:
        """Amounts that come again and again, and some that are a fen beside another."""
        usual = self.dice.choice([50_000_00, 100_000_00, 30_066_67, 20_500_00, 1_000_000_00])
        return usual if self.dice.random() < 0.5 else usual + self.dice.randrange(-50, 51)

    def spelt(self, name: str) -> str:
        """As a bank may write it: wide blanks, brackets of either width, cut off."""
        return self.dice.choice(
            [name, name, name, name.replace("宁波", "宁波 "), name.replace("有限", "（有限）"), name[:-4]]
        )

    def line(self, on: date, fen: int, **more: str) -> int:
        key = self.next()
        self.lines.append(Line(key, on, fen, **more))
        return key

    def book(self, on: date, fen: int, ref: str, name: str, loan: str, undoes: int | None = None) -> int:
        key = self.next()
        numbers = frozenset({loan, f"TBR-2012-{key:05d}"})
        self.booked.append(Booked(key, on, fen, ref, (name,), numbers, undoes))
        return key

    def same(self, lines: set[int], booked: set[int]) -> None:
        self.truth.append((frozenset(lines), frozenset(booked)))

    def happen(self) -> None:
        """One thing that happens between a bank, its customers and the people who type it in."""
        dice = self.dice
        name = dice.choice(self.firms)
        loan, other_loan = dice.sample(self.loans[name], 2)
        on, fen, ref = self.day(), self.fen(), f"B{self.next():08d}"
        shifted = on + timedelta(days=dice.choice([0, 0, 0, 1, 2, 3, -1, 6, 9]))
        memo = dice.choice(["还款", f"还款 {loan}", f"{loan} 利息", "货款", ""])
        facts = {"ref": ref, "name": self.spelt(name), "memo": memo}
        match dice.randrange(17):
            case 0 | 1 | 2 | 3:
                self.same({self.line(on, fen, **facts)}, {self.book(shifted, fen, ref, name, loan)})
            case 4 | 5:  # typed in without the bank's reference
                facts["ref"] = dice.choice([ref, ""])
                self.same({self.line(on, fen, **facts)}, {self.book(shifted, fen, f"凭证{ref}", name, loan)})
            case 6:  # one line for several dues, taken as parts
                rest = dice.randrange(1, fen)
                line = self.line(on, fen, **facts)
                parts = {
                    self.book(shifted, rest, f"{ref}~1", name, loan),
                    self.book(shifted, fen - rest, f"{ref}~2", name, other_loan),
                }
                self.same({line}, parts)
            case 7:  # one line that names its parts
                rest = dice.randrange(1, fen)
                one = self.book(shifted, rest, f"V{ref}1", name, loan)
                two = self.book(on, fen - rest, f"V{ref}2", name, other_loan)
                facts["ref"] = dice.choice([ref, "", ""])
                facts["memo"] = f"合并还款 TBR-2012-{one:05d} TBR-2012-{two:05d}"
                self.same({self.line(on, fen, **facts)}, {one, two})
            case 8:  # the line comes twice, once of them is true
                true = self.line(on, fen, **facts)
                self.line(on + timedelta(days=dice.choice([0, 0, 1])), fen, **facts)
                self.same({true}, {self.book(shifted, fen, ref, name, loan)})
            case 9:  # bounced, never booked
                there = self.line(on, fen, **facts)
                back_ref = dice.choice([ref, f"R{ref}"])
                back = self.line(on + timedelta(days=2), -fen, ref=back_ref, name=facts["name"], memo=f"退票 {ref}")
                self.same({there, back}, set())
            case 10:  # bounced, booked and reversed
                there = self.line(on, fen, **facts)
                back = self.line(on + timedelta(days=2), -fen, ref=ref, name=facts["name"], memo="冲正")
                taken = self.book(shifted, fen, ref, name, loan)
                undone = self.book(on + timedelta(days=3), -fen, ref, name, loan, undoes=taken)
                self.same({there}, {taken})
                self.same({back}, {undone})
            case 11:  # taken for the wrong loan, reversed, taken for the right one
                line = self.line(on, fen, **facts)
                wrong = self.book(shifted, fen, ref, name, other_loan)
                undone = self.book(shifted + timedelta(days=1), -fen, ref, name, other_loan, undoes=wrong)
                right = self.book(shifted + timedelta(days=1), fen, f"{ref}~2", name, loan)
                self.same({line}, {right})
                self.same(set(), {wrong, undone})
            case 12:  # paid twice in a week, one of them is booked
                self.line(on, fen, **facts)
                second = self.line(
                    on + timedelta(days=dice.randrange(6)), fen, ref=f"{ref}9", name=facts["name"], memo=facts["memo"]
                )
                self.same({second}, {self.book(shifted, fen, f"凭证{ref}", name, loan)})
            case 13:  # the reference of somebody else was typed in
                stolen = dice.choice(self.booked).ref if self.booked else ref
                self.line(on, fen, **facts)
                self.book(shifted, fen, f"{stolen}X", dice.choice(self.firms), dice.choice(self.loans[name]))
            case 14:  # only on the statement: charges, strangers
                self.line(on, dice.choice([-15_00, -20_00, fen, -fen]), ref=dice.choice([ref, ""]), memo="手续费")
            case 15:  # typed in by mistake, and undone
                taken = self.book(on, fen, ref, name, loan)
                self.same(set(), {taken, self.book(on + timedelta(days=1), -fen, ref, name, loan, undoes=taken)})
            case _:  # only in the books: on its way
                self.book(on, dice.choice([fen, -fen]), ref, name, loan)


def a_world(lines: int, seed: int) -> World:
    world = World(seed)
    while len(world.lines) < lines:
        world.happen()
    world.dice.shuffle(world.lines)
    world.dice.shuffle(world.booked)
    return world


def wrong(world: World, made: tuple[Match, ...]) -> list[Match]:
    """Matches that are no planted truth. Of a line that came twice either copy will do: they are the same line."""
    twins: dict[tuple[object, ...], int] = {}
    first = {}
    for line in sorted(world.lines, key=lambda one: one.key):
        first[line.key] = twins.setdefault((line.on, line.fen, line.ref, line.name, line.memo), line.key)
    truth = {(frozenset(first[key] for key in lines), booked) for lines, booked in world.truth}
    return [one for one in made if (frozenset(first[key] for key in one.lines), frozenset(one.booked)) not in truth]


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(10_000, seed=14)


@pytest.fixture(scope="module")
def outcome(world):
    return match(world.lines, world.booked, covered=COVERED)


class TestPlantedTruth:
    def test_no_automatic_match_is_wrong(self, world, outcome):
        assert wrong(world, outcome.matches) == []
        assert len(outcome.matches) > 3_000

    def test_every_rule_has_found_something(self, outcome):
        by_hand = {Rule.BY_HAND, Rule.TAKEN_FROM_LINE}
        assert {one.rule for one in outcome.matches} == set(Rule) - by_hand

    def test_what_is_left_is_listed_exactly(self, world, outcome):
        taken = [key for one in outcome.matches for key in one.lines]
        booked = [key for one in outcome.matches for key in one.booked]
        assert len(set(taken)) == len(taken)
        assert len(set(booked)) == len(booked)
        assert sorted([*taken, *outcome.lines_left]) == sorted(one.key for one in world.lines)
        assert sorted([*booked, *outcome.booked_left]) == sorted(one.key for one in world.booked)

    def test_both_sides_of_a_match_are_equal_to_the_fen(self, world, outcome):
        fen = {one.key: one.fen for one in [*world.lines, *world.booked]}
        for one in outcome.matches:
            assert sum(fen[key] for key in one.lines) == sum(fen[key] for key in one.booked)

    def test_most_of_the_plain_ones_are_found(self, world, outcome):
        """Precision alone is had for nothing by matching nothing."""
        found = {(frozenset(one.lines), frozenset(one.booked)) for one in outcome.matches}
        assert len(found & set(world.truth)) / len(world.truth) > 0.45

    def test_a_rule_that_does_not_look_for_rivals_fails_the_same_drill(self, world):
        loose = match(world.lines, world.booked, covered=COVERED, careful=False)
        assert len(wrong(world, loose.matches)) > 100

    @pytest.mark.parametrize("seed", range(3))
    def test_holds_in_other_worlds_and_whatever_the_order(self, seed):
        world = a_world(2_000, seed=seed)
        outcome = match(world.lines, world.booked, covered=COVERED)
        assert wrong(world, outcome.matches) == []
        world.lines.reverse()
        world.booked.reverse()
        again = match(world.lines, world.booked, covered=COVERED)
        assert {(one.rule, one.lines, one.booked) for one in again.matches} == {
            (one.rule, one.lines, one.booked) for one in outcome.matches
        }


def a_line(key=1, on=START, fen=100, **facts) -> Line:
    return Line(key, on, fen, **({"ref": "B1", "name": "宁波示例有限公司"} | facts))


def a_booked(key=10, on=START, fen=100, ref="B1", loan="TBL-2012-0001", **facts) -> Booked:
    return Booked(key, on, fen, ref, ("宁波示例有限公司",), frozenset({loan}), **facts)


def rules(lines, booked, **more) -> list[Rule]:
    return [one.rule for one in match(lines, booked, covered=COVERED, **more).matches]


class TestAMatchByReference:
    def test_is_made_within_days_and_to_the_fen(self):
        assert rules([a_line()], [a_booked(on=START + timedelta(days=3))]) == [Rule.REFERENCE]

    @pytest.mark.parametrize(
        "other",
        [
            {"fen": 101}, {"fen": -100}, {"on": START + timedelta(days=11)}, {"name": "宁波别家有限公司"},
            {"memo": "还款 TBL-2012-0009"}, {"ref": "B2"},
        ],
    )  # fmt: skip
    def test_is_not_made_when_anything_speaks_against_it(self, other):
        assert rules([a_line(**other)], [a_booked()]) == []

    def test_is_not_made_for_one_of_two(self):
        assert rules([a_line(1), a_line(2)], [a_booked()]) == []
        assert rules([a_line()], [a_booked(10), a_booked(11)]) == []

    def test_is_not_made_with_a_receipt_that_was_undone(self):
        assert rules([a_line()], [a_booked(10), a_booked(11, fen=-100, undoes=10)]) == []


class TestAMatchWithoutReference:
    def test_needs_our_number_the_name_and_nobody_else(self):
        line = a_line(ref="", memo="还款TBL-2012-0001")
        assert rules([line], [a_booked()]) == [Rule.NUMBER_IN_MEMO]
        assert rules([line, a_line(2, ref="")], [a_booked()]) == []
        assert rules([replace(line, name="")], [a_booked()]) == []

    def test_waits_until_the_statements_are_complete(self):
        line, booked = a_line(ref="", memo="还款TBL-2012-0001"), a_booked()
        assert match([line], [booked]).matches == ()
        assert match([line], [booked], covered=(COVERED[0], START + timedelta(days=2))).matches == ()


class TestAProposal:
    def test_says_what_a_line_may_be(self):
        found = match([a_line(ref="B7")], [a_booked(ref="手工")], covered=COVERED)
        assert [(one.hint, one.booked) for one in found.proposals] == [(Hint.SAME_AMOUNT_AND_NAME, (10,))]

    def test_of_a_loan_with_dues_goes_by_name_or_number(self):
        due = [
            Expected("TBL-2012-0001", "宁波示例（有限）公司", START, 100),
            Expected("TBL-2012-0002", "别家", START, 100),
        ]
        found = match([a_line()], [], expected=due)
        assert [(one.hint, one.loan) for one in found.proposals] == [(Hint.DUE, "TBL-2012-0001")]

    def test_sums_up_what_is_open_under_one_name(self):
        found = match([a_line(ref="B7")], [a_booked(10, fen=60, ref="X"), a_booked(11, fen=40, ref="Y")])
        assert (Hint.SUM_OF_ONE_NAME, (10, 11)) in {(one.hint, one.booked) for one in found.proposals}

    def test_is_never_a_match_that_was_made(self):
        found = match([a_line()], [a_booked()], covered=COVERED)
        assert found.proposals == ()


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000))
def test_small_worlds_hold_too(seed):
    world = a_world(60, seed=seed)
    assert wrong(world, match(world.lines, world.booked, covered=COVERED).matches) == []


def test_names_and_numbers_are_read_as_people_write_them():
    assert plain_name(" 宁波 示例（科技）有限公司 ") == plain_name("宁波示例(科技)有限公司")
    assert numbers_in("ＴＢＬ－２０１２－０００１ 还款") == {"TBL-2012-0001"}
