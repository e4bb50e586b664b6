"""What the bank could offer: opinion, score sheet, exposure and rules brought together, with nothing written."""

from __future__ import annotations

import pytest
from committee import a_facility, advised, advised_by, fund
from people import ON, an_application
from sqlmodel import select

from models.decision import Ceiling, Decision
from models.states.application import Stage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from workflows import decision, offering
from workflows.scoring_desk import latest_sheet


class TestTheOffer:
    def test_brings_opinion_score_sheet_exposure_and_rules_together_and_writes_nothing(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            offer = decision.propose_offer(session, application=application, on=ON)
            sheet = latest_sheet(session, application)
            assert (offer.amount, offer.binding) == (Money.wan(400), Ceiling.REQUEST)
            assert offer.part(Ceiling.SECURITY).inputs["pledge_value_fen"] == sheet.pledge_value.fen
            assert offer.part(Ceiling.BANK_SINGLE).inputs["why"] == "no_capital"
            assert application.stage is Stage.OPINION_ISSUED
            assert session.exec(select(Decision)).first() is None

    def test_takes_term_and_guaranteed_share_from_the_opinion_unless_the_committee_asks_otherwise(
        self, sqlite_database
    ):
        with sqlite_database.write() as session:
            fund(session)
            application = an_application(session, stage=Stage.SCORED)
            advised_by(session, application, term_months=12, guarantee_share=Rate.of("0.5"))
            offer = decision.propose_offer(session, application=application, on=ON)
            assert (offer.term_months, offer.guarantee_share) == (12, Rate.of("0.5"))
            other = decision.propose_offer(
                session, application=application, on=ON, term_months=24, guarantee_share=Rate(0)
            )
            assert (other.term_months, other.guaranteed) == (24, ZERO)
            assert other.rate > offer.rate

    def test_costs_what_the_open_facilities_cost_weighted_by_their_commitments(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            a_facility(session, Money.wan(20_000), "0.0600")
            a_facility(session, Money.wan(10_000), "0.0660")
            offer = decision.propose_offer(session, application=application, on=ON)
            assert (offer.price_parts[0].ppm, offer.price_parts[0].inputs["source"]) == (62_000, "facilities")

    def test_needs_a_score_sheet_and_an_opinion(self, sqlite_database):
        with sqlite_database.write() as session:
            fund(session)
            with pytest.raises(offering.NotScored):
                decision.propose_offer(session, application=an_application(session, stage=Stage.DUE_DILIGENCE), on=ON)
            with pytest.raises(offering.NoOpinion):
                decision.propose_offer(session, application=an_application(session, stage=Stage.SCORED), on=ON)
