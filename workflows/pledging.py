"""Intellectual property as security for a contract: agreed, registered, released (rulebook section 6).

Before its registration a pledge secures nothing (IP-01), so everything the register would refuse is looked at first.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.firm import Firm
from models.intellectual_property import IPAsset, Pledge, PledgeBar
from models.loan import Contract, Loan
from models.policies.rules import CreditRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.loan import ContractStage
from models.talent import Talent
from models.values.identifiers import parse_pledge_number
from models.values.money import ZERO, Money
from scoring.ip_rights import AssetFacts, pledge_bars
from workflows import moves
from workflows.given import checked, past
from workflows.moves import require

OPEN_CONTRACTS = (ContractStage.DRAWN_UP, ContractStage.SIGNED)
"""Contracts that can be secured, and whose pledges stand in the way of others."""


class PledgeRefused(Refusal):
    """The right cannot be pledged as it stands; `grounds` are what the register would object to (IP-04)."""


class ContractOver(Refusal):
    """The contract was given up or is fulfilled: nothing is left to secure."""


class SecuredOutOfRange(BadInput):
    """A pledge secures more than nought and at most the contract's amount."""


class PledgeRegistered(Refusal):
    """The pledge was registered before."""


class NumberInUse(BadInput):
    """The registration number belongs to another pledge (IP-08)."""


def pledge(
    session: Session,
    *,
    contract: Contract,
    asset: IPAsset,
    secured: Money,
    rank: int = 1,
    by: Actor,
    on: date,
    at: datetime,
) -> Pledge:
    """Agree that a right secures a contract up to `secured`. Refuses with PledgeRefused (IP-04), SecuredOutOfRange, and
    with ContractOver."""
    require(by, "pledge.agree", Role.LOAN_OFFICER)
    if contract.stage not in OPEN_CONTRACTS:
        raise ContractOver(contract=contract.number, stage=contract.stage)
    if not ZERO < secured <= contract.amount:
        raise SecuredOutOfRange(field="secured", given=secured, most=contract.amount)
    if bars := bars_against(session, contract, asset, rank=rank, on=on):
        raise PledgeRefused(asset=asset.number, grounds=bars)
    row = Pledge.model_validate(
        {
            "asset_id": asset.key,
            "contract_id": contract.key,
            "rank": rank,
            "secured": secured,
            "pledge_rate": rules_in_force(session, CreditRules, on).pledge_rates[asset.kind],
        }
    )
    session.add(row)
    session.flush()
    moves.note(session, row, "agree", by=by, on=on, at=at, case=moves.case_of(contract))
    return row


def bars_against(
    session: Session, contract: Contract, asset: IPAsset, *, rank: int = 1, on: date
) -> tuple[PledgeBar, ...]:
    """What speaks against pledging the right for the contract today (IP-04, IP-09, IP-23); empty if nothing does.

    A pledge for the contract that is being renewed does not stand in the way, nor does one of a better rank.
    """
    firm = session.get_one(Firm, contract.firm_id)
    founder = session.get_one(Talent, firm.founder_id)
    facts = AssetFacts(
        number=asset.number,
        title=asset.title,
        kind=asset.kind,
        status=asset.status,
        owned=asset.owner.strip() in (firm.name.strip(), founder.name.strip()),
        co_owned=bool(asset.co_owners),
        co_owner_consent=asset.co_owner_consent,
        service_invention_cleared=asset.service_invention_cleared,
        filed_on=asset.filed_on,
        granted_on=asset.granted_on,
        expires_on=asset.expires_on,
        fees_paid_through=asset.fees_paid_through,
        claims=asset.claims,
        family_size=asset.family_size,
        citations=asset.citations,
        technical_score=asset.technical_score,
        economic_score=asset.economic_score,
        appraisal=None,
    )
    bars = pledge_bars(facts, on=on, maturity=contract.end_on)
    return (*bars, PledgeBar.FULLY_PLEDGED) if _taken(session, contract, asset, rank) else bars


def register_pledge(
    session: Session,
    *,
    pledge: Pledge,
    registration_number: str,
    registered_on: date,
    by: Actor,
    on: date,
    at: datetime,
) -> Pledge:
    """Record the register's number and day: from then on the pledge secures the loan (IP-01, IP-08).

    Refuses with NumberWrong, DateAhead, NumberInUse, PledgeRegistered.
    """
    require(by, "pledge.register", Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
    if pledge.registered_on is not None:
        raise PledgeRegistered(number=pledge.registration_number, registered_on=pledge.registered_on)
    with checked("registration_number"):
        number = parse_pledge_number(registration_number, on=on)
    if session.exec(select(Pledge.id).where(Pledge.registration_number == number)).first() is not None:
        raise NumberInUse(field="registration_number", number=number)
    pledge.registration_number = number
    pledge.registered_on = past(registered_on, "registered_on", on=on)
    session.add(pledge)
    session.flush()
    case = moves.case_of(session.get_one(Contract, pledge.contract_id))
    moves.note(session, pledge, "register", by=by, on=on, at=at, reason=number, case=case)
    return pledge


def release_pledges(session: Session, *, loan: Loan, by: Actor, on: date, at: datetime) -> list[Pledge]:
    """Give back what secured a loan that is repaid (IP-25); returns the pledges that are free now."""
    rows = session.exec(
        select(Pledge)
        .where(
            Pledge.contract_id == loan.contract_id,
            col(Pledge.registered_on).is_not(None),
            col(Pledge.released_on).is_(None),
        )
        .order_by(col(Pledge.id))
    ).all()
    for row in rows:
        row.released_on = on
        session.add(row)
        moves.note(session, row, "release", by=by, on=on, at=at, case=moves.case_of(loan))
    session.flush()
    return list(rows)


def pledges_of(session: Session, contract: Contract) -> list[Pledge]:
    """The pledges of a contract, in the order in which they were agreed."""
    return list(session.exec(select(Pledge).where(Pledge.contract_id == contract.key).order_by(col(Pledge.id))))


def _taken(session: Session, contract: Contract, asset: IPAsset, rank: int) -> bool:
    ranks = session.exec(
        select(Pledge.rank)
        .join(Contract, col(Contract.id) == Pledge.contract_id)
        .where(
            Pledge.asset_id == asset.key,
            col(Pledge.released_on).is_(None),
            col(Contract.stage).in_(OPEN_CONTRACTS),
            Contract.id != contract.renews_contract_id if contract.renews_contract_id else Contract.id != 0,
        )
    ).all()
    return any(rank <= standing for standing in ranks)
