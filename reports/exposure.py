"""The finance bureau's view: what the funds are exposed to, which limits stand how close, and where each figure leads.

Every figure names in `drill` the page that lists the loans or postings behind it. The sums come from the database's
own kept cells (`models/exposure.py`), the funds from the books; `reconcile` says where the two would differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import ledger
from models.books.chart import CHART
from models.exposure import BorrowerExposure, Breakdown
from models.journal import DayRun
from models.lending.ageing import FiveClass
from models.policies.rules import ExposureRules, GuaranteeRules
from models.queries import exposure as kept
from models.queries.books import balance
from models.queries.exposure import DueLine, GuarantorStanding, Share
from models.queries.rules import rules_in_force
from models.values.money import ZERO, Money
from models.values.terms import add_months, month_end

MONTHS_SHOWN = 24


class Nearness(StrEnum):
    """How close a limit is."""

    WITHIN = "within"
    NEAR = "near"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One limit: its rule, what is used of it, and how close that is. Amounts in fen, or shares as exact fractions."""

    name: str
    rule: str
    subject: str
    used: Fraction
    limit: Fraction
    unit: str
    nearness: Nearness
    drill: str

    @property
    def share(self) -> Fraction:
        """Used over allowed; nought where nothing is allowed and nothing used."""
        return self.used / self.limit if self.limit else Fraction(0)


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """The end of one month: principal owed (from the books), bridges out, and the share that is non-performing.

    `non_performing` is None for a month whose last day was never run.
    """

    on: date
    outstanding: Money
    bridges: Money
    non_performing: Fraction | None


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One link of the chain behind a bad loan, this year: how many, how much."""

    link: str
    count: int
    amount: Money
    drill: str


@dataclass(frozen=True, slots=True)
class ExposureReport:
    """Everything on the bureau's page, from one reading of the database."""

    on: date
    run_through: date | None
    commitment: Money
    drawn: Money
    outstanding: Money
    undrawn: Money
    loans: int
    firms: int
    utilisation: Fraction
    largest_share: Fraction
    concentration: float
    non_performing: Money
    non_performing_ratio: Fraction
    guarantor: GuarantorStanding
    bridges_out: Money
    bridge_fund: Money
    by_class: list[Share]
    by_district: list[Share]
    by_industry: list[Share]
    by_level: list[Share]
    by_product: list[Share]
    limits: list[LimitLine]
    months: list[MonthPoint]
    chain: list[ChainLine]
    due: list[DueLine]
    largest: list[tuple[str, int, Money]]
    differences: list[tuple[str, str]] = field(default_factory=list)

    @property
    def available(self) -> Money:
        """What of the commitments is neither lent nor promised (never below nought)."""
        return Money(max(0, self.commitment.fen - self.outstanding.fen - self.undrawn.fen))


def exposure(session: Session, *, on: date) -> ExposureReport:
    """The report as the database stands now; `on` is the business date for maturities and the month series."""
    cells = kept.cells(session)
    fund = kept.fund_standing(session)
    guarantor = kept.guarantor_standing(session)
    largest = kept.largest_borrowers(session)
    outstanding = Money(sum(cell.outstanding_fen for cell in kept.everything(cells)))
    bad = kept.non_performing(cells)
    firms = borrowers(session)
    bridges = balance(session, "relender.bridge").net
    report = ExposureReport(
        on=on,
        run_through=last_run(session),
        commitment=fund.commitment,
        drawn=fund.drawn,
        outstanding=outstanding,
        undrawn=balance(session, "bank.memo_undrawn").net,
        loans=sum(cell.loans for cell in kept.everything(cells)),
        firms=firms,
        utilisation=_ratio(outstanding, fund.commitment),
        largest_share=_ratio(largest[0][1] if largest else ZERO, outstanding),
        concentration=kept.concentration(cells),
        non_performing=bad,
        non_performing_ratio=_ratio(bad, outstanding),
        guarantor=guarantor,
        bridges_out=bridges,
        bridge_fund=Money(bridges.fen + balance(session, "relender.cash").net.fen),
        by_class=kept.by_class(cells),
        by_district=kept.by(cells, Breakdown.DISTRICT),
        by_industry=kept.by(cells, Breakdown.INDUSTRY),
        by_level=kept.by(cells, Breakdown.LEVEL),
        by_product=kept.by(cells, Breakdown.PRODUCT),
        limits=[],
        months=months(session, on),
        chain=chain(session, on),
        due=kept.due_soon(session, on),
        largest=[(firm.name, firm.key, amount) for firm, amount in largest],
        differences=reconcile(session, outstanding),
    )
    report.limits.extend(limits(session, report))
    return report


def borrowers(session: Session) -> int:
    """How many firms owe something."""
    return int(session.exec(select(sa.func.count()).where(BorrowerExposure.outstanding_fen > 0)).one())


def last_run(session: Session) -> date | None:
    """The last business day whose end-of-day run is finished."""
    return session.exec(
        select(col(DayRun.on)).where(col(DayRun.finished_at).is_not(None)).order_by(col(DayRun.on).desc()).limit(1)
    ).first()


def _ratio(part: Money, whole: Money) -> Fraction:
    return Fraction(part.fen, whole.fen) if whole else Fraction(0)


