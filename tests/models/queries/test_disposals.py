"""Disposal cases in lists."""

from __future__ import annotations

import pytest
from bad_loans import ASSET_MANAGER, SOLD, a_bad_loan, a_held_case, a_proposed_case, a_proposed_conversion, endow_all
from credit import AT, yuan

from models.disposal import Strategy
from models.queries.disposals import case_by_number, conversions_of, disposal_rows, disposal_sums, recoveries_of
from models.refusals import NotThere
from models.states.aftercare import DisposalStage
from workflows import disposal


@pytest.fixture
def cases(database):
    """A case that is held, of which 1,000 yuan came in, and one that is only proposed."""
    with database.write() as session:
        endow_all(session)
        held = a_held_case(session)
        disposal.collect(
            session, case=held, amount=yuan(1_000), source="回款", bank_ref="A", by=ASSET_MANAGER, on=SOLD, at=AT
        )
        a_proposed_conversion(session, held)
        proposed = a_proposed_case(session, a_bad_loan(session))
        yield session, held, proposed


class TestTheListOfCases:
    def test_shows_what_was_paid_and_what_came_in(self, cases):
        session, held, proposed = cases
        rows, total = disposal_rows(session, sort="number")
        assert [row.number for row in rows] == [held.number, proposed.number]
        assert total == 2
        assert (rows[0].collected, rows[0].cost) == (yuan(1_000), yuan(1_499_000))
        assert rows[1].collected == yuan(0)

    def test_is_filtered_in_the_database(self, cases):
        session, held, proposed = cases
        assert disposal_rows(session, stage=DisposalStage.HELD)[0][0].id == held.id
        assert disposal_rows(session, strategy=Strategy.COLLECT) == ([], 0)
        by_firm, total = disposal_rows(session, firm_id=proposed.firm_id)
        assert ([row.id for row in by_firm], total) == ([proposed.id], 1)
        assert [row.id for row in disposal_rows(session, text=by_firm[0].firm)[0]] == [proposed.id]
        assert [row.id for row in disposal_rows(session, text=by_firm[0].loan.lower())[0]] == [proposed.id]

    def test_is_paged_in_a_stable_order_whatever_is_asked(self, cases):
        session, held, proposed = cases
        first, total = disposal_rows(session, sort="nonsense", limit=1)
        second, _ = disposal_rows(session, sort="nonsense", limit=1, offset=1)
        assert ([first[0].id, second[0].id], total) == ([proposed.id, held.id], 2)

    def test_is_counted_and_summed_by_stage(self, cases):
        session, held, _ = cases
        sums = disposal_sums(session)
        assert list(sums) == [DisposalStage.PROPOSED, DisposalStage.HELD]
        assert sums[DisposalStage.HELD].cost == yuan(1_499_000)
        assert sums[DisposalStage.HELD].claims == held.bank_claim + held.guarantor_claim

    def test_leads_to_one_case_with_its_story(self, cases):
        session, held, _ = cases
        assert case_by_number(session, held.number).id == held.id
        assert [row.amount for row in recoveries_of(session, held)] == [yuan(1_000)]
        assert len(conversions_of(session, held)) == 1
        with pytest.raises(NotThere):
            case_by_number(session, "TBD-2012-9999")
