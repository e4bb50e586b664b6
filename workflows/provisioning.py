"""The allowance at a month's end (减值准备): every view reckoned over all loans, the one that policy names booked, and a table
of how the allowance moved that closes to the fen with the books (CLS-12 to CLS-14).

Each view rounds once a loan; expected credit loss once a loan and scenario, and once when scenarios are weighted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from models.application import Product
from models.lending.ageing import CLASSES, days_past_due
from models.lending.columns import Column
from models.lending.loss_stage import STAGES, LossStage, stage_of
from models.lending.provision_block import ProvisionColumns, pack, unpack
from models.policies.rules import CreditRules, ProvisionRules, ProvisionView, ServicingRules
from models.provision import ProvisionLine, ProvisionMove, ProvisionRun
from models.queries.books import parts_of
from models.queries.provisions import Provisioned, latest_run, left_badly, provisioned
from models.queries.rules import rules_in_force
from models.refusals import BrokenInvariant, Refusal
from models.roles import Actor
from models.values.money import ZERO, Money
from models.values.terms import add_months, months_and_days
from scoring import provisions
from scoring.allowance_moves import Held, Table, moves
from scoring.expected_loss import YEAR, Exposed, Scenario, expected_loss, loss_share, weighted, years_of
from workflows.booking import book

PRODUCTS = tuple(Product)
VIEWS = tuple(ProvisionView)


class AllowanceSetAlready(Refusal):
    """The allowance was set on this day, or on a later one: each month's end sets it once."""


def set_allowance(session: Session, *, on: date, by: Actor, at: datetime) -> dict[Product, Money]:
    """Bring the allowance of each product to what its loans need by the view in force, and keep the run with all views.

    Returns the targets, products without any left out. Refuses with AllowanceSetAlready.
    """
    session.flush()
    last = latest_run(session)
    if last is not None and last.on >= on:
        raise AllowanceSetAlready(on=on, last=last.on)
    rules = rules_in_force(session, ProvisionRules, on)
    servicing = rules_in_force(session, ServicingRules, on)
    credit = rules_in_force(session, CreditRules, on)
    loans = list(provisioned(session, on))
    columns, scenarios = reckon(loans, rules, servicing, credit, on)
    booked = _of_view(columns, rules.view)
    targets = {product: Money(int(booked[columns.product == place].sum())) for place, product in enumerate(PRODUCTS)}
    held = {part: -balance.net.fen for part, balance in parts_of(session, "bank.allowance")}
    table = _movement(session, last, columns, booked, held)
    for product in PRODUCTS:
        change = targets[product] - Money(held.get(product.value, 0))
        event, amount = ("allowance_raised", change) if change > ZERO else ("allowance_lowered", -change)
        key = f"allowance:{on:%Y-%m-%d}:{product}"
        parts = {"product": product.value}
        book(session, event, key=key, cause=key, amounts={"amount": amount}, parts=parts, by=by, on=on, at=at)
    packed = pack(columns)
    run = ProvisionRun.model_validate(
        {
            "on": on,
            "view": rules.view,
            "rules_version": f"{rules.version} {servicing.version} {credit.version}",
            "loans": len(columns),
            "scenarios": scenarios,
            "codec": packed.codec,
            "data": packed.data,
            "sha256": packed.sha256,
            "actor_id": by.user_id,
            "at": at,
        }
    )
    session.add(run)
    session.flush()
    _keep_lines(session, run, columns)
    _keep_moves(session, run, table, targets)
    return {product: target for product, target in targets.items() if target}


def reckon(
    loans: Sequence[Provisioned], rules: ProvisionRules, servicing: ServicingRules, credit: CreditRules, on: date
) -> tuple[ProvisionColumns, dict[str, int]]:
    """What every view asks for of each loan, and the expected loss of each scenario over all of them, in fen."""
    outstanding = _column([loan.outstanding.fen for loan in loans])
    ranks = _column([loan.five_class.rank for loan in loans])
    stages = [_stage(loan, rules, on) for loan in loans]
    ratios_a = provisions.moved(servicing.allowance, rules.preset_a_moves)
    losses, scenarios = _losses(loans, stages, rules, credit, on)
    columns = ProvisionColumns(
        loan_id=_column([loan.id for loan in loans]),
        product=_column([PRODUCTS.index(loan.product) for loan in loans]),
        stage=_column([stage.place for stage in stages]),
        rank=ranks,
        outstanding=outstanding,
        preset_a=provisions.shares_of_loans(outstanding, ranks, ratios_a, servicing.allowance_general),
        preset_b=provisions.shares_of_loans(outstanding, ranks, rules.preset_b),
        ecl=_column(losses),
    )
    return columns, scenarios


def _column(numbers: Sequence[int]) -> Column:
    return np.array(numbers, np.int64)


def _stage(loan: Provisioned, rules: ProvisionRules, on: date) -> LossStage:
    return stage_of(
        days=days_past_due(loan.oldest_unpaid, on),
        five_class=loan.five_class,
        watched=not loan.alarms.isdisjoint(rules.second_stage_alarms),
        impaired=loan.impaired,
        second_days=rules.second_stage_days,
        third_days=rules.third_stage_days,
    )


