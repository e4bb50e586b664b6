"""What the guarantor may still take on: the limits of GUA-04 to GUA-06, checked before capacity is taken."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from models.firm import Firm
from models.guarantee import Guarantee
from models.lending.guarantor_book import BookMix, ClientBalance
from models.policies.rules import GuaranteeRules
from models.queries.guarantor import (
    BINDING,
    OWED,
    RESERVED,
    SMALL_SIZES,
    book_mix,
    client_balances,
    guarantor_net_assets,
    related_firms,
)
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.values.money import ZERO, Money
from scoring.guarantee_math import Capacity, capacity_of, client_headroom, client_liability, mix_liability


class GuaranteeLimit(Refusal):
    """The guarantee would take the guarantor over a limit; facts: limit (the rule), cap, used, asked, headroom, all in
    weighted liability (GUA-04)."""


class MultipleReached(GuaranteeLimit):
    """All guarantees together would exceed the allowed multiple of the guarantor's net assets (GUA-05)."""


class SingleClientLimit(GuaranteeLimit):
    """One client's guarantees would exceed their share of the guarantor's net assets (GUA-06)."""


class ClientGroupLimit(GuaranteeLimit):
    """The guarantees of a client and his related parties would exceed their share of the net assets (GUA-06)."""


def capacity(session: Session, on: date) -> Capacity:
    """The guarantor's liability, caps and headroom as the books stand now, by the rules that hold on `on`."""
    rules = rules_in_force(session, GuaranteeRules, on)
    return capacity_of(guarantor_net_assets(session), book_mix(session, rules.small_client_cap), rules)


def room_for(session: Session, *, firm: Firm | None, talent_id: int, on: date) -> Money:
    """What one client may still take in weighted liability: the least of his own, his group's and the guarantor's
    room (GUA-05, GUA-06). Shown on the decision page; the reservation checks again in its turn."""
    rules = rules_in_force(session, GuaranteeRules, on)
    own, group = _standing(session, firm, talent_id, replaces=None)
    single, together = client_liability([own], rules), client_liability(group, rules)
    return client_headroom(capacity(session, on), single=single, group=together)


def check_limits(
    session: Session,
    *,
    amount: Money,
    firm: Firm | None,
    talent_id: int,
    replaces: Guarantee | None,
    on: date,
) -> int:
    """Refuse a guarantee that would break a limit, and say with how much weight it counts (parts per million).

    Call it in the writer's own turn (`posting.take_turn`), so that nobody takes the same capacity meanwhile. A guarantee
    that `replaces` another counts only where it goes beyond it. Refuses with MultipleReached, SingleClientLimit,
    ClientGroupLimit.
    """
    rules = rules_in_force(session, GuaranteeRules, on)
    net_assets = guarantor_net_assets(session)
    own, group = _standing(session, firm, talent_id, replaces=replaces)
    more = ClientBalance(own.firm_id, own.talent_id, own.small, own.balance + amount)
    others = [client for client in group if not _same(client, own)]

    mix = book_mix(session, rules.small_client_cap, but=replaces.id if replaces else None)
    cap = rules.small_client_cap
    after = mix.with_client(own, cap, sign=-1).with_client(more, cap)
    self_before, self_after = client_liability([own], rules), client_liability([more], rules)
    asked = self_after - self_before
    standing = capacity_of(net_assets, after, rules)
    used = mix_liability(mix, rules)
    _refuse_beyond(MultipleReached, "GUA-05", standing.cap, used, asked)
    _refuse_beyond(SingleClientLimit, "GUA-06", standing.single_cap, self_before, asked)
    together = client_liability([*others, own], rules)
    _refuse_beyond(ClientGroupLimit, "GUA-06", standing.group_cap, together, asked)
    return rules.weight_small.ppm if _weighs_small(more, cap) else rules.weight_other.ppm


def reweigh(session: Session, guarantee: Guarantee, *, on: date) -> None:
    """Let every guarantee of a client bear the weight that his balance gives it today (GUA-04).

    A client who passes the cap counts in full with all he has, and counts less again once he is below it. The limits
    weigh by themselves; the weight on the rows is what the bureau's sums are kept by.
    """
    rules = rules_in_force(session, GuaranteeRules, on)
    session.flush()
    client = (
        Guarantee.firm_id == guarantee.firm_id
        if guarantee.firm_id is not None
        else (col(Guarantee.firm_id).is_(None)) & (col(Guarantee.talent_id) == guarantee.talent_id)
    )
    rows = session.exec(select(Guarantee).where(col(Guarantee.stage).in_(BINDING), client)).all()
    owed = {row.id: row.in_force for row in rows if row.stage in OWED}
    balance = ZERO
    for row in rows:
        binds = row.amount if row.stage in RESERVED else row.in_force
        balance += max(binds - owed.get(row.replaces_id, ZERO), ZERO)
    firm = session.get(Firm, guarantee.firm_id) if guarantee.firm_id is not None else None
    small = firm is None or firm.size in SMALL_SIZES
    now = ClientBalance(guarantee.firm_id, guarantee.talent_id, small, balance)
    weight = (rules.weight_small if _weighs_small(now, rules.small_client_cap) else rules.weight_other).ppm
    for row in rows:
        if row.weight_ppm != weight:
            row.weight_ppm = weight
            session.add(row)
    session.flush()


def _weighs_small(client: ClientBalance, cap: Money) -> bool:
    return BookMix().with_client(client, cap).small_clients > 0


def _standing(
    session: Session, firm: Firm | None, talent_id: int, *, replaces: Guarantee | None
) -> tuple[ClientBalance, list[ClientBalance]]:
    """The client's own balance, and all balances of his group with his own among them."""
    related = related_firms(session, firm=firm, talent_id=talent_id)
    group = client_balances(session, firm_ids=related, talent_ids=[talent_id], but=replaces.id if replaces else None)
    firm_id = firm.id if firm else None
    small = firm is None or firm.size in SMALL_SIZES
    nothing = ClientBalance(firm_id, talent_id, small, ZERO)
    own = next((client for client in group if _same(client, nothing)), nothing)
    return own, group


def _same(one: ClientBalance, other: ClientBalance) -> bool:
    if one.firm_id is None and other.firm_id is None:
        return one.talent_id == other.talent_id
    return one.firm_id == other.firm_id


def _refuse_beyond(refusal: type[GuaranteeLimit], limit: str, cap: Money, used: Money, asked: Money) -> None:
    if used + asked > cap:
        room = Money(max((cap - used).fen, 0))
        raise refusal(limit=limit, cap=cap, used=used, asked=asked, headroom=room)
