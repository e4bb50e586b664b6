"""The checks before credit is given, in words: what was found, by which rule, on which legal basis."""

from __future__ import annotations

from dataclasses import dataclass

from models.application import Application
from talentbank import i18n
from talentbank.i18n import N_
from talentbank.web.desk import Desk
from workflows import checking

NAMES = {
    "LOAN-01": N_("贷款期限"),
    "LOAN-02": N_("贷前调查要点"),
    "LOAN-04": N_("流动资金需求"),
    "LOAN-08": N_("单一借款人"),
    "LOAN-29": N_("综合融资成本"),
    "LOAN-30": N_("企业划型"),
    "LOAN-32": N_("征信授权"),
}
BASES = {
    "LOAN-01": N_("2024年贷款管理办法"),
    "LOAN-02": N_("2024年贷款管理办法"),
    "LOAN-04": N_("流动资金贷款管理办法附件"),
    "LOAN-08": N_("《商业银行法》第三十九条"),
    "LOAN-29": N_("最高法2017年金融审判意见"),
    "LOAN-30": N_("工信部联企业〔2011〕300号"),
    "LOAN-32": N_("《征信业管理条例》第十八条"),
}
SENTENCES = {
    "tenor_within": N_("期限 %(months)s 个月，在 %(usual)s 个月以内"),
    "tenor_needs_long_cycle": N_("期限 %(months)s 个月，超过 %(usual)s 个月：须说明经营周期较长"),
    "tenor_too_long": N_("期限 %(months)s 个月，超过上限 %(most)s 个月"),
    "parts_complete": N_("调查要点已全部登记"),
    "parts_lacking": N_("尚未登记：%(parts)s"),
    "need_not_measured": N_("还没有测算流动资金需求"),
    "within_need": N_("金额 %(asked)s，在测算额度 %(allowed)s 以内"),
    "need_exceeded": N_("金额 %(asked)s，决策人已同意超出测算，至多 %(allowed)s"),
    "above_need": N_("金额 %(asked)s，超过测算额度 %(allowed)s"),
    "no_need": N_("测算结果不大于零，不应新增流动资金贷款"),
    "within_single": N_("批准后合计 %(after)s，不超过资本的 %(share)s（%(most)s）"),
    "above_single": N_("批准后合计 %(after)s，超过资本的 %(share)s（%(most)s）"),
    "capital_of_partner": N_("批准后合计 %(after)s；贷款人为合作银行，由其按自身资本的 %(share)s 核定"),
    "not_priced": N_("尚未定价，定价后再核对是否超过 %(warn)s"),
    "price_within": N_("利率与担保费合计 %(price)s，不超过 %(warn)s"),
    "price_high": N_("利率与担保费合计 %(price)s，超过 %(warn)s，超出部分有不受保护的风险"),
    "size_not_determined": N_("还没有按从业人员和营业收入划型"),
    "size_determined": N_("%(size)s"),
    "size_large": N_("%(size)s，不属于中小微企业"),
    "no_consent": N_("没有取得书面授权，不得查询征信"),
    "no_enquiry": N_("已取得授权，还没有登记征信查询"),
    "enquired": N_("已按授权查询征信 %(number)s 次"),
}
VERDICTS = {"pass": (N_("通过"), "ok"), "warn": (N_("提示"), "warn"), "stop": (N_("不通过"), "bad")}


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check in words."""

    name: str
    rule: str
    basis: str
    verdict: str
    tone: str
    text: str


def checks(desk: Desk, application: Application) -> list[CheckView]:
    """Every check of the application on the business date."""
    found = checking.checks(desk.session, application=application, on=desk.on)
    with desk.speaking():
        return [
            CheckView(
                i18n.gettext(NAMES[one.rule]),
                one.rule,
                i18n.gettext(BASES[one.rule]),
                i18n.gettext(VERDICTS[one.verdict][0]),
                VERDICTS[one.verdict][1],
                i18n.gettext(SENTENCES[one.word], **one.facts),
            )
            for one in found
        ]