def limits(session: Session, report: ExposureReport) -> list[LimitLine]:
    """Every limit of the programme with what is used of it, in the order of the rulebook."""
    rules = rules_in_force(session, ExposureRules, report.on)
    guarantee = rules_in_force(session, GuaranteeRules, report.on)
    warn = Fraction(rules.warn_at.ppm, 1_000_000)
    name, _, top = report.largest[0] if report.largest else ("", 0, ZERO)
    capital = -balance(session, "bank.capital").net
    own = report.guarantor.net_assets
    industry = report.by_industry[0] if report.by_industry else Share("", 0, ZERO)

    def line(name: str, rule: str, subject: str, used: Fraction, limit: Fraction, unit: str, drill: str) -> LimitLine:
        share = used / limit if limit else Fraction(int(used > 0))
        nearness = Nearness.BREACHED if share > 1 else Nearness.NEAR if share >= warn else Nearness.WITHIN
        return LimitLine(name, rule, subject, used, limit, unit, nearness, drill)

    by_size = "/loans?sort=-outstanding"
    found = [
        line("fund_single_cap", "TB-11", name, _fen(top), _fen(rules.fund_single_cap), "fen", by_size),
        line(
            "fund_single_share",
            "TB-11",
            name,
            _ratio(top, report.commitment),
            _ppm(rules.fund_single_share_max.ppm),
            "share",
            by_size,
        ),
        line("bank_single", "LOAN-08", name, _ratio(top, capital), _ppm(rules.bank_single_max.ppm), "share", by_size),
        line(
            "industry",
            "",
            industry.word,
            _ratio(industry.amount, report.outstanding),
            _ppm(rules.industry_max.ppm),
            "share",
            f"/loans?industry={industry.word}",
        ),
        line(
            "guarantee_multiple",
            "GUA-05",
            "",
            _ratio(report.guarantor.liability, own),
            Fraction(guarantee.multiple_max),
            "times",
            "/guarantees",
        ),
        line(
            "guarantee_single",
            "GUA-06",
            report.guarantor.largest_client,
            _ratio(report.guarantor.largest_liability, own),
            _ppm(guarantee.single_max.ppm),
            "share",
            "/guarantees?sort=-in_force",
        ),
        line(
            "bridge_use",
            "BRG-10",
            "",
            _ratio(report.bridges_out, report.bridge_fund),
            _ppm(rules.bridge_use_max.ppm),
            "share",
            "/bridges",
        ),
        line(
            "non_performing",
            "CLS-01",
            "",
            report.non_performing_ratio,
            _ppm(rules.non_performing_max.ppm),
            "share",
            "/loans?non_performing=1",
        ),
    ]
    return [one for one in found if one.rule != "LOAN-08" or capital.fen > 0]


def _fen(amount: Money) -> Fraction:
    return Fraction(amount.fen)


def _ppm(ppm: int) -> Fraction:
    return Fraction(ppm, 1_000_000)


def months(session: Session, on: date) -> list[MonthPoint]:
    """The ends of the last months, oldest first, and `on` itself as the last point."""
    ends = [month_end(add_months(on.replace(day=1), -back)) for back in range(MONTHS_SHOWN - 1, 0, -1)] + [on]
    # The last point is the last day that was run: today's own is only known tonight.
    wanted = [*ends[:-1], on - timedelta(days=1)]
    runs = {run.on: run.notes for run in session.exec(select(DayRun).where(col(DayRun.on).in_(wanted)))}
    points = []
    for end, looked_up in zip(ends, wanted, strict=True):
        owed = balance(session, "bank.principal", on=end).net
        bad = runs.get(looked_up, {}).get("non_performing_fen")
        share = None if bad is None or not owed else Fraction(int(bad), owed.fen)
        points.append(MonthPoint(end, owed, balance(session, "relender.bridge", on=end).net, share))
    return points


_CHAIN = (
    ("compensation", "guarantor.compensation_receivable", "debit", "/claims"),
    ("bridged", "relender.bridge", "debit", "/bridges"),
    ("handed_over", "amc.bad_asset", "debit", "/disposals"),
    ("converted", "venture.due_to_amc", "credit", "/holdings"),
    ("capitalised", "venture.fiscal_capital", "credit", "/holdings?origin=award"),
)


def chain(session: Session, on: date) -> list[ChainLine]:
    """Compensation, bridges, hand-overs, conversions and capitalised awards since 1 January, from the books."""
    since = date(on.year - 1, 12, 31)
    found = []
    for link, account, side, drill in _CHAIN:
        now, before = balance(session, account, on=on), balance(session, account, on=since)
        amount = Money(getattr(now, side) - getattr(before, side))
        found.append(ChainLine(link, _events(session, account, since, on, side), amount, drill))
    return found


def _events(session: Session, account: str, since: date, until: date, side: str) -> int:
    family = sa.select(ledger.account.c.id).where(ledger.account.c.control_id == CHART[account].id)
    sign = ledger.leg.c.amount > 0 if side == "debit" else ledger.leg.c.amount < 0
    return int(
        session.connection()
        .execute(
            sa.select(sa.func.count())
            .select_from(ledger.leg)
            .where(
                ledger.leg.c.account_id.in_(family),
                ledger.leg.c.day > ledger.day_number(since),
                ledger.leg.c.day <= ledger.day_number(until),
                sign,
            )
        )
        .scalar_one()
    )


def reconcile(session: Session, outstanding: Money) -> list[tuple[str, str]]:
    """Where the page's sums differ from the books; empty when every yuan is where it should be."""
    booked = balance(session, "bank.principal").net
    found = []
    if booked != outstanding:
        found.append(("bank.principal", f"{booked} in the books, {outstanding} on the loans"))
    return found


def class_share(report: ExposureReport, five_class: FiveClass) -> Fraction:
    """The share of one class in all that is owed."""
    amount = next(share.amount for share in report.by_class if share.word == five_class)
    return _ratio(amount, report.outstanding)
