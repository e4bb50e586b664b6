"""Holdings, conversions and awards in lists."""

from __future__ import annotations

import pytest
from bad_loans import (
    LATER,
    SOLD,
    TALENT_OFFICE,
    VENTURE_APPROVER,
    a_founded_firm,
    a_held_case,
    a_proposed_conversion,
    endow_all,
)
from credit import yuan

from models.equity import Origin
from models.firm import Firm
from models.queries.cap_tables import cap_table
from models.queries.holdings import (
    award_by_number,
    award_rows,
    conversion_by_number,
    conversion_rows,
    holding_by_number,
    holding_rows,
    rounds_of,
    values_of,
)
from models.refusals import NotThere
from models.states.aftercare import AwardStage, ConversionStage, HoldingStage
from workflows import equity


@pytest.fixture
def story(database):
    """A holding from a conversion, one from a round that was followed, and an award that is proposed."""
    with database.write() as session:
        endow_all(session)
        by = {"by": VENTURE_APPROVER, "on": SOLD, "at": LATER}
        conversion = a_proposed_conversion(session, a_held_case(session))
        equity.approve_conversion(session, conversion=conversion, **by)
        converted = equity.convert(session, conversion=conversion, **by)
        firm = a_founded_firm(session)
        followed = equity.follow_on(
            session,
            firm=firm,
            lead="示例基金",
            pre_money=yuan(30_000_000),
            raised=yuan(3_000_000),
            followed=yuan(1_000_000),
            **by,
        )
        award = equity.propose_award(
            session, firm=firm, title="创业启动资金", amount=yuan(1), by=TALENT_OFFICE, on=SOLD, at=LATER
        )
        yield session, converted, followed, award, conversion


class TestTheListOfHoldings:
    def test_shows_share_and_multiple(self, story):
        session, converted, followed, _, _ = story
        rows, total = holding_rows(session, sort="number")
        assert ([row.id for row in rows], total) == ([converted.id, followed.id], 2)
        assert (rows[0].share_ppm, rows[0].multiple_ppm) == (90_909, 1_000_000)

    def test_is_filtered_and_paged_in_the_database(self, story):
        session, converted, followed, _, _ = story
        assert [row.id for row in holding_rows(session, origin=Origin.FOLLOW_ON)[0]] == [followed.id]
        assert holding_rows(session, stage=HoldingStage.EXITED) == ([], 0)
        assert [row.id for row in holding_rows(session, text=converted.number.lower())[0]] == [converted.id]
        page, total = holding_rows(session, sort="what", limit=1, offset=1)
        assert ([row.id for row in page], total) == ([converted.id], 2)

    def test_leads_to_values_and_rounds(self, story):
        session, converted, followed, _, _ = story
        assert [value.value for value in values_of(session, converted)] == [yuan(3_000_000)]
        firm = session.get_one(Firm, followed.firm_id)
        assert [row.lead for row in rounds_of(session, firm)] == ["示例基金"]
        assert sum(line.share_ppm for line in cap_table(session, firm, SOLD)) in range(999_998, 1_000_003)


class TestTheOtherLists:
    def test_show_conversions_and_awards(self, story):
        session, _, _, award, conversion = story
        rows, total = conversion_rows(session, stage=ConversionStage.DONE)
        assert ([row.id for row in rows], total) == ([conversion.id], 1)
        rows, total = award_rows(session, stage=AwardStage.PROPOSED, text="宁波")
        assert ([row.id for row in rows], total) == ([award.id], 1)

    def test_lead_to_one_row(self, story):
        session, converted, _, award, conversion = story
        assert holding_by_number(session, converted.number).id == converted.id
        assert award_by_number(session, award.number).id == award.id
        assert conversion_by_number(session, conversion.number).id == conversion.id
        with pytest.raises(NotThere):
            award_by_number(session, "TBW-2012-9999")