def _losses(
    loans: Sequence[Provisioned], stages: Sequence[LossStage], rules: ProvisionRules, credit: CreditRules, on: date
) -> tuple[list[int], dict[str, int]]:
    scenarios = [
        Scenario(one.scenario, one.weight.ppm, one.default_factor.ppm, one.loss_factor.ppm) for one in rules.scenarios
    ]
    rates = {line.grade: line.default_rate.ppm for line in credit.grades}
    totals = dict.fromkeys((one.name for one in scenarios), 0)
    found = []
    for loan, stage in zip(loans, stages, strict=True):
        exposed = exposed_of(loan, stage, rules, rates, on)
        losses = {one.name: expected_loss(exposed, one) for one in scenarios}
        for name, fen in losses.items():
            totals[name] += fen
        found.append(weighted(losses, scenarios))
    return found, totals


def exposed_of(
    loan: Provisioned, stage: LossStage, rules: ProvisionRules, default_rates: Mapping[str, int], on: date
) -> Exposed:
    """A loan as its expected loss sees it: what is owed at the beginning of each year left (LOAN-22), undrawn credit by its
    conversion share, the default rate of its grade, the loss share behind guarantee and pledges.

    A loan past its maturity is taken to stay for another year.
    """
    last = max([loan.matures_on, *(day for day, _ in loan.left)])
    months, days = months_and_days(on, last) if last > on else (0, 0)
    months = (months + (1 if days else 0)) or YEAR
    undrawn = rules.undrawn_conversion.of_amount(loan.undrawn).fen
    exposures, begins = [], 0
    for months_of_year in years_of(months):
        start = add_months(on, begins)
        paid = sum(fen for day, fen in loan.left if on < day <= start) if begins else 0
        exposures.append(max(loan.outstanding.fen - paid, 0) + undrawn)
        begins += months_of_year
    return Exposed(
        stage=stage,
        months=months,
        exposures=tuple(exposures),
        default_ppm=default_rates.get(loan.grade or "", rules.unrated_default_rate.ppm),
        loss_share=loss_share(
            guaranteed_ppm=loan.guaranteed_ppm,
            pledged_fen=loan.pledged.fen,
            exposure_fen=exposures[0],
            on_guaranteed=rules.loss_guaranteed.ppm,
            on_pledged=rules.loss_pledged.ppm,
            on_rest=rules.loss_unsecured.ppm,
        ),
        rate_ppm=loan.rate.ppm,
    )


def _of_view(columns: ProvisionColumns, view: ProvisionView) -> Column:
    found: Column = getattr(columns, view.value)
    return found


def _held(columns: ProvisionColumns, view: ProvisionView) -> list[Held]:
    rows = zip(
        columns.loan_id.tolist(),
        columns.product.tolist(),
        columns.stage.tolist(),
        columns.outstanding.tolist(),
        _of_view(columns, view).tolist(),
        strict=True,
    )
    return [Held(key, PRODUCTS[product].value, STAGES[stage], owed, fen) for key, product, stage, owed, fen in rows]


def _movement(
    session: Session,
    last: ProvisionRun | None,
    columns: ProvisionColumns,
    booked: Column,
    held: Mapping[str, int],
) -> Table:
    now = [
        Held(key, PRODUCTS[product].value, STAGES[stage], owed, fen)
        for key, product, stage, owed, fen in zip(
            columns.loan_id.tolist(),
            columns.product.tolist(),
            columns.stage.tolist(),
            columns.outstanding.tolist(),
            booked.tolist(),
            strict=True,
        )
    ]
    if last is None:
        return moves([], now, used={}, carried={part: fen for part, fen in held.items() if fen})
    before = _held(unpack(last.codec, last.data, last.sha256), last.view)
    opening: dict[str, int] = defaultdict(int)
    for one in before:
        opening[one.product] += one.allowance
    used = {part: opening[part] - held.get(part, 0) for part in opening.keys() | held.keys()}
    gone = {one.loan_id for one in before} - set(columns.loan_id.tolist())
    return moves(before, now, used=used, gone_bad=left_badly(session, sorted(gone)))


def _keep_lines(session: Session, run: ProvisionRun, columns: ProvisionColumns) -> None:
    """One line for each product, class and stage that has loans."""
    if not len(columns):
        return
    keys = (columns.product * len(CLASSES) + columns.rank) * len(STAGES) + columns.stage
    rows = []
    for key in np.unique(keys).tolist():
        here = keys == key
        rest, stage = divmod(key, len(STAGES))
        product, rank = divmod(rest, len(CLASSES))
        rows.append(
            {
                "run_id": run.key,
                "product": PRODUCTS[product],
                "five_class": CLASSES[rank],
                "stage": STAGES[stage],
                "loans": int(here.sum()),
                "outstanding": Money(int(columns.outstanding[here].sum())),
                **{view.value: Money(int(_of_view(columns, view)[here].sum())) for view in VIEWS},
            }
        )
    session.execute(sa.insert(ProvisionLine), rows)


def _keep_moves(session: Session, run: ProvisionRun, table: Table, targets: Mapping[Product, Money]) -> None:
    closings: dict[str, int] = defaultdict(int)
    rows = []
    for (product, stage), line in sorted(table.items()):
        closings[product] += line.closing
        amounts = {
            name: Money(getattr(line, name))
            for name in ("opening", "transferred", "added", "repaid", "remeasured", "used", "closing")
        }
        if any(amounts.values()):
            rows.append({"run_id": run.key, "product": Product(product), "stage": stage, **amounts})
    for product, target in targets.items():
        if closings[product.value] != target.fen:
            raise BrokenInvariant("a movement table that does not close", product=product, on=run.on)
    if rows:
        session.execute(sa.insert(ProvisionMove), rows)
