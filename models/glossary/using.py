"""Words of the need, the checks, planned pay-outs, the use of money and inspections."""

from __future__ import annotations

USING: dict[str, dict[str, tuple[str, str]]] = {
    "TrancheStage": {
        "planned": ("待举证", "Planned"),
        "proved": ("待核验", "Proof filed"),
        "cleared": ("可提款", "Cleared"),
        "drawn": ("已申请放款", "Drawn"),
        "cancelled": ("已取消", "Cancelled"),
    },
    "InspectionStage": {
        "due": ("待检查", "Due"),
        "recorded": ("已检查", "Recorded"),
        "cancelled": ("已取消", "Cancelled"),
    },
    "InspectionKind": {
        "first_use": ("首次用途检查", "First check of use"),
        "regular": ("定期检查", "Regular inspection"),
    },
    "UseFinding": {
        "as_agreed": ("按约定使用", "Used as agreed"),
        "not_yet": ("尚未用完，已用部分合规", "Not all used yet; what was used is in order"),
        "diverted": ("挪用", "Diverted"),
    },
    "RightsFinding": {
        "in_force": ("权利有效", "In force"),
        "at_risk": ("存在风险", "At risk"),
        "lost": ("已失效", "Lost"),
        "none": ("没有质押", "Nothing pledged"),
    },
    "UseKind": {
        "entrusted": ("受托支付", "Entrusted payment"),
        "own": ("自主支付", "Paid by the borrower"),
    },
    "EnquiryPurpose": {
        "before_loan": ("贷前审查", "Before the loan"),
        "after_loan": ("贷后管理", "After the loan"),
        "guarantor": ("担保资格审查", "Fitness of a guarantor"),
    },
    "InvestigationPart": {
        "firm": ("企业主体与经营", "The firm and its business"),
        "owner": ("实际控制人", "The owner"),
        "use": ("资金用途", "Use of the money"),
        "cash_flow": ("还款来源与现金流", "Cash flow and source of repayment"),
        "security": ("担保", "Security"),
        "rights": ("知识产权", "Intellectual property"),
    },
    "SizeSector": {
        "industry": ("工业", "Industry"),
        "software": ("软件和信息技术服务业", "Software and IT services"),
    },
}

USING_ACTS: dict[str, tuple[str, str]] = {
    "tranche.plan": ("拟定分次放款", "Plan a tranche"),
    "tranche.prove": ("提交里程碑证明", "File the proof of a milestone"),
    "tranche.clear": ("核验里程碑证明", "Check the proof of a milestone"),
    "tranche.return": ("退回里程碑证明", "Send the proof back"),
    "tranche.draw": ("按计划申请放款", "Draw the tranche"),
    "tranche.reopen": ("放款退回，恢复可提", "Reopen the tranche"),
    "tranche.cancel": ("取消分次放款", "Cancel the tranche"),
    "payment_use.file": ("登记资金支付", "File a use of the money"),
    "inspection.record": ("登记贷后检查", "Record the inspection"),
    "inspection.cancel": ("取消贷后检查", "Cancel the inspection"),
    "financial_statement.add": ("录入财务报表", "Enter a statement"),
    "need_estimate.measure": ("测算资金需求", "Measure the need"),
    "need_estimate.exceed": ("同意超出测算额度", "Allow more than the need"),
    "size_record.classify": ("企业划型", "Determine the firm's size"),
    "credit_enquiry.enquire": ("查询征信", "Ask for a credit report"),
    "investigation_item.look": ("登记调查要点", "Note a part of the investigation"),
    "plan": ("拟定", "Plan"),
    "file": ("登记", "File"),
    "measure": ("测算", "Measure"),
    "exceed": ("同意超出", "Exceed"),
    "enquire": ("查询", "Enquire"),
    "look": ("查看", "Look"),
}

USING_NOUNS: dict[str, tuple[str, str]] = {
    "tranche": ("分次放款", "Tranche"),
    "payment_use": ("资金支付", "Use of money"),
    "inspection": ("贷后检查", "Inspection"),
    "financial_statement": ("财务报表", "Financial statement"),
    "need_estimate": ("资金需求测算", "Measured need"),
    "size_record": ("企业划型", "Size of the firm"),
    "credit_enquiry": ("征信查询", "Credit enquiry"),
    "investigation_item": ("调查要点", "Part of the investigation"),
}
