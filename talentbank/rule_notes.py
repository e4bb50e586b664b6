"""What the notes beside the pilot's numbers say, for people: the file is code and speaks English, the screen Chinese first.

A note is known by its text in `models/policies/pilot.toml`. Notes of nothing but the numbers of rules are not here: the
numbers stand on the screen by themselves.
"""

from __future__ import annotations

import re

from talentbank.i18n import N_, gettext

FIRST_RULES = "pilot.toml"
"""What stands as the reason of the first rule sets: the file that they were laid from."""

CAME_WITH_US = N_("系统自带的首套规则")

NOTES: dict[str, str] = {
    "by design: what a first look needs": N_("初次受理所需的材料"),
    "by design: working days a file may rest before it is shown as late": N_(
        "卷宗在本环节停留超过这些工作日即提示超时"
    ),
    "by design, within LOAN-01 for fixed assets": N_("在固定资产贷款的期限上限之内"),
    "TB-06, by design: technology, policy, credit and investment are all heard": N_(
        "技术、政策、信贷、投资四个专业都要听取"
    ),
    "TB-08: an extreme score needs a written reason": N_("过高或过低的分数须写明理由"),
    "by design: a designation counts in full at first and half at the end": N_("认定初期全额计分，期末减半"),
    "by design: what each further right in force adds to the best one": N_("在最强一项之外，每多一项有效权利所加的分"),
    "by design: of the technical side of a patent old enough to be cited": N_(
        "占技术分的比例，限于年限足以被引用的专利"
    ),
    "by design: a younger patent has had no time to be cited": N_("年限更短的专利还来不及被引用"),
    "by design: how long the leaving of a key person weighs": N_("核心成员离开后影响评分的时间"),
    "by design: neither raised nor lowered by what nobody knows": N_("无从得知的情况既不加分也不减分"),
    "by design; TB-10 gives it no value in coverage tests, so the line is shown apart": N_(
        "覆盖率测试中不计价值，因此单独列示"
    ),
    "GUA-12: the bank keeps 20%": N_("银行自担 20%"),
    "assumed: nothing of the bank's own is known yet": N_("暂为假设：本行尚无自己的数据"),
    "by design: the facility's price is used where it is known": N_("统贷资金的价格已知时，以其为准"),
    "by design; TB-15 binds lenders without a licence": N_("约束的是没有放贷牌照的出借人"),
    "TB-12; illustrative": N_("示例"),
    "EQ-01; illustrative": N_("示例"),
    "LOAN-06, product default": N_("产品的默认值"),
    "by design, replaced when outcomes are known": N_("有了实际结果后替换"),
    "by design: the most that each part may give; they sum to 100": N_("各分项的满分，合计 100"),
    "by design; they sum to 100": N_("合计 100"),
    "by design: what gives a part its full points": N_("达到即得该分项满分"),
    "by design; a record that is not named gives none": N_("没有列出的信用记录不得分"),
    "TAL-01: the highest valid level wins; points by design": N_("以有效认定中的最高层级为准；分值由本行自定"),
    "reputation line at full strength, by design": N_("信誉满分时的额度"),
    "TB-10: not registrable, so no security": N_("不能登记，因此不能作为担保"),
    "points and default rates by design: an expert's scale before any default was seen": N_(
        "分值与违约率由专家设定，尚未经过实际违约的检验"
    ),
    "GUA-14 gua_claim_wait_days: from then on the guarantee may be called": N_("从这一天起可以要求担保代偿"),
    "CLS-11: instalments in a row paid on time before a bad loan may be lifted": N_(
        "不良贷款上调分类前须连续按期归还的期数"
    ),
    "CLS-11: or so many months": N_("或须满这些月数"),
    "CLS-12, preset A": N_("预设方案 A"),
    "BRG-01; by design wider than working capital alone": N_("范围比仅限流动资金贷款更宽，由本行自定"),
    "by design: how long a reservation waits for its day": N_("资金预占等待用款日的时间"),
    "CLS-03: only a bad loan is handed over": N_("只有不良贷款才移交"),
    "shares and months assumed, until the bank has cases of its own": N_("比例与月数为假设，待本行有实际案例后调整"),
    "by design: an offer is made in whole units of so much (LOAN-04), so less could never be granted": N_(
        "授信以整万元为单位，低于此数无法批准"
    ),
    "by design: as little as a loan itself may be; the rest of a loan may be less": N_(
        "与贷款最低金额一致；最后一笔余额可以更小"
    ),
    "LOAN-24: of the original term": N_("占原期限的比例"),
    "by design: overdue interest becomes principal only where the bank has decided so": N_(
        "逾期利息转本金，仅在本行决定允许时适用"
    ),
    "by design: how many days ahead a settlement is quoted": N_("结清报价最多提前的天数"),
    "CLS-09: consecutive repayment periods in which a restructured loan is observed": N_(
        "重组贷款须连续正常还款的期数"
    ),
    "CLS-09: and at least so many months": N_("且至少观察这些月数"),
    "CLS-15: every loan is looked at again after so many months": N_("每隔这些月数重新分类一次"),
    "by design: a payment heard of late counts from its own day, for a month's statements at most": N_(
        "补记的还款按实际到账日计算，最多追溯一个月"
    ),
    "by design: expected credit loss is reckoned beside it until the bank has outcomes of its own": N_(
        "本行积累自己的结果之前，预期信用损失并列测算"
    ),
    "by design: the usual presumption that risk has grown": N_("通常推定信用风险已显著增加"),
    "by design: yellow warnings may still be technical": N_("黄色预警可能仍属技术性原因"),
    "assumed: that of grade BB": N_("暂为假设：取 BB 级的水平"),
    "assumed: what is lost of a part that the guarantee company answers for": N_("暂为假设：担保公司承担部分的损失率"),
    "assumed": N_("暂为假设"),
    "by design: as little as the loan behind it may be": N_("与其背后贷款的最低金额一致"),
    "by design: as little as a loan that it funds may be": N_("与其资助贷款的最低金额一致"),
    "LOAN-01: an R&D centre is a fixed asset": N_("研发中心属于固定资产"),
    "LOAN-01: where the cash cycle is long": N_("适用于经营周期较长的情形"),
    "LOAN-06, by design: what counts as ordinary credit of a new client": N_("新客户信用一般的认定界限"),
    "LOAN-07: working days, for reasons of the borrower": N_("因借款人原因时的工作日数"),
    "by design: how long the borrower has to prove what it paid itself (LOAN-06)": N_("自主支付后提交凭证的期限"),
    "LOAN-27: quarterly": N_("每季度"),
    "LOAN-27: monthly while a warning is open": N_("有预警时每月"),
    "by design: so long before it is due the officer is told": N_("到期前提醒的天数"),
    "CLS-12: within the float": N_("在允许的浮动范围内"),
    "assumed: weights and factors by judgement, approved by two people like every rule": N_(
        "暂为假设：权重与系数由判断得出，与其他规则一样须两人批准"
    ),
    "LOAN-30, by design: under which line of the standard each field of the district falls": N_(
        "本区各行业对应划型标准中的哪一类"
    ),
}
"""Each note that says something in words, and the words."""

BARE = re.compile(r"\b[A-Z]+-\d+\b|\b[a-z]+(?:_[a-z]+)+\b|by design|[\u4e00-\u9fff]+|[\s,;:]")
"""What a note may hold and yet say nothing in words: rules, names of parameters, the names of products."""


def has_words(note: str) -> bool:
    """True if a note says more than the numbers of rules, which are shown apart."""
    return bool(BARE.sub("", note))


def say_note(note: str) -> str:
    """A note of the pilot's file in the language now spoken, without the numbers of rules. KeyError for one that has
    words and is not known."""
    return gettext(NOTES[note]) if has_words(note) else ""


def say_reason(reason: str) -> str:
    """Why a rule set was proposed: as its proposer wrote it, or that it came with the system."""
    return gettext(CAME_WITH_US) if reason == FIRST_RULES else reason
