"""Official documents as PDF/A: the credit-decision opinion, the repayment schedule. The same facts give the same bytes.

Facts go into Typst as finished words and figures, never as markup; the sentences stand in `reports/templates/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.firm import Firm
from models.glossary import term
from models.loan import Contract, Instalment, Loan
from models.policies.rules import ReviewRules
from models.queries.rules import rules_of_version
from models.review import Discipline, Opinion, Panel, Seat, Sheet
from models.states.application import SeatStage
from models.talent import Talent
from models.values.money import Money, total
from models.values.numerals import capitals
from models.values.rate import MILLION, Rate

TEMPLATES = Path(__file__).with_name("templates")


@cache
def _fonts() -> list[str]:
    import manimgx_fonts_cjk

    return [str(Path(manimgx_fonts_cjk.__file__).parent)]


def pdf(template: str, facts: Mapping[str, Any]) -> bytes:
    """The document as PDF/A-2b; the same facts give the same bytes, so that its hash can be recorded."""
    made = _compiled(template, facts, format="pdf", pdf_standards=["a-2b"])
    return made if isinstance(made, bytes) else b"".join(made)


def pictures(template: str, facts: Mapping[str, Any], *, ppi: int = 96) -> list[bytes]:
    """The pages of the document as PNG pictures, for showing it inside a page."""
    made = _compiled(template, facts, format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made)


def _compiled(template: str, facts: Mapping[str, Any], **options: Any) -> Any:
    import typst

    return typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(dict(facts), ensure_ascii=False)},
        **options,
    )


def frame(number: str, on: date, language: str, label: str, foot: str) -> dict[str, Any]:
    """What every paper has: number, day, language, the label of invented data, what stands at the foot."""
    return {
        "number": number,
        "year": on.year,
        "month": on.month,
        "day": on.day,
        "language": language,
        "label": label,
        "foot": foot,
    }


def long_day(on: date | None, language: str) -> str:
    """A day as papers write it; a dash for none."""
    if on is None:
        return "—"
    return f"{on.year}年{on.month}月{on.day}日" if language == "zh" else f"{on:%-d %B %Y}"


def _hundredths(number: int) -> str:
    return f"{Decimal(number) / 100:.2f}"


def _share(rate: Rate | None) -> str:
    return "—" if rate is None else str(rate)


def said(language: str, chinese: str, english: str) -> str:
    """The one of two wordings that the paper speaks."""
    return chinese if language == "zh" else english


def opinion_facts(session: Session, opinion: Opinion, language: str = "zh") -> dict[str, Any]:
    """Everything that the opinion prints, from the closed panel's sealed sheets."""
    application = session.get_one(Application, opinion.application_id)
    panel = session.get_one(Panel, opinion.panel_id)
    talent = session.get_one(Talent, application.talent_id)
    firm = session.get(Firm, application.firm_id) if application.firm_id else None
    rules = rules_of_version(session, ReviewRules, panel.rules_version)
    marks = _marks(session, panel)
    disciplines = [one for one in Discipline if any(discipline is one for discipline, _ in marks)]
    facts = frame(opinion.number, opinion.issued_on, language, application.label, f"{application.number}")
    facts |= {
        "facts": [
            [
                said(language, "申请编号", "Application"),
                application.number,
                said(language, "申请人", "Talent"),
                talent.name,
            ],
            [
                said(language, "企业", "Firm"),
                firm.name if firm else said(language, "拟设立企业", "to be founded"),
                said(language, "信用代码", "Credit code"),
                (firm.credit_code if firm else None) or "—",
            ],
            [
                said(language, "产品", "Product"),
                term(application.product, language),
                said(language, "申请金额", "Amount asked"),
                f"¥{application.amount}",
            ],
            [
                said(language, "用途", "Purpose"),
                application.purpose,
                said(language, "期限", "Term"),
                said(language, f"{application.term_months} 个月", f"{application.term_months} months"),
            ],
        ],
        "experts": len(marks),
        "disciplines": [term(one, language) for one in disciplines],
        "rows": [
            [
                term_of_dimension(name, language),
                _weight(weight),
                *(_mean(marks, discipline, name) for discipline in disciplines),
                str(_spread(marks, name)),
                _hundredths(opinion.by_dimension[name]),
            ]
            for name, weight in rules.weights.items()
        ],
        "total": _hundredths(opinion.total_hundredths),
        "trim_from": rules.trim_from,
        "agreement": str(opinion.agreement.get("kendall_w", "—")),
        "advice": term(opinion.advice, language),
        "reasons": opinion.reasons,
        "product": term(application.product, language),
        "amount": "" if opinion.amount is None else str(opinion.amount),
        "capitals": "" if opinion.amount is None else capitals(opinion.amount).removeprefix("人民币"),
        "term": opinion.term_months or application.term_months,
        "rate": _share(opinion.rate),
        "guarantee": _share(opinion.guarantee_share),
        "conditions": list(opinion.conditions),
        "dissent": [_dissent(one, language) for one in opinion.dissent],
        "rules": opinion.rules_version,
        "issued": long_day(opinion.issued_on, language),
    }
    return facts


