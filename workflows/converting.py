"""Debt turned into equity (债权转股权) and part of a debt turned into equity (折比例入股): proposed with an appraisal,
approved by another person, then done in the books and in the firm's cap table at once (EQ-01 to EQ-06, EQ-23).

The bank never converts: it has sold its claim to the asset manager, who passes it to the venture company at the
appraised value; the venture company contributes it to the firm (EQ-01).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.disposal import DisposalCase
from models.equity import Conversion, Exclusion, Holding, Origin
from models.firm import Firm
from models.loan import Loan
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import CONVERSION, DISPOSAL, ConversionStage, DisposalStage
from models.values.money import Money
from models.values.rate import Rate
from scoring.equity_value import issue
from workflows import convertible, holdings, share_register
from workflows.booking import book
from workflows.collecting import AmountNotPositive, CaseNotHeld, nominal_left
from workflows.moves import move, note, require
from workflows.numbering import Series, next_number
from workflows.pledging import release_pledges
from workflows.posting import take_turn


class ConversionUnderWay(Refusal):
    """A conversion of this case has been proposed and is not over yet."""


class ValueAboveClaim(Refusal):
    """A claim cannot be contributed for more than is owed on it: it must not be over-valued (EQ-03)."""


class PartNotOfCost(Refusal):
    """A part that is to be converted must be above nought and within the case's cost."""


class ContributionTooSmall(Refusal):
    """The contribution would not make a fen of registered capital at this value of the firm."""


class CapTableMoved(Refusal):
    """The firm's registered capital is no longer the one the conversion was reckoned on."""


def propose_conversion(
    session: Session,
    *,
    case: DisposalCase,
    value: Money,
    pre_money: Money,
    appraiser: str,
    appraised_on: date,
    appraisal_method: str,
    resolution: str,
    part: Money | None = None,
    votes: Rate | None = None,
    found: Collection[Exclusion] = (),
    by: Actor,
    on: date,
    at: datetime,
) -> Conversion:
    """Propose what a claim becomes at an appraised value and the firm's value before it (EQ-04).

    `part` is the part of the case's cost that is converted; without it all is. `votes` is the share of votes for the
    increase, where it is known; `found` are reasons against it that the proposer has found, the house adds what its
    own rows show (EQ-02). Refuses with CaseNotHeld, NotConvertible, AppraisalNotValid, ResolutionMissing, TooFewVotes,
    ValueAboveClaim, PartNotOfCost, ConversionUnderWay, RegisterIncomplete, IssuedBelowPar,
    ContributionTooSmall.
    """
    require(by, "conversion.propose", Role.VENTURE_MANAGER, Role.ASSET_MANAGER)
    if case.stage is not DisposalStage.HELD:
        raise CaseNotHeld(case=case.number, stage=case.stage)
    firm = session.get_one(Firm, case.firm_id)
    _refuse_second(session, case)
    convertible.refuse_excluded(session, case, firm, found, on)
    convertible.refuse_stale(session, appraised_on, on)
    convertible.refuse_unresolved(session, resolution, votes, on)
    cost = _cost_part(case, part)
    claim = _claim_part(session, case, cost)
    if value.fen <= 0 or pre_money.fen <= 0:
        raise AmountNotPositive(field="value" if value.fen <= 0 else "pre_money", given=min(value, pre_money))
    if value > claim:
        raise ValueAboveClaim(case=case.number, value=value, claim=claim)
    share_register.checked_register(session, firm, on)
    share_register.refuse_below_par(firm, pre_money)
    try:
        shares = issue(value, firm.registered_capital, pre_money)
    except ValueError:
        raise ContributionTooSmall(value=value, registered=firm.registered_capital, pre_money=pre_money) from None
    conversion = Conversion.model_validate(
        {
            "number": next_number(session, Series.CONVERSION, on),
            "case_id": case.key,
            "application_id": case.application_id,
            "firm_id": firm.key,
            "origin": Origin.CONVERSION if cost == case.cost else Origin.PRO_RATA,
            "claim": claim,
            "cost": cost,
            "value": value,
            "pre_money": pre_money,
            "registered_before": firm.registered_capital,
            "new_registered": shares.new_registered,
            "reserve": shares.reserve,
            "share_ppm": shares.share_ppm,
            "appraiser": appraiser,
            "appraised_on": appraised_on,
            "appraisal_method": appraisal_method,
            "resolution": resolution.strip(),
            "proposed_on": on,
        }
    )
    session.add(conversion)
    note(session, conversion, "propose", by=by, on=on, at=at)
    session.flush()
    return conversion


