"""What the bank says when it declines at equity: conversions, awards, rounds, exits."""

REFUSALS = {
    "NotYetFounded": "%(firm)s 尚未登记设立或没有注册资本，不能办理股权业务。",
    "RegisterIncomplete": "%(firm)s 的股东名册合计 %(known)s，与注册资本 %(registered)s 不符。请先补全股东名册。",
    "NotConvertible": "%(firm)s 不得转股：%(reasons)s。请改用其他处置方案。",
    "AppraisalNotValid": "评估基准日 %(appraised_on)s 的评估报告有效期至 %(valid_to)s，办理日 %(on)s 不在有效期内。请重新评估。",
    "ResolutionMissing": "增资须经股东会决议：请填写决议名称或文号。",
    "TooFewVotes": "股东会同意增资的表决权为 %(votes)s，低于要求的 %(needed)s。",
    "ConversionUnderWay": "处置案件 %(case)s 已有未了结的转股方案 %(conversion)s，请先办结。",
    "ValueAboveClaim": "处置案件 %(case)s 可转股的债权为 %(claim)s，作价 %(value)s 过高。债权不得高估作价。",
    "PartNotOfCost": "处置案件 %(case)s 的剩余成本为 %(cost)s，拟转股部分 %(part)s 不在其内。请重新拟定方案。",
    "ContributionTooSmall": "按投前估值 %(pre_money)s 和注册资本 %(registered)s，出资 %(value)s 折不成一分钱注册资本。请核对金额和估值。",
    "CapTableMoved": "%(firm)s 的注册资本已由 %(before)s 变为 %(now)s，转股方案不再适用。请重新拟定方案。",
    "HoldingOver": "持股 %(holding)s 当前为“%(stage)s”，不能再办理。",
    "FollowTooMuch": "跟投 %(followed)s 超过限额：领投资金为 %(lead)s，按 %(ratio)s 最多跟投 %(most)s。",
    "RoundTooSmall": "按投前估值 %(pre_money)s 和注册资本 %(registered)s，投资 %(raised)s 折不成一分钱注册资本。请核对金额和估值。",
    "PriceBelowFloor": "持股 %(holding)s 以“%(kind)s”方式退出的价格 %(price)s 低于底价 %(floor)s。请提高价格，或取得批准机构的书面同意并填写文号。",
    "ValueTooOld": "持股 %(holding)s 最近的估值日为 %(valued_on)s，有效期至 %(valid_to)s，办理日 %(on)s 不在有效期内。请先重新估值。",
    "NoExitOffered": "持股 %(holding)s 还没有退出方案。请先由创投经办提出退出方案。",
    "ExitRateUnknown": "截至 %(on)s 尚无贷款市场报价利率，不能计算让利退出的底价。请先登记报价。",
    "PublicCeilingReached": "%(firm)s 的公有持股已达 %(held)s，上限为 %(ceiling)s，奖补 %(award)s 不能再转为股本。请按奖补拨付。",
    "NothingLeftToPay": "奖补 %(award)s 已全部转为股本（%(capitalised)s），没有可拨付的余额。",
}
