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
