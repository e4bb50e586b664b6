"""Words of lending: products, ways of repaying, classes, review, decision, disposal, shares, accounts."""

from __future__ import annotations

LENDING: dict[str, dict[str, tuple[str, str]]] = {
    "Product": {
        "startup": ("创业启动贷", "Start-up loan"),
        "rd_centre": ("研发中心贷", "R&D centre loan"),
        "new_product": ("新产品开发贷", "New product loan"),
        "working_capital": ("流动资金贷", "Working capital loan"),
    },
    "RepaymentMethod": {
        "equal_instalments": ("等额本息", "Equal instalments"),
        "equal_principal": ("等额本金", "Equal principal"),
        "interest_first": ("按期付息、到期还本", "Interest first, principal at maturity"),
        "bullet": ("到期一次还本付息", "All at maturity"),
        "free_form": ("按约定计划还本", "Agreed plan"),
    },
    "Frequency": {
        "month": ("按月", "Monthly"),
        "quarter": ("按季", "Quarterly"),
    },
    "TermClass": {
        "short": ("短期贷款", "Short term"),
        "medium": ("中期贷款", "Medium term"),
        "long": ("长期贷款", "Long term"),
    },
    "Roll": {
        "following": ("顺延至下一工作日", "Next business day"),
        "modified": ("顺延但不跨月", "Next business day within the month"),
        "none": ("不顺延", "Not moved"),
    },
    "FiveClass": {
        "normal": ("正常", "Normal"),
        "special_mention": ("关注", "Special mention"),
        "substandard": ("次级", "Substandard"),
        "doubtful": ("可疑", "Doubtful"),
        "loss": ("损失", "Loss"),
    },
    "DueKind": {
        "costs": ("费用", "Costs"),
        "compound_interest": ("复利", "Compound interest"),
        "penalty_interest": ("罚息", "Penalty interest"),
        "interest": ("利息", "Interest"),
        "principal": ("本金", "Principal"),
    },
    "Dimension": {
        "rd_strength": ("研发实力", "R&D strength"),
        "reliability": ("项目可靠性", "Project reliability"),
        "progress": ("产品化进度", "Product progress"),
        "market": ("市场前景", "Market prospects"),
    },
    "Advice": {
        "support": ("同意支持", "Support"),
        "conditional": ("附条件支持", "Support with conditions"),
        "resubmit": ("补充后再审", "Complete and resubmit"),
        "reject": ("不予支持", "Reject"),
    },
    "Outcome": {
        "approved": ("批准", "Approved"),
        "rejected": ("否决", "Rejected"),
        "deferred": ("暂缓", "Deferred"),
    },
    "Strategy": {
        "collect": ("继续清收", "Collect"),
        "restructure": ("债务重组", "Restructure"),
        "sell_ip": ("处置知识产权", "Sell the IP"),
        "litigate": ("诉讼追偿", "Litigate"),
        "convert": ("债权转股权", "Convert to equity"),
    },
    "Origin": {
        "conversion": ("债权转股", "Conversion of debt"),
        "pro_rata": ("折比例入股", "Pro-rata shareholding"),
        "award": ("奖励资金转股", "Award turned into capital"),
        "follow_on": ("跟投", "Follow-on"),
    },
    "Exclusion": {
        "zombie": ("僵尸企业", "Firm without business"),
        "evades_debts": ("逃废债", "Evades its debts"),
        "dishonest": ("列入失信名单", "Listed as dishonest"),
        "unclear_claim": ("债权关系不清", "Claim not clear"),
        "over_capacity": ("助长过剩产能", "Adds to over-capacity"),
    },
    "ExitKind": {
        "sale": ("公开转让", "Public sale"),
        "transfer": ("让利转让", "Transfer to fellow shareholders"),
        "buy_back": ("回购", "Buy-back"),
        "liquidation": ("清算", "Liquidation"),
    },
    "CapBasis": {
        "loan_principal": ("贷款本金", "Loan principal"),
        "subsidy_amount": ("贴息金额", "Amount of the subsidy"),
    },
    "Signal": {
        "overdue": ("还款逾期", "Payment overdue"),
        "maturity_near": ("即将到期", "Maturity near"),
        "patent_fee_late": ("专利年费逾期", "Patent fee late"),
        "patent_lost": ("专利失效或有争议", "Patent lost or disputed"),
        "key_person_left": ("核心人员离职", "Key person left"),
        "covenant_broken": ("违反约定", "Covenant broken"),
        "court_record": ("涉诉信息", "Court record"),
        "tax_record": ("欠税信息", "Tax record"),
        "product_delayed": ("产品进度滞后", "Product delayed"),
        "other": ("其他信号", "Other signal"),
    },
    "AlarmLevel": {
        "red": ("红色预警", "Red alarm"),
        "orange": ("橙色预警", "Orange alarm"),
        "yellow": ("黄色预警", "Yellow alarm"),
    },
    "Kind": {
        "asset": ("资产", "Asset"),
        "contra_asset": ("资产备抵", "Contra-asset"),
        "liability": ("负债", "Liability"),
        "equity": ("权益", "Equity"),
        "income": ("收入", "Income"),
        "expense": ("支出", "Expense"),
        "memo": ("表外", "Memorandum"),
    },
    "Hold": {
        "taken": ("已预留", "Taken"),
        "used": ("已使用", "Used"),
        "released": ("已释放", "Released"),
        "expired": ("已到期", "Expired"),
    },
}
