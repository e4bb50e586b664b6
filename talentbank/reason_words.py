"""The words of reasons, stops and parts of an offer: what stands as codes and facts in the rows, said to people.

Each sentence is a message of the catalogue with the reason's facts in it: Chinese here, English in
`locale/en/decision.po`. A code without a sentence is a fault that `tests/talentbank/test_reason_words.py` finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from models.application import CreditRecord, Stop
from models.decision import Ceiling, PriceElement
from models.intellectual_property import PledgeBar
from models.talent import Level
from models.values.money import Money
from models.values.rate import Rate
from scoring.reasons import Reason
from talentbank.i18n import N_, gettext, word

REASONS: dict[str, str] = {
    "reputation.designation": N_("%(level)s“%(plan)s”入选，自%(selected_on)s起计，入选越久分值越低"),
    "reputation.no_designation": N_("没有经核实的有效人才计划入选"),
    "reputation.experience": N_("行业经验 %(years)s 年（满 %(full)s 年得满分）"),
    "reputation.ventures": N_("曾创办企业 %(firms)s 家（满 %(full)s 家得满分）"),
    "reputation.publications": N_("论文、专著 %(papers)s 篇，获奖 %(prizes)s 项"),
    "reputation.credit_record": N_("征信记录：%(record)s"),
    "reputation.no_team": N_("尚未登记在职的团队成员"),
    "reputation.team_duties": N_("团队分工覆盖 %(duties)s 类岗位（满 %(full)s 类得满分）"),
    "reputation.team_time": N_("团队成员平均共事 %(months)s 个月（满 %(full)s 个月得满分）"),
    "reputation.team_commitment": N_("团队平均投入 %(commitment)s 的工作时间"),
    "reputation.team_key": N_("关键人员 %(people)s 名（满 %(full)s 名得满分，避免依赖一人）"),
    "reputation.key_leaver": N_("近 %(months)s 个月内有 %(left)s 名关键人员离开"),
    "ip.none": N_("没有可以计分的知识产权"),
    "ip.best": N_("最强的一项权利《%(title)s》：法律 %(legal)s 分、技术 %(technical)s 分、经济 %(economic)s 分"),
    "ip.breadth": N_("另有 %(further)s 项权利可以计分"),
    "ip.secures": N_(
        "《%(title)s》（%(number)s）评估低值 %(low)s，质押率 %(pledge_rate)s，已质押 %(pledged)s，可担保 %(value)s"
    ),
    "ip.barred": N_("《%(title)s》（%(number)s）不能作为担保：%(bars)s"),
    "ip.not_valued": N_("《%(title)s》（%(number)s）没有 %(months)s 个月内的评估，暂不计担保价值"),
    "ip.short_life": N_(
        "《%(title)s》（%(number)s）在贷款到期后只剩 %(days)s 天有效期（应有 %(wanted)s 天），担保价值按比例计算"
    ),
    "firm.planned": N_("企业尚未成立，按中性分计"),
    "firm.age": N_("企业成立 %(months)s 个月（满 %(full)s 个月得满分）"),
    "firm.growth": N_("%(year)s 年营业收入增长 %(growth)s"),
    "firm.margin": N_("%(year)s 年利润率 %(share)s"),
    "firm.research": N_("%(year)s 年研发投入占营业收入 %(share)s"),
    "firm.solvency": N_("%(year)s 年末自有资金占总资产 %(share)s"),
    "firm.growth_unknown": N_("没有连续两年的营业收入，增长按中性分计"),
    "firm.margin_unknown": N_("没有营业收入，利润率按中性分计"),
    "firm.research_unknown": N_("没有营业收入，研发投入按中性分计"),
    "firm.solvency_unknown": N_("没有资产负债数据，偿债能力按中性分计"),
    "grade.next": N_("目前为 %(now)s 级，再得 %(missing)s 分可升至 %(grade)s 级"),
}

STOPS: dict[Stop, str] = {
    Stop.INTEGRITY_LISTED: N_("申请人或企业被列入失信名单，须先移出名单"),
    Stop.INTEGRITY_UNCHECKED: N_("尚未核查失信名单，请在尽职调查中补查"),
    Stop.NO_DESIGNATION: N_("没有有效的人才计划入选，不属于人才银行的服务对象"),
    Stop.DESIGNATION_UNVERIFIED: N_("人才计划入选（%(plans)s）尚未经人才办核实"),
    Stop.NO_CONSENT: N_("尚未取得本人的征信查询授权"),
    Stop.FIRM_TOO_LARGE: N_("企业规模为%(size)s，不属于中小微企业"),
}

FORMULAS: dict[Ceiling, str] = {
    Ceiling.REQUEST: N_("申请金额"),
    Ceiling.SECURITY: N_("（质押价值 + 信誉额度 × 计入比例）÷（1 − 担保比例）"),
    Ceiling.NEED: N_("测算的资金需求"),
    Ceiling.PRODUCT_CAP: N_("产品的最高金额"),
    Ceiling.FUND_SINGLE_CAP: N_("单户上限 − 已用额度"),
    Ceiling.FUND_SINGLE_SHARE: N_("统贷资金总额 × 单户比例 − 已用额度"),
    Ceiling.BANK_SINGLE: N_("银行资本 × 单一借款人比例 − 已用额度"),
}

PRICE_FORMULAS: dict[PriceElement, str] = {
    PriceElement.FUNDING_COST: N_("统贷资金的加权利率，没有统贷资金时按规则"),
    PriceElement.EXPECTED_LOSS: N_("违约率 × 违约损失率 ×（1 − 担保比例）"),
    PriceElement.OPERATING_COST: N_("规则规定的运营成本率"),
    PriceElement.MARGIN: N_("规则规定的利润率"),
}

WHYS: dict[str, str] = {
    "not_measured": N_("未测算，不作限制"),
    "guaranteed_in_full": N_("全额担保，不作限制"),
    "no_commitments": N_("没有开放的统贷资金，不作限制"),
    "no_capital": N_("本行账上没有资本：由合作的贷款银行按其自有资本测算，本系统未测算"),
}

WARNINGS: dict[str, str] = {"all_in_high": N_("利率加担保费超过综合成本警戒线，请复核")}

INPUTS: dict[str, str] = {
    "request_fen": N_("申请金额"),
    "need_fen": N_("资金需求"),
    "product_cap_fen": N_("产品上限"),
    "pledge_value_fen": N_("质押价值"),
    "reputation_line_fen": N_("信誉额度"),
    "cover_share_ppm": N_("信誉计入比例"),
    "guarantee_share_ppm": N_("担保比例"),
    "guaranteed_fen": N_("担保部分"),
    "cap_fen": N_("上限"),
    "exposure_fen": N_("已用额度"),
    "commitments_fen": N_("统贷资金总额"),
    "capital_fen": N_("银行资本"),
    "share_ppm": N_("比例"),
    "default_rate_ppm": N_("违约率"),
    "loss_given_default_ppm": N_("违约损失率"),
    "source": N_("来源"),
}
"""What an input of a part is called."""

SOURCES: dict[str, str] = {"facilities": N_("开放的统贷资金"), "rules": N_("现行规则")}

_WORDS: dict[str, Callable[[Any], Any]] = {
    "level": Level,
    "record": CreditRecord,
    "bars": lambda bars: [PledgeBar(bar) for bar in bars],
    "selected_on": date.fromisoformat,
}


def say(reason: Reason) -> str:
    """A reason in the language now spoken. KeyError for a code that has no sentence."""
    return gettext(REASONS[reason.code], **facts_of(reason.facts))


def say_stop(code: str, facts: Mapping[str, Any]) -> str:
    """What stops an application, with what has to be done about it. ValueError for a code that is no `Stop`."""
    return gettext(STOPS[Stop(code)], **facts_of(facts))


def say_why(part: Mapping[str, Any]) -> str:
    """Why a stored part of an offer does not bind; empty for one that does."""
    why = part["inputs"].get("why")
    return gettext(WHYS[why]) if why else ""


def say_formula(name: str) -> str:
    """The formula of a part of the amount or of the price, by its stored name."""
    if name in set(Ceiling):
        return gettext(FORMULAS[Ceiling(name)])
    return gettext(PRICE_FORMULAS[PriceElement(name)])


def say_part(name: str) -> str:
    """What a part of the amount or of the price is called, by its stored name."""
    return word(Ceiling(name) if name in set(Ceiling) else PriceElement(name))


def inputs_of(part: Mapping[str, Any]) -> list[tuple[str, Money | Rate | str]]:
    """The inputs of a stored part, each with what it is called: amounts as Money, shares and rates as Rate."""
    found: list[tuple[str, Money | Rate | str]] = []
    for name, fact in part["inputs"].items():
        if name == "why":
            continue
        exact = _exact(name, fact)[1]
        found.append((gettext(INPUTS[name]), gettext(SOURCES[exact]) if name == "source" else exact))
    return found


def facts_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Stored facts as sentences take them: `low_fen` as `low`, an amount; `share_ppm` as `share`, a rate; words as
    members of their vocabularies."""
    return dict(_exact(name, fact) for name, fact in facts.items())


def _exact(name: str, fact: Any) -> tuple[str, Any]:
    if name.endswith("_fen"):
        return name.removesuffix("_fen"), Money(fact)
    if name.endswith("_ppm"):
        return name.removesuffix("_ppm"), Rate(fact)
    return name, _WORDS[name](fact) if name in _WORDS and fact else fact