def _refuse_second(session: Session, case: DisposalCase) -> None:
    over = (ConversionStage.DONE, ConversionStage.REFUSED)
    open_one = session.exec(
        select(Conversion).where(Conversion.case_id == case.key, col(Conversion.stage).not_in(over))
    ).first()
    if open_one is not None:
        raise ConversionUnderWay(case=case.number, conversion=open_one.number)


def _cost_part(case: DisposalCase, part: Money | None) -> Money:
    if part is None:
        return case.cost
    if not Money(0) < part <= case.cost:
        raise PartNotOfCost(case=case.number, part=part, cost=case.cost)
    return part


def _claim_part(session: Session, case: DisposalCase, cost: Money) -> Money:
    """The nominal claim that goes with a part of the cost, in proportion."""
    nominal = nominal_left(session, case)
    return nominal if cost == case.cost else nominal.times(cost.fen, case.cost.fen)


def approve_conversion(session: Session, *, conversion: Conversion, by: Actor, on: date, at: datetime) -> Conversion:
    """The venture company agrees; the proposer may not be the approver. Refuses with AppraisalNotValid."""
    convertible.refuse_stale(session, conversion.appraised_on, on)
    move(session, CONVERSION, conversion, "approve", by=by, on=on, at=at)
    return conversion


def refuse_conversion(
    session: Session, *, conversion: Conversion, reason: str, by: Actor, on: date, at: datetime
) -> Conversion:
    """The venture company declines: the claim stays with the asset manager."""
    move(session, CONVERSION, conversion, "refuse", by=by, on=on, at=at, reason=reason)
    return conversion


def convert(session: Session, *, conversion: Conversion, by: Actor, on: date, at: datetime) -> Holding:
    """Do it: the claim goes from the asset manager to the venture company at the value, the price is paid, the firm's
    capital grows and its cap table shows the new holder, all in one transaction.

    Money collected meanwhile lowers what can be converted. Refuses with AppraisalNotValid, CaseNotHeld, CapTableMoved,
    PartNotOfCost, ValueAboveClaim, RegisterIncomplete, LimitReached when the venture company has not the cash.
    """
    take_turn(session)
    case, firm = session.get_one(DisposalCase, conversion.case_id), session.get_one(Firm, conversion.firm_id)
    convertible.refuse_stale(session, conversion.appraised_on, on)
    if case.stage is not DisposalStage.HELD:
        raise CaseNotHeld(case=case.number, stage=case.stage)
    if conversion.cost > case.cost:
        raise PartNotOfCost(case=case.number, part=conversion.cost, cost=case.cost)
    left = nominal_left(session, case)
    if conversion.claim > left:
        raise ValueAboveClaim(case=case.number, value=conversion.claim, claim=left)
    share_register.checked_register(session, firm, on)
    if firm.registered_capital != conversion.registered_before:
        raise CapTableMoved(firm=firm.name, before=conversion.registered_before, now=firm.registered_capital)
    move(session, CONVERSION, conversion, "convert", by=by, on=on, at=at)
    holding = holdings.acquire(
        session,
        firm,
        origin=conversion.origin,
        cost=conversion.value,
        capital=conversion.new_registered,
        method=conversion.appraisal_method,
        valued_by=conversion.appraiser,
        conversion=conversion,
        on=on,
    )
    _book_conversion(session, conversion, case, holding, by=by, on=on, at=at)
    conversion.done_on = on
    case.cost -= conversion.cost
    session.add(conversion)
    session.add(case)
    if conversion.origin is Origin.CONVERSION:
        move(session, DISPOSAL, case, "convert", by=by, on=on, at=at)
        # The debt is gone, so nothing secures it any more (EQ-23).
        release_pledges(session, loan=session.get_one(Loan, case.loan_id), by=by, on=on, at=at)
    session.flush()
    return holding


def _book_conversion(
    session: Session, conversion: Conversion, case: DisposalCase, holding: Holding, *, by: Actor, on: date, at: datetime
) -> None:
    gap = conversion.cost - conversion.value
    amounts = {
        "value": conversion.value,
        "cost": conversion.cost,
        "loss": max(gap, Money(0)),
        "gain": max(-gap, Money(0)),
    }
    parts = {"case": case.number, "holding": holding.number}
    for event, given in (("converted", amounts), ("conversion_settled", {"amount": conversion.value})):
        book(
            session,
            event,
            key=f"{event}:{conversion.number}",
            cause=f"{conversion.number} {case.number} {holding.number}",
            amounts=given,
            parts=parts,
            by=by,
            on=on,
            at=at,
        )
