"""What the rules are called on screen, and where each number comes from: the words beside the pilot's file.

A rule is known by its path, such as ``credit.level_line.national``. Steps that are words of an enumeration are said as
the glossary says them; all others have their name here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from models.policies.pilot import FILE
from talentbank import i18n
from talentbank.handbook.rules import SECTION, VALUE
from talentbank.i18n import N_

KINDS = {
    "intake": N_("受理规则"),
    "review": N_("联合评审规则"),
    "credit": N_("授信与定价规则"),
    "servicing": N_("计息与分类规则"),
    "provision": N_("减值准备规则"),
    "guarantee": N_("担保规则"),
    "bridge": N_("转贷规则"),
    "disposal": N_("处置规则"),
    "equity": N_("股权规则"),
    "exposure": N_("限额规则"),
    "prudence": N_("审慎与贷后规则"),
}
VOCABULARIES = {
    "products": "Product",
    "service_days": "Stage",
    "weights": "Dimension",
    "level_points": "Level",
    "level_line": "Level",
    "pledge_rates": "IPKind",
    "credit_record_shares": "CreditRecord",
    "allowance": "FiveClass",
    "preset_a_moves": "FiveClass",
    "preset_b": "FiveClass",
    "strategies": "Strategy",
    "sector_of": "Industry",
}
"""Sections whose keys are words of the glossary."""

VALUES = {
    "methods": "RepaymentMethod",
    "required_documents": "DocumentType",
    "allowed_products": "Product",
    "alloc_order": "DueKind",
    "alloc_order_npl": "DueKind",
    "settle_freq": "Frequency",
    "roll": "Roll",
    "fixed_asset_products": "Product",
    "need_products": "Product",
    "sector_of": "SizeSector",
    "sector": "SizeSector",
    "second_stage_alarms": "AlarmLevel",
    "scenario": "Scenario",
}
"""Rules whose values are words of the glossary."""

NAMES = {
    "version": N_("版本"),
    "effective_from": N_("生效日"),
    # --- intake ---
    "products": N_("产品"),
    "min_amount": N_("金额下限"),
    "max_amount": N_("金额上限"),
    "max_term_months": N_("期限上限（月）"),
    "methods": N_("还款方式"),
    "before_formation": N_("企业设立前可申请"),
    "service_days": N_("办理时限（工作日）"),
    "remote_investigation_max": N_("可远程尽调的金额上限"),
    "required_documents": N_("必备材料"),
    # --- review ---
    "quorum": N_("评审专家法定人数"),
    "per_discipline": N_("每类专家至少人数"),
    "recusal_years": N_("利害关系回避年限"),
    "weights": N_("评审维度权重"),
    "trim_from": N_("去掉最高最低分的起始人数"),
    "pass_mark": N_("及格线"),
    "floor_each": N_("单项底线"),
    "comment_below": N_("低于此分须说明"),
    "comment_above": N_("高于此分须说明"),
    "divided_from": N_("分歧认定分差"),
    "days": N_("评审天数"),
    # --- credit ---
    "points_weights": N_("总分权重"),
    "ip": N_("知识产权"),
    "reputation": N_("信誉"),
    "firm": N_("企业"),
    "panel": N_("联合评审"),
    "reputation_parts": N_("信誉分项满分"),
    "designation": N_("人才认定"),
    "experience": N_("行业经验"),
    "ventures": N_("创业经历"),
    "publications": N_("论文与奖项"),
    "credit_record": N_("个人信用"),
    "team_duties": N_("团队分工"),
    "team_time": N_("团队磨合"),
    "team_commitment": N_("团队投入"),
    "team_key": N_("核心成员"),
    "firm_parts": N_("企业分项满分"),
    "age": N_("存续时间"),
    "growth": N_("成长性"),
    "margin": N_("利润率"),
    "research": N_("研发投入"),
    "solvency": N_("偿债能力"),
    "firm_unknown_points": N_("无财务数据企业得分"),
    "full_marks": N_("满分标准"),
    "industry_years": N_("行业年数"),
    "prize_counts_as_papers": N_("一项奖项折合论文数"),
    "team_months": N_("团队共事月数"),
    "key_people": N_("核心成员人数"),
    "firm_months": N_("企业存续月数"),
    "own_funds": N_("自有资金比例"),
    "right_days": N_("权利剩余天数"),
    "claims": N_("权利要求数"),
    "family": N_("同族专利数"),
    "citations": N_("被引次数"),
    "credit_record_shares": N_("信用记录得分比例"),
    "key_leaver_months": N_("核心成员离职影响月数"),
    "level_points": N_("人才层级得分"),
    "level_line": N_("人才层级信誉额度"),
    "designation_fades_years": N_("认定效力递减年数"),
    "pledge_rates": N_("质押率上限"),
    "ip_weights": N_("知识产权评分权重"),
    "legal": N_("法律"),
    "technical": N_("技术"),
    "economic": N_("经济"),
    "ip_life_buffer_days": N_("权利期限长于债务的天数"),
    "ip_revalue_months": N_("估值有效月数"),
    "ip_breadth_each": N_("每项其他有效权利加分"),
    "ip_breadth_most": N_("其他有效权利加分上限"),
    "ip_legal_parts": N_("法律分项满分"),
    "standing": N_("法律状态"),
    "life": N_("剩余期限"),
    "ip_filed_share": N_("申请中权利得分比例"),
    "ip_citation_share": N_("被引占技术分比例"),
    "ip_citations_from_months": N_("计被引的权利月龄"),
    "reputation_cover_share": N_("信誉额度折算比例"),
    "grades": N_("评级标准"),
    "grade": N_("等级"),
    "from_points": N_("起始分"),
    "default_rate": N_("违约率"),
    "least_grade": N_("最低准入等级"),
    "guarantee_share": N_("担保比例"),
    "loss_given_default": N_("违约损失率"),
    "funding_cost": N_("资金成本"),
    "operating_cost": N_("运营成本"),
    "rate_floor": N_("利率下限"),
    "rate_cap": N_("利率上限"),
    "allin_warn": N_("综合成本提示线"),
    "amount_unit": N_("授信金额取整单位"),
    "offer_valid_days": N_("批准有效天数"),
    "lender_of_record": N_("名义贷款人"),
    "entrusted_threshold": N_("受托支付起点"),
    "entrusted_days": N_("自主支付核查天数"),
    "tranche_min": N_("单笔放款下限"),
    # --- servicing ---
    "day_basis": N_("计息天数基础"),
    "settle_freq": N_("结息频率"),
    "settle_day": N_("结息日"),
    "roll": N_("节假日顺延规则"),
    "penalty_uplift": N_("逾期罚息加收"),
    "misuse_uplift": N_("挪用罚息加收"),
    "compound_on_penalty": N_("罚息计复利"),
    "alloc_order": N_("还款冲销顺序"),
    "alloc_order_npl": N_("不良贷款冲销顺序"),
    "prepay_fee_rate": N_("提前还款费率"),
    "extension_short": N_("短期贷款展期上限占原期限"),
    "extension_medium": N_("中期贷款展期上限占原期限"),
    "extension_long_months": N_("长期贷款展期上限月数"),
    "capitalise_interest": N_("重组时欠息可转本金"),
    "quote_days": N_("结清报价最多提前天数"),
    "repricing": N_("合同利率重定价方式"),
    "technical_days": N_("技术性逾期天数"),
    "substandard_days": N_("次级起始逾期天数"),
    "doubtful_days": N_("可疑起始逾期天数"),
    "loss_days": N_("损失起始逾期天数"),
    "nonaccrual_days": N_("停止计息逾期天数"),
    "doubtful_loss_share": N_("可疑预期损失比例"),
    "loss_loss_share": N_("损失预期损失比例"),
    "cross_bank_share": N_("跨行债务逾期比例"),
    "cross_own_share": N_("本行债权不良比例"),
    "default_days": N_("认定违约逾期天数"),
    "upgrade_periods": N_("上调分类须连续按期归还期数"),
    "upgrade_months": N_("上调分类须满月数"),
    "allowance_general": N_("一般准备比例"),
    "allowance": N_("专项准备比例"),
    "obs_periods": N_("重组观察期还款期数"),
    "obs_months": N_("重组观察期月数"),
    "class_review_months": N_("分类复核间隔（月）"),
    "notice_days": N_("到期提醒提前天数"),
    "backdate_max_days": N_("还款起息日最多提前天数"),
    "postloan_first_days": N_("首次贷后检查天数"),
    # --- provision ---
    "view": N_("入账口径"),
    "preset_a_float": N_("次级可疑比例浮动幅度"),
    "preset_a_moves": N_("次级可疑比例浮动"),
    "preset_b": N_("标准风险系数"),
    "preset_b_general": N_("一般风险准备比例"),
    "provision_ratio_min": N_("贷款拨备率标准"),
    "coverage_min": N_("拨备覆盖率标准"),
    "second_stage_days": N_("第二阶段起始逾期天数"),
    "third_stage_days": N_("第三阶段起始逾期天数"),
    "second_stage_alarms": N_("列入第二阶段的预警级别"),
    "unrated_default_rate": N_("无评级贷款年违约率"),
    "loss_guaranteed": N_("保证部分违约损失率"),
    "loss_pledged": N_("质押部分违约损失率"),
    "loss_unsecured": N_("无担保部分违约损失率"),
    "undrawn_conversion": N_("未提款折算比例"),
    "scenarios": N_("情景"),
    "scenario": N_("情景名称"),
    "weight": N_("权重"),
    "default_factor": N_("违约率倍数"),
    "loss_factor": N_("违约损失率倍数"),
    # --- guarantee ---
    "weight_small": N_("小微客户责任权重"),
    "weight_other": N_("其他客户责任权重"),
    "small_client_cap": N_("小微客户余额上限"),
    "multiple_max": N_("放大倍数上限"),
    "multiple_max_small": N_("小微为主时的放大倍数上限"),
    "small_balance_share": N_("小微余额占比要求"),
    "small_client_share": N_("小微户数占比要求"),
    "single_max": N_("单户上限占净资产"),
    "group_max": N_("关联方上限占净资产"),
    "fee_rate": N_("担保费年费率"),
    "claim_wait_days": N_("代偿等待天数"),
    "payout_workdays": N_("代偿支付工作日"),
    "covers_interest": N_("担保范围含利息"),
    "period_months": N_("保证期间（月）"),
    "unearned_rate": N_("未到期责任准备比例"),
    "comp_rate": N_("担保赔偿准备比例"),
    "comp_ceiling": N_("担保赔偿准备上限"),
    # --- bridge ---
    "allowed_products": N_("可转贷产品"),
    "ratio": N_("转贷比例上限"),
    "cap_firm": N_("单户转贷上限"),
    "days_normal": N_("正常占用天数"),
    "days_max": N_("最长占用天数"),
    "tier_days": N_("分档天数"),
    "rate1": N_("首档日费率"),
    "rate2": N_("次档日费率"),
    "overdue_daily": N_("逾期日费率"),
    "pause_overdue": N_("暂停业务的逾期占比"),
    "self_min": N_("企业自筹最低比例"),
    "promise_days": N_("资金预占天数"),
    # --- disposal, equity ---
    "least_days_past_due": N_("移交最低逾期天数"),
    "discount_rate": N_("折现率"),
    "strategies": N_("处置方式假设"),
    "recovery": N_("回收比例"),
    "cost": N_("费用比例"),
    "months": N_("回收月数"),
    "holder_of_record": N_("登记股东名称"),
    "public_holding_max": N_("财政持股上限"),
    "appraisal_valid_months": N_("评估有效月数"),
    "price_floor": N_("转股价格下限"),
    "resolution_votes": N_("股东会表决比例"),
    "followon_ratio_max": N_("跟投比例上限"),
    "buyback_rate": N_("回购年利率"),
    "buyback_basis": N_("回购计息天数基础"),
    "exit_free_years": N_("平价退出年限"),
    # --- exposure ---
    "fund_single_cap": N_("单户金额上限"),
    "fund_single_share_max": N_("单户占统贷资金上限"),
    "bank_single_max": N_("单户占银行资本上限"),
    "industry_max": N_("单一行业上限"),
    "non_performing_max": N_("不良贷款率上限"),
    "bridge_use_max": N_("转贷资金占用上限"),
    "drawing_min": N_("统贷提款下限"),
    "warn_at": N_("预警线"),
    # --- prudence ---
    "fixed_asset_products": N_("固定资产类产品"),
    "tenor_wc_max_months": N_("流动资金贷款期限（月）"),
    "tenor_wc_long_months": N_("长周期流动资金贷款期限（月）"),
    "tenor_fa_max_months": N_("固定资产贷款期限（月）"),
    "wc_floor_unit": N_("需求测算取整单位"),
    "need_products": N_("须测算资金需求的产品"),
    "ordinary_grades": N_("信用状况一般的等级"),
    "entrusted_days_max": N_("受托支付最长工作日"),
    "own_use_days": N_("自主支付举证天数"),
    "inspect_months": N_("贷后检查间隔（月）"),
    "inspect_watch_months": N_("预警期间检查间隔（月）"),
    "inspect_notice_days": N_("检查提前提醒天数"),
    "sector_of": N_("行业所属划型门类"),
    "size_table": N_("企业划型标准"),
    "sector": N_("门类"),
    "large_staff": N_("大型从业人员"),
    "large_revenue": N_("大型营业收入"),
    "medium_staff": N_("中型从业人员"),
    "medium_revenue": N_("中型营业收入"),
    "small_staff": N_("小型从业人员"),
    "small_revenue": N_("小型营业收入"),
}
"""The name of each step of a path that no enumeration has."""

RULE = re.compile(r"\b(?:TB|LOAN|GUA|BRG|CLS|IP|EQ|TAL|NUM|ID|EX)-\d+\b")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from: the rules it cites, whether it is the bank's own choice, and the note in full."""

    rules: tuple[str, ...]
    own: bool
    note: str


