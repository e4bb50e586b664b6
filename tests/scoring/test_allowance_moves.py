"""How an allowance came from one reckoning to the next: the table closes to the fen, whatever happened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.lending.loss_stage import LossStage
from scoring.allowance_moves import Held, moves

FIRST, SECOND, THIRD = LossStage


def held(loan_id, stage, outstanding, allowance, product="startup"):
    return Held(loan_id, product, stage, outstanding, allowance)


class TestTheTable:
    def test_tells_new_loans_repayment_and_remeasurement_apart(self):
        table = moves([held(1, FIRST, 1000, 100)], [held(1, FIRST, 750, 80), held(2, FIRST, 500, 50)], used={})
        line = table["startup", FIRST]
        assert (line.opening, line.added, line.repaid, line.remeasured, line.closing) == (100, 50, -25, 5, 130)

    def test_takes_an_allowance_along_to_another_stage(self):
        table = moves([held(1, FIRST, 1000, 10)], [held(1, THIRD, 1000, 600)], used={})
        assert (table["startup", FIRST].transferred, table["startup", FIRST].closing) == (-10, 0)
        line = table["startup", THIRD]
        assert (line.transferred, line.remeasured, line.closing) == (10, 590, 600)

    def test_shows_what_a_write_off_used_at_the_loan_that_left(self):
        table = moves([held(1, THIRD, 1000, 600), held(2, FIRST, 100, 1)], [held(2, FIRST, 100, 1)],
                      used={"startup": 700}, gone_bad={1})  # fmt: skip
        line = table["startup", THIRD]
        assert (line.opening, line.used, line.remeasured, line.closing) == (600, -700, 100, 0)

    def test_releases_what_stood_behind_a_loan_that_was_paid(self):
        line = moves([held(1, FIRST, 1000, 10)], [], used={})["startup", FIRST]
        assert (line.repaid, line.closing) == (-10, 0)

    def test_takes_over_what_stood_before_the_first_reckoning(self):
        line = moves([], [held(1, FIRST, 100, 3)], used={}, carried={"startup": 50})["startup", FIRST]
        assert (line.opening, line.remeasured, line.added, line.charged, line.closing) == (50, -50, 3, -47, 3)


LOANS = st.dictionaries(
    st.integers(1, 8),
    st.tuples(st.sampled_from(["startup", "rd_centre"]), st.sampled_from(list(LossStage)), st.integers(1, 10**9),
              st.integers(0, 10**9)),
)  # fmt: skip


@given(before=LOANS, now=LOANS, used=st.integers(-1000, 10**6), gone=st.sets(st.integers(1, 8)))
def test_it_closes_on_what_is_needed_now(before, now, used, gone):
    """And what goes through profit and loss is the target less what the books still held."""
    old = [Held(key, *rest) for key, rest in before.items()]
    new = [Held(key, before[key][0] if key in before else rest[0], *rest[1:]) for key, rest in now.items()]
    table = moves(old, new, used={"startup": used}, gone_bad=gone - now.keys())
    for product in ("startup", "rd_centre"):
        lines = [line for (one, _), line in table.items() if one == product]
        opening = sum(one.allowance for one in old if one.product == product)
        closing = sum(one.allowance for one in new if one.product == product)
        taken = used if product == "startup" else 0
        assert sum(line.opening for line in lines) == opening
        assert sum(line.transferred for line in lines) == 0
        assert sum(line.closing for line in lines) == closing
        assert sum(line.charged for line in lines) == closing - (opening - taken)
    for stage in LossStage:
        for product in ("startup", "rd_centre"):
            here = sum(one.allowance for one in new if (one.product, one.stage) == (product, stage))
            if (product, stage) in table:
                assert table[product, stage].closing == here
