"""What the bank could offer on an application today: opinion, score sheet, exposure and rules brought together.

Nothing is written here. `workflows/decision.py` stands on it, and the committee's page shows it before anybody decides.

LOAN-08 holds one borrower to a share of the lender's capital. Where the bank's own book has capital, the limit is
measured on it and refuses. While no capital is booked, the lender of record is a partner bank (TB-12) that measures
the limit on its own capital: the part is then kept with the offer as not measured (`no_capital`), never left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application, ScoreSheet
from models.policies.rules import CreditRules, ExposureRules, GuaranteeRules, IntakeRules, ReviewRules
from models.queries.books import balance
from models.queries.clients import client_exposure, client_of, open_funding
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.review import Opinion
from models.values.money import ZERO, Money
from models.values.rate import MILLION, Rate
from scoring.features import MODEL
from scoring.offer import Offer, OfferInputs, make_offer
from workflows.applying import ProductUnknown
from workflows.scoring_desk import latest_sheet
from workflows.stating import latest_need


class NotScored(Refusal):
    """The application has no score sheet yet."""


class NoOpinion(Refusal):
    """The panel has not issued its opinion yet; it advises, but it has to be heard (TB-09)."""


class TermTooLong(BadInput):
    """A longer term than was asked for, or than the product allows, cannot be approved."""


class ShareNotPossible(BadInput):
    """A guaranteed share lies between nothing and all."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision rests on: the panel's opinion, the score sheet, the inputs of the offer, the rules in force."""

    opinion: Opinion
    sheet: ScoreSheet
    inputs: OfferInputs
    credit: CreditRules
    exposure: ExposureRules
    review: ReviewRules
    versions: dict[str, str]
    """Of every rule set that was read, by its kind."""

    def offer(self) -> Offer:
        """The offer that follows."""
        return make_offer(self.inputs, credit=self.credit, exposure=self.exposure)

    def record(self, on: date) -> dict[str, Any]:
        """What a decision keeps so that its offer can be made again: see `workflows/replaying.py`."""
        return {"model": MODEL, "on": on.isoformat(), "facts": self.inputs.as_dict(), "versions": self.versions}


def propose_offer(
    session: Session,
    *,
    application: Application,
    on: date,
    term_months: int | None = None,
    guarantee_share: Rate | None = None,
) -> Offer:
    """What could be offered today; term and guaranteed share are the opinion's unless given.

    Refuses with NotScored, NoOpinion, TermTooLong, ShareNotPossible, NoRulesInForce.
    """
    return basis_of(session, application, on=on, term_months=term_months, guarantee_share=guarantee_share).offer()


def basis_of(
    session: Session,
    application: Application,
    *,
    on: date,
    term_months: int | None = None,
    guarantee_share: Rate | None = None,
) -> Basis:
    """Everything that an offer and a decision rest on. Refuses as `propose_offer` does."""
    opinion, sheet = latest_opinion(session, application), latest_sheet(session, application)
    if sheet is None:
        raise NotScored(application=application.number)
    if opinion is None:
        raise NoOpinion(application=application.number)
    intake = rules_in_force(session, IntakeRules, on)
    credit = rules_in_force(session, CreditRules, on)
    exposure = rules_in_force(session, ExposureRules, on)
    guarantee = rules_in_force(session, GuaranteeRules, on)
    review = rules_in_force(session, ReviewRules, on)
    product = intake.products.get(application.product)
    if product is None:
        raise ProductUnknown(field="product", product=application.product)
    longest = min(application.term_months, product.max_term_months)
    term = min(opinion.term_months or longest, longest) if term_months is None else term_months
    if not 1 <= term <= longest:
        raise TermTooLong(field="term_months", asked=term, most=longest)
    share = next(one for one in (guarantee_share, opinion.guarantee_share, credit.guarantee_share) if one is not None)
    if not 0 <= share.ppm <= MILLION:
        raise ShareNotPossible(field="guarantee_share", given=share)
    estimate = latest_need(session, application)
    need_fen = estimate.allowed.fen if estimate else application.need.fen or None
    funding = open_funding(session)
    capital = bank_capital(session)
    inputs = OfferInputs(
        request_fen=application.amount.fen,
        need_fen=need_fen,
        product_cap_fen=product.max_amount.fen,
        term_months=term,
        pledge_value_fen=sheet.pledge_value.fen,
        reputation_line_fen=sheet.reputation_line.fen,
        ip_points=sheet.ip_points,
        reputation_points=sheet.reputation_points,
        firm_points=sheet.firm_points,
        panel_hundredths=opinion.total_hundredths,
        exposure_fen=client_exposure(session, client_of(session, application)).fen,
        commitments_fen=funding.commitments.fen if funding else None,
        capital_fen=capital.fen if capital else None,
        guarantee_share_ppm=share.ppm,
        guarantee_fee_ppm=guarantee.fee_rate.ppm,
        funding_cost_ppm=(funding.rate if funding else credit.funding_cost).ppm,
        funding_source="facilities" if funding else "rules",
    )
    versions = {rules.kind: rules.version for rules in (intake, credit, exposure, guarantee, review)}
    return Basis(opinion, sheet, inputs, credit, exposure, review, versions)


def latest_opinion(session: Session, application: Application) -> Opinion | None:
    """The newest opinion of a panel on the application, or None."""
    return session.exec(
        select(Opinion).where(Opinion.application_id == application.key).order_by(col(Opinion.id).desc()).limit(1)
    ).first()


def bank_capital(session: Session) -> Money | None:
    """The capital paid into the bank by its own book, or None while the lender of record is a partner bank."""
    capital = -balance(session, "bank.capital").net
    return capital if capital > ZERO else None
