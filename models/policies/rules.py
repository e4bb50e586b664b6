"""The rules that people set, as typed, dated sets: one class a kind. Numbers come from `pilot.toml` or an approved
version in the database, never from code. Ids such as GUA-05 are those of the rulebook (`docs/rules.md`)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from models.lending.ageing import AgeingRules, FiveClass
from models.lending.allocation import DueKind
from models.lending.repricing import Repricing
from models.lending.terms import Frequency, RepaymentMethod
from models.values.calendar import Roll
from models.values.money import ZERO, Money
from models.values.rate import MILLION, Rate


def _money(given: Any) -> Any:
    return given if isinstance(given, Money) else Money.yuan(given)


def _rate(given: Any) -> Any:
    return given if isinstance(given, Rate) else Rate.of(given)


Yuan = Annotated[Money, BeforeValidator(_money), PlainSerializer(lambda amount: str(amount.in_yuan()), return_type=str)]
"""An amount, written in yuan: "10000000.00"."""

Share = Annotated[Rate, BeforeValidator(_rate), PlainSerializer(lambda rate: str(rate.as_decimal()), return_type=str)]
"""A share or yearly rate, written as a decimal text: "0.10"."""

DailyRate = Annotated[
    Rate, BeforeValidator(_rate), PlainSerializer(lambda rate: str(rate.as_decimal()), return_type=str)
]
"""A rate for one day, written as a decimal text: "0.0002"."""


class Rules(BaseModel):
    """What every rule set has: its version and the day from which it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    kind: ClassVar[str] = ""

    version: str
    effective_from: date


class ProductRules(BaseModel):
    """What may be asked for under one product."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    min_amount: Yuan = ZERO
    """The least that may be asked for, approved or renewed; nought in rule sets from before there was a least amount."""
    max_amount: Yuan
    max_term_months: int = Field(ge=1, le=120)
    methods: tuple[RepaymentMethod, ...]
    before_formation: bool = False
    """Whether a talent without a firm may apply (事前支持, TB-02)."""


class IntakeRules(Rules):
    """Who may ask for what, and how long the desk may take."""

    kind: ClassVar[str] = "intake"
    products: dict[str, ProductRules]
    service_days: dict[str, int]
    remote_investigation_max: Yuan
    required_documents: tuple[str, ...]


class ReviewRules(Rules):
    """The joint review (TB-06 to TB-08)."""

    kind: ClassVar[str] = "review"
    quorum: int = Field(ge=4, le=11)
    per_discipline: int = Field(ge=1)
    recusal_years: int = Field(ge=0)
    weights: dict[str, Share]
    trim_from: int = Field(ge=3)
    pass_mark: int = Field(ge=0, le=100)
    floor_each: int = Field(ge=0, le=100)
    comment_below: int = Field(ge=0, le=100)
    comment_above: int = Field(ge=0, le=100)
    divided_from: int = Field(ge=1)
    """A dimension whose highest and lowest score lie so many points apart is called divided."""
    days: int = Field(ge=1)

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> Self:
        if sum(weight.ppm for weight in self.weights.values()) != MILLION:
            raise ValueError("the weights of the dimensions must sum to one")
        return self


class GradeRules(BaseModel):
    """One line of the master scale: from so many points on, this grade and this yearly default rate."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    grade: str
    from_points: int = Field(ge=0, le=100)
    default_rate: Share


def _sum_to_hundred(parts: BaseModel) -> None:
    if sum(parts.model_dump().values()) != 100:
        raise ValueError("the most that the parts give must sum to 100 points")


