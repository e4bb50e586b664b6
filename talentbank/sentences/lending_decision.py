"""What the bank says when it declines at scoring and at the committee's table."""

REFUSALS = {
    "HardStop": "不能提交评审：%(stops)s。请先处理，再重新评分。",
    "NotScored": "申请 %(application)s 还没有评分，请先由信贷经办评分。",
    "NoOpinion": "申请 %(application)s 还没有评审意见书，请等评审组出具意见后再审批。",
    "TermTooLong": "期限 %(asked)s 个月不可批准：须在 1 至 %(most)s 个月之间，不得超过申请期限和产品上限。",
    "ShareNotPossible": "担保比例 %(given)s 不可能：须在零与全额之间。",
    "GradeTooLow": "综合 %(points)s 分，评级为 %(grade)s，低于准入等级 %(least)s，不能批准。可以否决或暂缓。",
    "NothingToOffer": "可贷金额为零，受限于“%(binding)s”。可以否决或暂缓。",
    "NothingApproved": "批准金额必须大于零；不同意贷款请选择否决。",
    "AboveOffer": "批准金额 %(asked)s 超过可贷金额 %(offer)s（受限于“%(binding)s”）。请减少金额。",
    "ExposureLimit": "超过单户限额（%(limit)s）：上限 %(cap)s，已用 %(used)s，本次 %(asked)s，只剩 %(headroom)s。",
    "FundSingleCap": "超过资金单户上限（%(limit)s）：上限 %(cap)s，已用 %(used)s，本次 %(asked)s，只剩 %(headroom)s。",
    "FundSingleShare": "超过单户占统贷资金的比例（%(limit)s）：上限 %(cap)s，已用 %(used)s，本次 %(asked)s，只剩 %(headroom)s。",
    "BankSingleLimit": "超过单一借款人占银行资本的比例（%(limit)s）：上限 %(cap)s，已用 %(used)s，本次 %(asked)s，只剩 %(headroom)s。",
    "RateOutOfBounds": "利率 %(given)s 超出规则范围：须在 %(floor)s 至 %(cap)s 之间。",
    "RateNotInBasisPoints": "利率 %(given)s 须精确到一个基点（万分之一）。",
    "NotApprovedYet": "申请 %(application)s 没有可以失效的批准。",
}