def opinion_pdf(session: Session, opinion: Opinion, language: str = "zh") -> bytes:
    """The opinion as PDF/A (信贷决策意见书)."""
    return pdf("opinion", opinion_facts(session, opinion, language))


def term_of_dimension(name: str, language: str) -> str:
    """A dimension's word; a rubric may have dimensions of its own, which then stand as they are."""
    return term(name, language)


def _weight(weight: Rate) -> str:
    return f"{Decimal(weight.ppm) / (MILLION // 100):.0f}%"


def _marks(session: Session, panel: Panel) -> list[tuple[Discipline, dict[str, int]]]:
    """The newest sheet of every seat that scored, with the seat's discipline."""
    rows = session.exec(
        select(Seat.discipline, Sheet.seat_id, Sheet.scores)
        .join(Sheet, col(Sheet.seat_id) == col(Seat.id))
        .where(Seat.panel_id == panel.key, Seat.stage == SeatStage.SCORED)
        .order_by(col(Sheet.seat_id), col(Sheet.version))
    )
    newest: dict[int, tuple[Discipline, dict[str, int]]] = {}
    for discipline, seat, scores in rows:
        newest[int(seat)] = (Discipline(discipline), dict(scores))
    return list(newest.values())


def _mean(marks: list[tuple[Discipline, dict[str, int]]], discipline: Discipline, name: str) -> str:
    given = [scores[name] for one, scores in marks if one is discipline and name in scores]
    return f"{Decimal(sum(given)) / len(given):.1f}" if given else "—"


def _spread(marks: list[tuple[Discipline, dict[str, int]]], name: str) -> int:
    given = [scores[name] for _, scores in marks if name in scores]
    return max(given) - min(given) if given else 0


def _dissent(one: Mapping[str, Any], language: str) -> str:
    who = term(str(one.get("discipline", "")), language) if one.get("discipline") else ""
    advice = term(str(one.get("advice", "")), language) if one.get("advice") else ""
    return said(language, "：", ": ").join(part for part in (who, advice, str(one.get("opinion", ""))) if part)


def schedule_facts(session: Session, loan: Loan, language: str = "zh") -> dict[str, Any]:
    """What the repayment schedule of a loan prints: its live instalments."""
    contract = session.get_one(Contract, loan.contract_id)
    firm = session.get_one(Firm, loan.firm_id)
    lines = list(
        session.exec(
            select(Instalment)
            .where(Instalment.loan_id == loan.key, col(Instalment.live))
            .order_by(col(Instalment.due_on), col(Instalment.number))
        )
    )
    principal, interest = total(line.principal for line in lines), total(line.interest for line in lines)
    on = loan.opened_on or contract.start_on
    return frame(loan.number, on, language, loan.label, contract.number) | {
        "facts": [
            [
                said(language, "借款企业", "Borrower"),
                firm.name,
                said(language, "合同编号", "Contract"),
                contract.number,
            ],
            [
                said(language, "已放款", "Disbursed"),
                f"¥{loan.disbursed}",
                said(language, "大写", "In words"),
                capitals(loan.disbursed),
            ],
            [
                said(language, "年利率", "Rate a year"),
                str(loan.rate),
                said(language, "还款方式", "Method"),
                term(contract.method, language),
            ],
            [
                said(language, "放款日", "Paid out on"),
                long_day(loan.opened_on, language),
                said(language, "到期日", "Matures on"),
                long_day(loan.matures_on, language),
            ],
        ],
        "rows": [_instalment(line) for line in lines],
        "totals": [str(principal), str(interest), str(principal + interest)],
    }


def _instalment(line: Instalment) -> list[str]:
    after: Money = line.balance_before - line.principal
    return [
        str(line.number),
        line.period_start.isoformat(),
        line.payable_on.isoformat(),
        str(line.principal),
        str(line.interest),
        str(line.principal + line.interest),
        str(after),
    ]


def schedule_pdf(session: Session, loan: Loan, language: str = "zh") -> bytes:
    """The repayment schedule as PDF/A (还款计划表)."""
    return pdf("schedule", schedule_facts(session, loan, language))