NO_SOURCE = Source((), False, "")


def kind_name(kind: str) -> str:
    """What a kind of rules is called, in the language now spoken."""
    return i18n.gettext(KINDS[kind]) if kind in KINDS else kind


def label(path: str) -> str:
    """What a rule is called, in the language now spoken: `level_line.national` is 人才层级信誉额度 · 国家级."""
    said: list[str] = []
    above = ""
    for step in path.split("."):
        if step.isdigit():
            said.append(str(int(step) + 1))
        elif above in VOCABULARIES:
            said.append(i18n.word(f"{VOCABULARIES[above]}.{step}"))
        else:
            said.append(i18n.gettext(NAMES[step]) if step in NAMES else step)
        above = step
    return " · ".join(said)


def value_word(path: str, value: str) -> str:
    """A stored word of a rule's value as people say it."""
    above, _, last = path.rpartition(".")
    vocabulary = VALUES.get(last) or VALUES.get(above.rpartition(".")[2])
    return i18n.word(f"{vocabulary}.{value}") if vocabulary else value


@cache
def sources() -> Mapping[str, Source]:
    """The note beside each number of the pilot's file, by kind and path: `guarantee.single_max` cites GUA-06."""
    found: dict[str, Source] = {}
    section, section_note = "", ""
    counts: dict[str, int] = {}
    first_notes: dict[str, str] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        plain = line.strip()
        if match := SECTION.match(plain):
            section, section_note = match["name"], match["note"] or ""
            if plain.startswith("[["):
                counts[section] = counts.get(section, -1) + 1
                section_note = first_notes.setdefault(section, section_note)
                section = f"{section}.{counts[section]}"
        elif (match := VALUE.match(plain)) and not plain.startswith("#"):
            found[f"{section}.{match['name']}"] = _source(match["note"] or section_note)
    return found


def _source(note: str) -> Source:
    return Source(tuple(RULE.findall(note)), "by design" in note or "assumed" in note, note)