class ReputationParts(BaseModel):
    """The most points that each part of a person's and a team's reputation may give; they sum to 100."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    designation: int = Field(ge=0)
    experience: int = Field(ge=0)
    ventures: int = Field(ge=0)
    publications: int = Field(ge=0)
    credit_record: int = Field(ge=0)
    team_duties: int = Field(ge=0)
    team_time: int = Field(ge=0)
    team_commitment: int = Field(ge=0)
    team_key: int = Field(ge=0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _sum_to_hundred(self)
        return self


class FirmParts(BaseModel):
    """The most points that each part of a firm's own figures may give; they sum to 100."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    age: int = Field(ge=0)
    growth: int = Field(ge=0)
    margin: int = Field(ge=0)
    research: int = Field(ge=0)
    solvency: int = Field(ge=0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _sum_to_hundred(self)
        return self


class LegalParts(BaseModel):
    """The most points that each part of a right's legal side may give; they sum to 100.

    Claims and family are looked at for patents only; for other rights the first two parts share the hundred.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    standing: int = Field(ge=1)
    life: int = Field(ge=0)
    claims: int = Field(ge=0)
    family: int = Field(ge=0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _sum_to_hundred(self)
        return self


class FullMarks(BaseModel):
    """What gives a part its full points; less gives a share of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    industry_years: int = Field(ge=1)
    ventures: int = Field(ge=1)
    publications: int = Field(ge=1)
    prize_counts_as_papers: int = Field(ge=0)
    team_duties: int = Field(ge=1)
    team_months: int = Field(ge=1)
    key_people: int = Field(ge=1)
    firm_months: int = Field(ge=1)
    growth: Share
    margin: Share
    research: Share
    own_funds: Share
    right_days: int = Field(ge=1)
    claims: int = Field(ge=1)
    family: int = Field(ge=1)
    citations: int = Field(ge=1)


class CreditRules(Rules):
    """Points, grades, the offer and its price (system.md section 5; rulebook IP-13, LOAN-01, LOAN-09, TB-10)."""

    kind: ClassVar[str] = "credit"
    points_weights: dict[str, Share]
    reputation_parts: ReputationParts
    firm_parts: FirmParts
    firm_unknown_points: int = Field(ge=0, le=100)
    """What a firm without figures of its own is given: it is neither raised nor lowered by what nobody knows."""
    full_marks: FullMarks
    credit_record_shares: dict[str, Share]
    key_leaver_months: int = Field(ge=0)
    level_points: dict[str, int]
    level_line: dict[str, Yuan]
    designation_fades_years: int = Field(ge=1)
    pledge_rates: dict[str, Share]
    ip_weights: dict[str, Share]
    ip_life_buffer_days: int = Field(ge=0)
    ip_revalue_months: int = Field(ge=1)
    ip_breadth_each: int = Field(ge=0)
    ip_breadth_most: int = Field(ge=0, le=100)
    ip_legal_parts: LegalParts
    ip_filed_share: Share
    """What a right that is filed and not yet granted has of the points of its standing."""
    ip_citation_share: Share
    ip_citations_from_months: int = Field(ge=0)
    """A younger right has had no time to be cited: its technical side rests on the expert's score alone."""
    reputation_cover_share: Share
    grades: tuple[GradeRules, ...]
    least_grade: str
    guarantee_share: Share
    loss_given_default: Share
    funding_cost: Share
    operating_cost: Share
    margin: Share
    rate_floor: Share
    rate_cap: Share
    allin_warn: Share
    amount_unit: Yuan
    offer_valid_days: int = Field(ge=1)
    lender_of_record: str
    entrusted_threshold: Yuan
    entrusted_days: int = Field(ge=1)
    tranche_min: Yuan = ZERO
    """The least that is paid out at a time; the rest of a loan may be less."""

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> Self:
        for weights, wanted in (
            (self.points_weights, {"ip", "reputation", "firm", "panel"}),
            (self.ip_weights, {"legal", "technical", "economic"}),
        ):
            if weights.keys() != wanted or sum(weight.ppm for weight in weights.values()) != MILLION:
                raise ValueError(f"the weights of {', '.join(sorted(wanted))} must sum to one")
        if self.points_weights["panel"].ppm >= MILLION:
            raise ValueError("the panel cannot have all the weight: an application is graded before it has scored")
        return self

    @model_validator(mode="after")
    def _scale_falls(self) -> Self:
        points = [line.from_points for line in self.grades]
        if points != sorted(points, reverse=True) or points[-1] != 0:
            raise ValueError("grades must fall from the best to one that begins at nought points")
        return self


class ServicingRules(Rules):
    """Interest, allocation, ageing, non-accrual and allowance (rulebook sections 3 and 4)."""

    kind: ClassVar[str] = "servicing"
    day_basis: Literal[360, 365]
    settle_freq: Frequency
    settle_day: int = Field(ge=1, le=31)
    roll: Roll
    penalty_uplift: Share
    misuse_uplift: Share
    compound_on_penalty: bool
    alloc_order: tuple[DueKind, ...]
    alloc_order_npl: tuple[DueKind, ...]
    prepay_fee_rate: Share
    extension_short: Share = Rate(MILLION)
    extension_medium: Share = Rate(MILLION // 2)
    extension_long_months: int = Field(default=36, ge=0)
    capitalise_interest: bool = False
    """Whether a restructuring may turn overdue contract interest into principal."""
    quote_days: int = Field(default=30, ge=0)
    repricing: Repricing = Repricing.FIXED
    technical_days: int
    substandard_days: int
    doubtful_days: int
    loss_days: int
    nonaccrual_days: int
    doubtful_loss_share: Share
    loss_loss_share: Share
    cross_bank_share: Share
    cross_own_share: Share
    default_days: int = Field(ge=1)
    upgrade_periods: int = Field(default=2, ge=1)
    upgrade_months: int = Field(default=6, ge=1)
    obs_periods: int = Field(default=2, ge=1)
    obs_months: int = Field(default=12, ge=1)
    class_review_months: int = Field(default=3, ge=1)
    allowance_general: Share
    allowance: dict[FiveClass, Share]
    notice_days: int = Field(ge=0)
    backdate_max_days: int = Field(default=31, ge=0)
    postloan_first_days: int = Field(ge=1)

    @model_validator(mode="after")
    def _whole_orders(self) -> Self:
        for name, order in (("alloc_order", self.alloc_order), ("alloc_order_npl", self.alloc_order_npl)):
            if sorted(order) != sorted(DueKind):
                raise ValueError(f"{name} must name each kind of due once")
        return self

    @property
    def ageing(self) -> AgeingRules:
        """The part that ageing and classification read."""
        return AgeingRules(
            technical_days=self.technical_days,
            substandard_days=self.substandard_days,
            doubtful_days=self.doubtful_days,
            loss_days=self.loss_days,
            nonaccrual_days=self.nonaccrual_days,
            doubtful_loss_share_ppm=self.doubtful_loss_share.ppm,
            loss_loss_share_ppm=self.loss_loss_share.ppm,
            cross_bank_share_ppm=self.cross_bank_share.ppm,
            cross_own_share_ppm=self.cross_own_share.ppm,
        )


class ProvisionView(StrEnum):
    """By which reckoning the allowance is booked; the others are kept beside it."""

    PRESET_A = "preset_a"
    PRESET_B = "preset_b"
    ECL = "ecl"


class ScenarioRules(BaseModel):
    """One scenario of expected credit loss: its weight, and by what the default rate and the loss share are multiplied."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    scenario: str = Field(min_length=1, max_length=40)
    weight: Share
    default_factor: Share
    loss_factor: Share

    @model_validator(mode="after")
    def _not_negative(self) -> Self:
        if min(self.weight.ppm, self.default_factor.ppm, self.loss_factor.ppm) < 0:
            raise ValueError("weights and factors of a scenario cannot be negative")
        return self


class ProvisionRules(Rules):
    """What is set aside for losses (CLS-12 to CLS-14): the view that is booked, presets A and B, expected credit loss.

    Preset A's ratios are those of `ServicingRules`; here only stand the moves of its two middle ones within ±`float`.
    """

    kind: ClassVar[str] = "provision"
    view: ProvisionView
    preset_a_float: Share
    preset_a_moves: dict[FiveClass, Share]
    preset_b: dict[FiveClass, Share]
    preset_b_general: Share
    provision_ratio_min: Share
    coverage_min: Share
    second_stage_days: int = Field(ge=0)
    third_stage_days: int = Field(ge=1)
    second_stage_alarms: tuple[str, ...]
    """The levels of open warnings that put a loan into the second stage."""
    unrated_default_rate: Share
    """The yearly default rate of a loan whose application has no grade; the others have that of their grade."""
    loss_guaranteed: Share
    loss_pledged: Share
    loss_unsecured: Share
    undrawn_conversion: Share
    """How much of what is not drawn yet counts as exposure."""
    scenarios: tuple[ScenarioRules, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(scenario.weight.ppm for scenario in self.scenarios) != MILLION:
            raise ValueError("the weights of the scenarios must sum to one")
        if len({scenario.scenario for scenario in self.scenarios}) != len(self.scenarios):
            raise ValueError("every scenario has a name of its own")
        if self.preset_b.keys() != set(FiveClass):
            raise ValueError("preset B needs a coefficient for each of the five classes")
        if not self.preset_a_moves.keys() <= {FiveClass.SUBSTANDARD, FiveClass.DOUBTFUL}:
            raise ValueError("only the ratios of substandard and doubtful loans may be moved (CLS-12)")
        if any(abs(move.ppm) > self.preset_a_float.ppm for move in self.preset_a_moves.values()):
            raise ValueError("a ratio is moved further than it may be (CLS-12)")
        if self.second_stage_days >= self.third_stage_days:
            raise ValueError("the third stage begins after the second")
        return self


class GuaranteeRules(Rules):
    """The guarantor's limits, fee and deadlines (rulebook section 2)."""

    kind: ClassVar[str] = "guarantee"
    weight_small: Share
    weight_other: Share
    small_client_cap: Yuan
    multiple_max: int = Field(ge=1)
    multiple_max_small: int = Field(ge=1)
    small_balance_share: Share
    small_client_share: Share
    single_max: Share
    group_max: Share
    fee_rate: Share
    claim_wait_days: int = Field(ge=0)
    payout_workdays: int = Field(ge=1)
    covers_interest: bool
    period_months: int = Field(ge=6, le=36)
    unearned_rate: Share
    comp_rate: Share
    comp_ceiling: Share


class BridgeRules(Rules):
    """The re-lending fund (rulebook section 5)."""

    kind: ClassVar[str] = "bridge"
    allowed_products: tuple[str, ...]
    ratio: Share
    cap_firm: Yuan
    days_normal: int = Field(ge=1)
    days_max: int = Field(ge=1)
    tier_days: int = Field(ge=0)
    rate1: DailyRate
    rate2: DailyRate
    overdue_daily: DailyRate
    pause_overdue: Share
    self_min: Share
    promise_days: int = Field(ge=1)
    min_amount: Yuan = ZERO


class DisposalRules(Rules):
    """When a claim counts as bad, and how strategies are compared (system.md section 9)."""

    kind: ClassVar[str] = "disposal"
    least_days_past_due: int = Field(ge=0)
    discount_rate: Share
    strategies: dict[str, dict[str, str]]
    """For each strategy `recovery` (share of the claim), `cost` (share of the claim) and `months` until the money."""


class EquityRules(Rules):
    """Conversion, public holding, follow-on, exit (rulebook section 8)."""

    kind: ClassVar[str] = "equity"
    holder_of_record: str
    """The venture company's name as it stands in the firms' cap tables (EQ-01)."""
    public_holding_max: Share
    appraisal_valid_months: int = Field(ge=1)
    price_floor: Share
    resolution_votes: Share
    followon_ratio_max: Share
    buyback_rate: Share
    buyback_basis: Literal[360, 365]
    exit_free_years: int = Field(ge=0)


class ExposureRules(Rules):
    """Limits of the programme as a whole (TB-11, LOAN-08) and when the bureau is warned."""

    kind: ClassVar[str] = "exposure"
    fund_single_cap: Yuan
    fund_single_share_max: Share
    bank_single_max: Share
    industry_max: Share
    non_performing_max: Share
    bridge_use_max: Share
    drawing_min: Yuan = ZERO
    """The least that a facility promises, and the least that is drawn on it at a time unless it is the rest."""
    warn_at: Share
    """A limit is shown as near when so much of it is used."""


class SizeLine(BaseModel):
    """One sector of the national standard of sizes (LOAN-30): a size is reached with its staff and its revenue both;
    below the line of `large` in either, a firm is at most medium."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    sector: str
    large_staff: int = Field(ge=0)
    large_revenue: Yuan
    medium_staff: int = Field(ge=0)
    medium_revenue: Yuan
    small_staff: int = Field(ge=0)
    small_revenue: Yuan


class PrudenceRules(Rules):
    """What is checked before and after a pay-out: tenors, sizes, use of the money, inspections (rulebook section 3)."""

    kind: ClassVar[str] = "prudence"
    fixed_asset_products: tuple[str, ...]
    """Products that finance fixed assets; all others finance working capital."""
    tenor_wc_max_months: int = Field(ge=1)
    tenor_wc_long_months: int = Field(ge=1)
    tenor_fa_max_months: int = Field(ge=1)
    wc_floor_unit: Yuan
    need_products: tuple[str, ...]
    """Products whose need for working capital should be measured."""
    ordinary_grades: tuple[str, ...]
    """Grades that count as ordinary credit: a new client with one of them is paid by entrusted payment (LOAN-06)."""
    entrusted_days_max: int = Field(ge=1)
    own_use_days: int = Field(ge=1)
    inspect_months: int = Field(ge=1)
    inspect_watch_months: int = Field(ge=1)
    inspect_notice_days: int = Field(ge=0)
    sector_of: dict[str, str]
    size_table: tuple[SizeLine, ...]

    @model_validator(mode="after")
    def _every_sector_has_a_line(self) -> Self:
        lines = {line.sector for line in self.size_table}
        if lacking := sorted(set(self.sector_of.values()) - lines):
            raise ValueError(f"no sizes are given for {', '.join(lacking)}")
        return self


RULE_KINDS: dict[str, type[Rules]] = {
    rules.kind: rules
    for rules in (
        IntakeRules,
        ReviewRules,
        CreditRules,
        ServicingRules,
        ProvisionRules,
        GuaranteeRules,
        BridgeRules,
        DisposalRules,
        EquityRules,
        ExposureRules,
        PrudenceRules,
    )
}
