"""The postings table: from each business event to its legs, as data (postings.md).

A recipe's lines name an account, a side, the amount that lands there and the part it is kept by. A workflow calls
`entry_for` with named amounts and parts; amounts of nought leave their lines out, and a recipe whose amounts do not
balance is refused before anything is written. `docs/books.md` is printed from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from models.books.chart import CHART
from models.books.entry import Entry, Leg
from models.refusals import BrokenInvariant
from models.values.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a recipe: side, account, the name of its amount, and the name (or fixed text) of its part."""

    side: Literal["D", "C"]
    account: str
    amount: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one business event lands in the books it touches."""

    name: str
    zh: str
    en: str
    lines: tuple[Line, ...]

    @property
    def amounts(self) -> tuple[str, ...]:
        """The named amounts that the workflow hands in, in the order they first appear."""
        return tuple(dict.fromkeys(line.amount for line in self.lines))

    @property
    def parts(self) -> tuple[str, ...]:
        """The named parts that the workflow hands in; a part written as `=text` is fixed by the recipe."""
        named = (line.part or CHART[line.account].by for line in self.lines)
        return tuple(dict.fromkeys(part for part in named if part and not part.startswith("=")))


def _d(account: str, amount: str = "amount", part: str = "") -> Line:
    return Line("D", account, amount, part)


def _c(account: str, amount: str = "amount", part: str = "") -> Line:
    return Line("C", account, amount, part)


_TABLE: tuple[Recipe, ...] = (
    # --- capital and facilities ---
    Recipe("appropriated", "财政拨款", "Appropriation received", (_d("bureau.cash"), _c("bureau.appropriation"))),
    *(
        Recipe(
            f"{fund}_capitalised",
            zh,
            en,
            (
                _d("bureau.capital_in", part=f"={fund}"),
                _c("bureau.cash"),
                _d(f"{fund}.cash"),
                _c(f"{fund}.capital", part="=bureau"),
            ),
        )
        for fund, zh, en in (
            ("vehicle", "向投融资机构出资", "Financing vehicle capitalised"),
            ("guarantor", "向担保公司出资", "Guarantor capitalised"),
            ("relender", "向转贷基金出资", "Re-lending fund capitalised"),
            ("amc", "向资产管理公司出资", "Asset manager capitalised"),
        )
    ),
    Recipe(
        "venture_capitalised",
        "向创投公司出资",
        "Venture company capitalised",
        (
            _d("bureau.capital_in", part="=venture_capital"),
            _c("bureau.cash"),
            _d("venture.cash"),
            _c("venture.capital", part="=bureau"),
        ),
    ),
    *(
        Recipe(
            f"{book}_funded_by_owner",
            zh,
            en,
            (_d(f"{book}.cash"), _c(f"{book}.capital", part="owner")),
        )
        for book, zh, en in (
            ("bank", "股东投入银行资本", "Capital paid into the bank"),
            ("guarantor", "股东投入担保公司资本", "Capital paid into the guarantor"),
            ("relender", "社会资本投入转贷基金", "Capital paid into the re-lending fund"),
            ("amc", "股东投入资管公司资本", "Capital paid into the asset manager"),
            ("venture", "股东投入创投公司资本", "Capital paid into the venture company"),
        )
    ),
    Recipe(
        "pool_funded", "风险补偿资金池注资", "Risk pool funded", (_d("bureau.pool", part="pool"), _c("bureau.cash"))
    ),
    Recipe(
        "facility_drawn",
        "提取融资并转贷银行",
        "Facility drawn and passed on to the bank",
        (
            _d("vehicle.cash"),
            _c("vehicle.facility_payable"),
            _d("vehicle.due_from_bank"),
            _c("vehicle.cash"),
            _d("bank.cash"),
            _c("bank.due_to_vehicle"),
        ),
    ),
    Recipe(
        "facility_interest_accrued",
        "融资计息",
        "Facility interest accrued",
        (
            _d("vehicle.funding_cost"),
            _c("vehicle.interest_payable"),
            _d("vehicle.due_from_bank", "passed_on"),
            _c("vehicle.on_lending_income", "passed_on"),
            _d("bank.funding_cost", "passed_on"),
            _c("bank.due_to_vehicle", "passed_on"),
        ),
    ),
    Recipe(
        "facility_interest_paid",
        "支付融资利息",
        "Facility interest paid",
        (
            _d("bank.due_to_vehicle", "passed_on"),
            _c("bank.cash", "passed_on"),
            _d("vehicle.cash", "passed_on"),
            _c("vehicle.due_from_bank", "passed_on"),
            _d("vehicle.interest_payable"),
            _c("vehicle.cash"),
        ),
    ),
    Recipe(
        "facility_repaid",
        "归还融资",
        "Facility repaid",
        (
            _d("bank.due_to_vehicle"),
            _c("bank.cash"),
            _d("vehicle.cash"),
            _c("vehicle.due_from_bank"),
            _d("vehicle.facility_payable"),
            _c("vehicle.cash"),
        ),
    ),
    # --- approval, guarantee, disbursement ---
    Recipe(
        "loan_approved",
        "审批通过",
        "Loan approved: promise and guarantee capacity reserved",
        (
            _d("bank.memo_undrawn", part="loan"),
            _c("bank.memo_undrawn_contra"),
            _d("guarantor.memo_reserved", "guaranteed"),
            _c("guarantor.memo_commitments_contra", "guaranteed"),
        ),
    ),
    Recipe(
        "approval_lapsed",
        "审批失效",
        "Approval lapsed: promise and capacity set free",
        (
            _d("bank.memo_undrawn_contra"),
            _c("bank.memo_undrawn", part="loan"),
            _d("guarantor.memo_commitments_contra", "guaranteed"),
            _c("guarantor.memo_reserved", "guaranteed"),
        ),
    ),
    Recipe(
        "guarantee_in_force",
        "担保生效",
        "Guarantee contract in force",
        (_d("guarantor.memo_in_force"), _c("guarantor.memo_reserved")),
    ),
    Recipe(
        "guarantee_reduced",
        "担保责任解除",
        "Guarantee released with the principal repaid",
        (_d("guarantor.memo_commitments_contra"), _c("guarantor.memo_in_force")),
    ),
    Recipe(
        "guarantee_restored",
        "担保责任恢复",
        "Guarantee bound again when a repayment was reversed",
        (_d("guarantor.memo_in_force"), _c("guarantor.memo_commitments_contra")),
    ),
    Recipe(
        "guarantee_fee_received",
        "收取担保费",
        "Guarantee fee received",
        (_d("guarantor.cash"), _c("guarantor.unearned_reserve")),
    ),
    Recipe(
        "guarantee_fee_earned",
        "担保费确认收入",
        "Guarantee fee earned",
        (_d("guarantor.unearned_reserve"), _c("guarantor.fee_income")),
    ),
    Recipe(
        "guarantee_fee_refunded",
        "退还未到期担保费",
        "Guarantee fee given back for the time and amount no longer guaranteed",
        (_d("guarantor.unearned_reserve"), _c("guarantor.cash")),
    ),
    Recipe(
        "compensation_reserved",
        "提取担保赔偿准备金",
        "Compensation reserve provided",
        (_d("guarantor.reserve_expense"), _c("guarantor.compensation_reserve")),
    ),
    Recipe(
        "disbursed",
        "放款",
        "Tranche disbursed",
        (
            _d("bank.principal"),
            _c("bank.cash"),
            _d("bank.memo_undrawn_contra"),
            _c("bank.memo_undrawn"),
        ),
    ),
    # --- servicing ---
    Recipe(
        "interest_accrued",
        "计息",
        "Daily interest accrued (one entry a day and product)",
        (
            _d("bank.interest_receivable"),
            _c("bank.interest_income", "interest"),
            _c("bank.penalty_income", "penalty"),
        ),
    ),
    Recipe(
        "interest_suspended",
        "停息",
        "Accrual suspended: receivable taken out of income",
        (
            _d("bank.interest_income", "interest"),
            _d("bank.penalty_income", "penalty"),
            _c("bank.interest_receivable"),
            _d("bank.memo_suspended_interest"),
            _c("bank.memo_suspended_interest_contra"),
        ),
    ),
    Recipe(
        "suspended_interest_accrued",
        "表外计息",
        "Interest of non-accrual loans noted off balance",
        (_d("bank.memo_suspended_interest"), _c("bank.memo_suspended_interest_contra")),
    ),
    Recipe(
        "suspended_interest_cleared",
        "表外利息收回或注销",
        "Off-balance interest received or cancelled",
        (_d("bank.memo_suspended_interest_contra"), _c("bank.memo_suspended_interest")),
    ),
    Recipe("receipt_taken", "收到还款", "Repayment received", (_d("bank.cash"), _c("bank.unapplied"))),
    Recipe(
        "receipt_allocated",
        "还款分配",
        "Repayment allocated in policy order",
        (
            _d("bank.unapplied"),
            _c("bank.interest_receivable", "interest"),
            _c("bank.interest_income", "suspended"),
            _c("bank.fee_income", "costs"),
            _c("bank.principal", "principal"),
        ),
    ),
    Recipe("receipt_refunded", "退回多收款", "Overpayment refunded", (_d("bank.unapplied"), _c("bank.cash"))),
    Recipe(
        "loan_adjusted",
        "补记调整",
        "Correction for a fact of an earlier day, booked today",
        (
            _d("bank.principal", "principal_up"),
            _c("bank.principal", "principal_down"),
            _d("bank.interest_receivable", "receivable_up"),
            _c("bank.interest_receivable", "receivable_down"),
            _c("bank.unapplied", "unapplied_up"),
            _d("bank.unapplied", "unapplied_down"),
            _c("bank.interest_income", "interest_up"),
            _d("bank.interest_income", "interest_down"),
            _c("bank.penalty_income", "penalty_up"),
            _d("bank.penalty_income", "penalty_down"),
            _c("bank.fee_income", "fees_up"),
            _d("bank.fee_income", "fees_down"),
            _d("bank.memo_suspended_interest", "noted_up"),
            _c("bank.memo_suspended_interest_contra", "noted_up"),
            _d("bank.memo_suspended_interest_contra", "noted_down"),
            _c("bank.memo_suspended_interest", "noted_down"),
        ),
    ),
    Recipe(
        "loose_receipt_taken", "收到待查明款项", "Unidentified money received", (_d("bank.cash"), _c("bank.suspense"))
    ),
    Recipe(
        "loose_receipt_assigned",
        "待查明款项认领",
        "Unidentified money assigned to a loan",
        (_d("bank.suspense"), _c("bank.unapplied")),
    ),
    Recipe(
        "loose_receipt_returned",
        "待查明款项退回",
        "Unidentified money returned to the payer",
        (_d("bank.suspense"), _c("bank.cash")),
    ),
    Recipe("prepayment_fee", "提前还款手续费", "Prepayment fee", (_d("bank.cash"), _c("bank.fee_income"))),
    Recipe(
        "debt_restructured",
        "债务重组",
        "Loan restructured: interest made principal, penalty interest given up",
        (
            _d("bank.principal", "capitalised"),
            _d("bank.penalty_income", "waived"),
            _c("bank.interest_receivable"),
        ),
    ),
    Recipe("allowance_raised", "计提减值", "Allowance raised", (_d("bank.impairment_loss"), _c("bank.allowance"))),
    Recipe("allowance_lowered", "冲回减值", "Allowance lowered", (_d("bank.allowance"), _c("bank.impairment_loss"))),
    # --- subsidy and awards ---
    Recipe(
        "subsidy_due", "应付贴息", "Interest subsidy due", (_d("bureau.subsidy_expense"), _c("bureau.subsidy_payable"))
    ),
    Recipe("subsidy_paid", "支付贴息", "Interest subsidy paid", (_d("bureau.subsidy_payable"), _c("bureau.cash"))),
    Recipe(
        "award_approved", "奖励补助批准", "Award approved", (_d("bureau.award_expense"), _c("bureau.award_payable"))
    ),
    Recipe("award_paid", "奖励补助支付", "Award paid", (_d("bureau.award_payable"), _c("bureau.cash"))),
    Recipe(
        "award_capitalised",
        "财政奖励补助转注资",
        "Award turned into capital held for the fiscal side",
        (
            _d("bureau.award_payable"),
            _c("bureau.award_expense"),
            _d("bureau.capital_in", part="=venture"),
            _c("bureau.cash"),
            _d("venture.cash"),
            _c("venture.fiscal_capital"),
            _d("venture.holding"),
            _c("venture.cash"),
        ),
    ),
    # --- bridge ---
    Recipe(
        "bridge_reserved",
        "转贷预占",
        "Bridge reserved",
        (_d("relender.memo_reserved"), _c("relender.memo_reserved_contra")),
    ),
    Recipe(
        "bridge_reservation_ended",
        "转贷预占解除",
        "Bridge reservation ended",
        (_d("relender.memo_reserved_contra"), _c("relender.memo_reserved")),
    ),
    Recipe(
        "bridge_paid",
        "转贷放款",
        "Bridge paid: the maturing loan's principal is repaid",
        (
            _d("relender.bridge"),
            _c("relender.cash"),
            _d("relender.memo_reserved_contra"),
            _c("relender.memo_reserved"),
            _d("bank.cash"),
            _c("bank.principal", "amount"),
        ),
    ),
    Recipe(
        "bridge_returned",
        "续贷资金归还转贷基金",
        "Bridge returned from the renewed loan, with the fee of the borrower",
        (
            _d("bank.principal", "amount", "renewal"),
            _c("bank.cash", "amount"),
            _d("bank.memo_undrawn_contra", "amount"),
            _c("bank.memo_undrawn", "amount", "renewal"),
            _d("relender.cash", "amount"),
            _d("relender.cash", "fee"),
            _c("relender.bridge", "amount"),
            _c("relender.fee_income", "fee"),
        ),
    ),
    Recipe(
        "bridge_repaid_otherwise",
        "借款人自筹归还转贷资金",
        "Bridge returned by the borrower without a renewal",
        (
            _d("relender.cash", "amount"),
            _d("relender.cash", "fee"),
            _c("relender.bridge", "amount"),
            _c("relender.fee_income", "fee"),
        ),
    ),
    # --- guarantee call ---
    Recipe(
        "guarantee_called",
        "代偿确认",
        "Guarantee called and accepted",
        (
            _d("bank.due_from_guarantor", "payout"),
            _c("bank.principal", "principal"),
            _c("bank.interest_receivable", "interest"),
            _c("bank.interest_income", "suspended"),
            _d("guarantor.compensation_receivable", "payout"),
            _c("guarantor.due_to_bank", "payout"),
        ),
    ),
    Recipe(
        "compensation_paid",
        "代偿支付",
        "Compensation paid",
        (
            _d("guarantor.due_to_bank", "payout"),
            _c("guarantor.cash", "payout"),
            _d("guarantor.memo_commitments_contra", "released"),
            _c("guarantor.memo_in_force", "released"),
            _d("bank.cash", "payout"),
            _c("bank.due_from_guarantor", "payout"),
        ),
    ),
    Recipe(
        "compensation_recovered",
        "追偿收回",
        "Recovered after compensation, shared by the losses borne",
        (
            _d("guarantor.cash", "guarantor"),
            _c("guarantor.compensation_receivable", "guarantor"),
            _d("bank.cash", "bank"),
            _c("bank.interest_receivable", "interest"),
            _c("bank.interest_income", "suspended"),
            _c("bank.principal", "principal"),
            _c("bank.recovery_income", "beyond"),
            _d("bureau.pool", "pool", "pool"),
            _c("bureau.pool_expense", "pool"),
        ),
    ),
    Recipe(
        "pool_share_due",
        "风险补偿确认",
        "Risk pool's share of a loss due",
        (
            _d("bureau.pool_expense"),
            _c("bureau.due_to_bank"),
            _d("bank.due_from_pool"),
            _c("bank.principal"),
        ),
    ),
    Recipe(
        "pool_share_paid",
        "风险补偿支付",
        "Risk pool's share paid",
        (
            _d("bureau.due_to_bank"),
            _c("bureau.pool", part="pool"),
            _d("bank.cash"),
            _c("bank.due_from_pool"),
        ),
    ),
    # --- disposal ---
    Recipe(
        "handed_over",
        "不良转让",
        "Bad loan handed over to the asset manager at a recorded price",
        (
            _d("bank.due_from_amc", "price"),
            _d("bank.allowance", "allowance"),
            _d("bank.disposal_loss", "loss"),
            _c("bank.principal", "principal"),
            _c("bank.interest_receivable", "interest"),
            _c("bank.interest_income", "suspended"),
            _d("amc.bad_asset", "price"),
            _c("amc.due_to_bank", "price"),
        ),
    ),
    Recipe(
        "transfer_settled",
        "转让款结清",
        "Transfer price settled in cash",
        (_d("bank.cash"), _c("bank.due_from_amc"), _d("amc.due_to_bank"), _c("amc.cash")),
    ),
    Recipe(
        "claim_passed_on",
        "代偿债权转让",
        "Guarantor's claim handed over to the asset manager",
        (
            _d("guarantor.cash", "price"),
            _d("guarantor.compensation_allowance", "allowance"),
            _d("guarantor.impairment_loss", "loss"),
            _c("guarantor.compensation_receivable", "claim"),
            _d("amc.bad_asset", "price"),
            _c("amc.cash", "price"),
        ),
    ),
    Recipe(
        "collected",
        "清收",
        "Collected by the asset manager: cost back first, the rest a gain",
        (_d("amc.cash", "amount"), _c("amc.bad_asset", "cost"), _c("amc.collection_gain", "gain")),
    ),
    Recipe("collection_cost_paid", "清收费用", "Collection cost paid", (_d("amc.collection_cost"), _c("amc.cash"))),
    Recipe(
        "case_closed_with_loss",
        "处置结案损失",
        "Case closed: what was not collected is lost",
        (_d("amc.disposal_loss"), _c("amc.bad_asset")),
    ),
    Recipe(
        "written_off",
        "核销",
        "Loan written off",
        (
            _d("bank.allowance", "allowance"),
            _d("bank.impairment_loss", "loss"),
            _c("bank.principal", "principal"),
            _c("bank.interest_receivable", "interest"),
        ),
    ),
    Recipe(
        "recovered_after_write_off",
        "核销后收回",
        "Received after the write-off",
        (_d("bank.cash"), _c("bank.recovery_income")),
    ),
    # --- equity ---
    Recipe(
        "converted",
        "债权转股权",
        "Claim converted: the asset manager passes it to the venture company at the agreed value",
        (
            _d("amc.due_from_venture", "value"),
            _d("amc.disposal_loss", "loss"),
            _c("amc.bad_asset", "cost"),
            _c("amc.collection_gain", "gain"),
            _d("venture.holding", "value"),
            _c("venture.due_to_amc", "value"),
        ),
    ),
    Recipe(
        "conversion_settled",
        "转股款结清",
        "Conversion price settled in cash",
        (_d("amc.cash"), _c("amc.due_from_venture"), _d("venture.due_to_amc"), _c("venture.cash")),
    ),
    Recipe("followed_on", "跟进投资", "Follow-on investment", (_d("venture.holding"), _c("venture.cash"))),
    Recipe(
        "revalued_up", "估值上调", "Holding revalued upwards", (_d("venture.holding"), _c("venture.valuation_gain"))
    ),
    Recipe(
        "revalued_down", "估值下调", "Holding revalued downwards", (_d("venture.valuation_gain"), _c("venture.holding"))
    ),
    Recipe(
        "exited",
        "退出",
        "Exit or buy-back: the holding goes, the difference is the gain",
        (
            _d("venture.cash", "proceeds"),
            _d("venture.exit_gain", "loss"),
            _c("venture.holding", "carrying"),
            _c("venture.exit_gain", "gain"),
        ),
    ),
    Recipe("dividend_received", "股利", "Dividend received", (_d("venture.cash"), _c("venture.dividend_income"))),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _TABLE}


def entry_for(
    event: str,
    *,
    key: str,
    on: date,
    cause: str,
    amounts: Mapping[str, Money],
    parts: Mapping[str, str] | None = None,
) -> Entry:
    """The entry that `event` makes: every named amount of the recipe must be given, nought leaves its lines out.

    `parts` maps dimension names (loan, product, drawing ...) to the part, e.g. ``{"loan": "L-2012-0001"}``.
    Raises BrokenInvariant for an unknown event, a missing or superfluous amount, or a negative amount.
    """
    recipe = RECIPES.get(event)
    if recipe is None:
        raise BrokenInvariant("the postings table has no such event", event=event)
    if set(amounts) != set(recipe.amounts):
        raise BrokenInvariant(
            "amounts differ from the recipe's", event=event, given=sorted(amounts), wanted=sorted(recipe.amounts)
        )
    given = parts or {}
    legs: list[Leg] = []
    for line in recipe.lines:
        amount = amounts[line.amount]
        if amount.fen < 0:
            raise BrokenInvariant("a recipe takes no negative amount", event=event, amount=line.amount)
        if not amount.fen:
            continue
        account = CHART[line.account]
        name = line.part or account.by
        part = name[1:] if name.startswith("=") else (given.get(name, "") if name else "")
        legs.append(Leg(account, amount.fen if line.side == "D" else -amount.fen, part if account.by else ""))
    return Entry(key, event, on, cause, tuple(legs))
