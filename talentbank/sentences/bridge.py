"""What the bank says when it declines at re-lending: eligibility, ceiling, the closed loop."""

REFUSALS = {
    "NotBridgeable": "贷款 %(loan)s 不能转贷：%(bar)s。",
    "BridgeStands": "贷款 %(loan)s 已有转贷 %(bridge)s（%(stage)s），不要重复申请。",
    "PromiseMissing": "贷款 %(loan)s 缺少银行的续贷承诺：请填写承诺函，并选择本笔贷款的有效续贷合同。",
    "PromiseUsed": "续贷合同 %(contract)s 的承诺已用于转贷 %(bridge)s，每份承诺只能使用一次。请重新取得承诺。",
    "AboveCeiling": "转贷金额超限：申请 %(asked)s，最多 %(ceiling)s（受限于%(binding)s）。请减少转贷金额或增加自筹资金。",
    "OwnFundsTooSmall": "自筹资金 %(own_funds)s 不足：不得低于续贷金额的 %(share)s，即 %(least)s。",
    "PrincipalNotCovered": "转贷 %(amount)s 加自筹 %(own_funds)s 不足以归还应还本金 %(owed)s，还差 %(short)s。请增加自筹资金。",
    "FundPaused": "转贷基金逾期 %(overdue)s，已超过基金规模 %(size)s 的 %(pause)s，暂停办理新的转贷。请先清收逾期转贷。",
    "ReasonForBridge": "贷款 %(loan)s 符合无还本续贷条件。仍要转贷的，请说明为什么不直接续贷。",
    "OwnFundsMissing": "贷款 %(loan)s 的自筹资金或应付利息尚未到账，还差 %(missing)s（约定自筹 %(own_funds)s）。请先登记还款。",
    "PromiseExpired": "转贷 %(bridge)s 的预留只保留到 %(expired)s，已经过期。请重新申请。",
    "RenewalNotReady": "续贷（%(renewal)s）还不能提款：%(bar)s。请先办妥。",
    "OldLoanOpen": "原贷款 %(loan)s 还有 %(owed)s 未还，由借款人自行偿付后才能归还转贷资金。",
    "BridgeReferenceUsed": "银行流水号“%(bank_ref)s”为空或已用于另一笔转贷资金。请核对后填写。",
}
