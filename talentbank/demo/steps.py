"""The steps of one case, each through its workflow, as the people at their desks would take them.

`Play` holds the session, the cast and the day; the story and the district call its steps on the days they choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Condition, Decision
from models.document import DocumentType
from models.equity import Holding
from models.firm import Firm
from models.glossary import term
from models.guarantee import Guarantee
from models.intellectual_property import IPAsset
from models.loan import Contract, Loan, PayOut
from models.review import Advice, Dimension, Discipline, Opinion, Panel, Seat
from models.roles import Actor, Role
from models.states.application import SeatStage
from models.talent import Talent
from models.values.identifiers import DocumentKind
from models.values.money import Money
from talentbank.demo.cast import Cast
from talentbank.demo.profiles import PLANS, Case, Right
from talentbank.vault import Vault
from workflows import (
    applying,
    contracting,
    decision,
    disbursement,
    documents,
    guarantee,
    intake,
    paying_on,
    pledging,
    review,
    scoring_desk,
)

FORMS = {
    DocumentType.APPLICATION_FORM: "贷款申请表（演示文件）.txt",
    DocumentType.BUSINESS_PLAN: "商业计划书（演示文件）.txt",
}
MORNING_UTC = 1
"""Nine o'clock in Ningbo."""


@dataclass
class Play:
    """One day of the demonstration: the session, who is there, what day it is."""

    session: Session
    cast: Cast
    vault: Vault
    on: date
    label: str
    synthetic: bool = False
    turn: int = 0
    references: dict[str, int] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """The moment of booking."""
        return datetime(self.on.year, self.on.month, self.on.day, MORNING_UTC, tzinfo=UTC)

    def by(self, role: Role) -> dict[str, Any]:
        """Who acts and when, as every workflow wants to know; the same person of a post throughout one case."""
        return self.acting(self.cast.of(role, self.turn))

    def acting(self, actor: Actor) -> dict[str, Any]:
        """The same for a given person."""
        return {"by": actor, "on": self.on, "at": self.at}

    def reference(self, kind: str) -> str:
        """A bank reference that no other has."""
        self.references[kind] = self.references.get(kind, 0) + 1
        return f"DEMO-{kind}-{self.on:%Y%m%d}-{self.references[kind]:05d}"

    # --- intake ---

    def register(self, case: Case) -> tuple[Talent, Firm, list[IPAsset]]:
        """The talent with his designation and team, the firm with its shares and figures, the rights with their values."""
        officer = self.by(Role.LOAN_OFFICER)
        talent = self.talent(case)
        firm = intake.register_firm(
            self.session,
            founder=talent,
            name=case.firm,
            industry=case.industry,
            district=case.district,
            credit_code=case.credit_code,
            registered_on=case.registered_on,
            registered_capital=case.capital,
            staff=case.staff,
            size=case.size,
            synthetic=self.synthetic,
            label=self.label,
            **officer,
        )
        intake.add_shareholder(
            self.session, firm=firm, holder=talent.name, capital=case.capital, since=case.registered_on, **officer
        )
        for back, revenue in ((2, case.revenue.times(7, 10)), (1, case.revenue)):
            if self.on.year - back >= case.registered_on.year:
                intake.add_firm_year(
                    self.session,
                    firm=firm,
                    year=self.on.year - back,
                    revenue=revenue,
                    profit=revenue.times(case.quality - 60, 200) if case.quality > 60 else Money(0),
                    rd_spend=revenue.times(15, 100),
                    assets=revenue.times(12, 10) + case.capital,
                    debts=revenue.times(4, 10),
                    source=self.label,
                    **officer,
                )
        rights = [self.right(case, talent, firm, one) for one in case.rights]
        return talent, firm, rights

    def talent(self, case: Case) -> Talent:
        """The talent himself, designated and verified by two different desks."""
        officer, office = self.by(Role.LOAN_OFFICER), self.by(Role.TALENT_OFFICE)
        talent = intake.register_talent(
            self.session,
            name=case.talent,
            id_kind=DocumentKind.RESIDENT_ID,
            id_number=case.id_number,
            sealer=self.vault,
            field=term(case.industry),
            degree="博士" if case.quality > 75 else "硕士",
            industry_years=case.years,
            papers=case.papers,
            prizes=case.prizes,
            consent_on=self.on,
            synthetic=self.synthetic,
            label=self.label,
            **officer,
        )
        designation = intake.add_designation(
            self.session,
            talent=talent,
            plan=PLANS[case.level],
            level=case.level,
            selected_on=case.selected_on,
            batch=f"{case.selected_on.year}年批次",
            evidence=self.label,
            **officer,
        )
        intake.verify_designation(self.session, designation=designation, **office)
        for name, duty in (("核心成员甲", "研发"), ("核心成员乙", "市场")):
            intake.add_team_member(
                self.session,
                talent=talent,
                name=f"{name}（{self.label.split()[0]}）",
                duty=duty,
                joined_on=date(self.on.year - 2, 6, 1),
                key_person=duty == "研发",
                **officer,
            )
        return talent

    def right(self, case: Case, talent: Talent, firm: Firm | None, one: Right) -> IPAsset:
        """One right with its valuation."""
        officer = self.by(Role.LOAN_OFFICER)
        asset = intake.add_ip_asset(
            self.session,
            talent=talent,
            firm=firm,
            kind=one.kind,
            number=one.number,
            title=one.title,
            owner=firm.name if firm else talent.name,
            filed_on=one.filed_on,
            granted_on=one.granted_on,
            fees_paid_through=date(self.on.year + 3, one.filed_on.month, min(one.filed_on.day, 28)),
            claims=one.claims,
            citations=case.papers // 6,
            family_size=1,
            technical_score=one.technical,
            economic_score=one.economic,
            **officer,
        )
        intake.value_asset(
            self.session,
            asset=asset,
            base_date=self.on,
            method="收益法",
            appraiser="示例资产评估有限公司",
            low=one.worth,
            middle=one.worth.times(13, 10),
            high=one.worth.times(17, 10),
            **officer,
        )
        return asset

    def apply(self, case: Case, talent: Talent, firm: Firm | None, purpose: str) -> Application:
        """The request with its papers, submitted."""
        officer = self.by(Role.LOAN_OFFICER)
        application = applying.draft(
            self.session,
            talent=talent,
            firm=firm,
            product=case.product,
            amount=case.amount,
            term_months=case.term_months,
            method=case.method,
            purpose=purpose,
            project=f"{purpose}。{self.label}：本项目及其数字均为虚构，仅供演示。",
            need=case.amount.times(12, 10),
            synthetic=self.synthetic,
            label=self.label,
            **officer,
        )
        for kind, name in FORMS.items():
            documents.attach(
                self.session,
                row=application,
                content=f"{name}\n{self.label}：虚构内容，仅供演示。\n".encode(),
                name=name,
                kind=kind,
                store=self.vault,
                **officer,
            )
        applying.submit(self.session, application=application, **officer)
        return application

    def look_into(self, application: Application) -> None:
        """Accepted, visited by two, scored."""
        officer = self.by(Role.LOAN_OFFICER)
        applying.accept(self.session, application=application, **officer)
        applying.investigate(
            self.session,
            application=application,
            visited_on=self.on,
            second_person=self.cast.of(Role.LOAN_OFFICER, self.turn + 1).name,
            findings="现场查看研发场所与设备，核对知识产权证书、纳税与社保记录，与申请材料一致。（演示）",
            **officer,
        )
        scoring_desk.score(self.session, application=application, **officer)

    # --- review and decision ---

    def seat(self, application: Application) -> Panel:
        """A panel of five: one of each discipline, and a second technologist."""
        wanted = [*Discipline, Discipline.TECHNOLOGY]
        eligible = review.eligible_experts(self.session, application, self.on)
        chosen: list[Any] = []
        for discipline in wanted:
            free = [one for one in eligible if one.discipline is discipline and one not in chosen]
            chosen.append(free[self.turn % len(free)])
        return review.seat_panel(self.session, application=application, experts=chosen, **self.by(Role.PANEL_CHAIR))

    def seats(self, panel: Panel) -> list[Seat]:
        """The seats that still wait for a sheet."""
        query = select(Seat).where(Seat.panel_id == panel.key, Seat.stage == SeatStage.INVITED)
        return list(self.session.exec(query.order_by(col(Seat.id))))

    def mark(self, seat: Seat, quality: int, lean: int) -> None:
        """One expert's sheet: around `quality`, with his own lean."""
        expert = next(actor for key, _, actor in self.cast.experts if key == seat.expert_id)
        scores = {
            dimension.value: max(30, min(98, quality + lean + offset))
            for dimension, offset in zip(Dimension, (4, 0, -3, -2), strict=True)
        }
        low = min(scores.values())
        review.record_score(
            self.session,
            seat=seat,
            scores=scores,
            comments={
                name: "依据申请材料与现场答辩给出（演示）" for name, one in scores.items() if one < 50 or one > 95
            },
            advice=Advice.SUPPORT if low >= 70 else Advice.CONDITIONAL if low >= 55 else Advice.REJECT,
            opinion="研发路线清晰，团队与设备到位，进度与市场依据见各维度评分。（演示）",
            no_conflict=True,
            **self.acting(expert),
        )

    def score_all(self, panel: Panel, quality: int) -> None:
        """Every waiting expert sends his sheet."""
        for number, seat in enumerate(self.seats(panel)):
            self.mark(seat, quality, (3, -4, 1, -2, 5)[(number + self.turn) % 5])

    def conclude(self, application: Application, quality: int) -> Opinion:
        """The opinion that the marks call for."""
        good = quality >= 68
        advice = Advice.SUPPORT if quality >= 80 else Advice.CONDITIONAL if good else Advice.REJECT
        return review.issue_opinion(
            self.session,
            application=application,
            advice=advice,
            conditions=("专利权质押登记完成",) if advice is Advice.CONDITIONAL else (),
            reasons="专家组认为项目技术先进、团队稳定，资金用途明确。（演示）"
            if good
            else "产品进度与市场依据不足，建议补充后再申请。（演示）",
            **self.by(Role.PANEL_CHAIR),
        )

    def decide(self, application: Application, *, amount: Money | None = None, **terms: Any) -> Decision:
        """The committee's approval, at most what the offer says."""
        return decision.approve(
            self.session, application=application, amount=amount, **terms, **self.by(Role.CREDIT_COMMITTEE)
        )

    # --- contract, guarantee, pay-out ---

    def contract(self, application: Application, rights: Sequence[IPAsset], **more: Any) -> Loan:
        """Drawn up, guaranteed, pledged, signed, guarantee in force, conditions met: ready to be paid out."""
        officer = self.by(Role.LOAN_OFFICER)
        drawn = contracting.draw_up(self.session, application=application, start_on=self.on, **more, **officer)
        self.guarantee_proposed(drawn)
        for right in rights:
            secured = Money(min(drawn.amount.fen, 10_000_000_00))
            bound = pledging.pledge(self.session, contract=drawn, asset=right, secured=secured, **officer)
            pledging.register_pledge(
                self.session,
                pledge=bound,
                registration_number=f"Y{self.on.year}33{bound.key:07d}",
                registered_on=self.on,
                **officer,
            )
        loan = contracting.sign(self.session, contract=drawn, **self.by(Role.CREDIT_REVIEWER))
        self.guarantee_in_force(drawn, loan)
        self.meet_conditions(application)
        return loan

    def guarantee_proposed(self, contract: Contract) -> None:
        """The guarantee officer puts the promised guarantee up."""
        cover = self._cover(contract)
        if cover is not None:
            guarantee.propose(self.session, guarantee=cover, **self.by(Role.GUARANTEE_OFFICER))

    def guarantee_renewed(self, loan: Loan) -> None:
        """The guarantee of a renewed loan, put up and put in force (GUA-21)."""
        cover = contracting.guarantee_for(self.session, loan.number)
        if cover is not None:
            guarantee.propose(self.session, guarantee=cover, **self.by(Role.GUARANTEE_OFFICER))
            guarantee.put_in_force(self.session, guarantee=cover, **self.by(Role.GUARANTEE_APPROVER))

    def guarantee_in_force(self, contract: Contract, loan: Loan) -> None:
        """Another person puts it in force."""
        del contract
        cover = contracting.guarantee_for(self.session, loan.number)
        if cover is not None:
            guarantee.put_in_force(self.session, guarantee=cover, **self.by(Role.GUARANTEE_APPROVER))

    def _cover(self, contract: Contract) -> Guarantee | None:
        decided = self.session.get_one(Decision, contract.decision_id)
        return contracting.guarantee_for(self.session, decided.loan_number or "")

    def meet_conditions(self, application: Application) -> None:
        """Every condition precedent is proved."""
        query = (
            select(Condition)
            .join(Decision, col(Decision.id) == col(Condition.decision_id))
            .where(Decision.application_id == application.key, col(Condition.met_on).is_(None))
        )
        for condition in self.session.exec(query).all():
            contracting.meet_condition(
                self.session, condition=condition, proof="见合同附件（演示）", **self.by(Role.LOAN_OFFICER)
            )

    def pay_out(self, loan: Loan, payee: str, amount: Money | None = None, milestone: str = "") -> PayOut:
        """Asked for by the officer, paid by the disburser and passed on to the supplier on the same day."""
        asked = disbursement.request_pay_out(
            self.session,
            loan=loan,
            amount=amount or loan.amount,
            payee=payee,
            milestone=milestone,
            **self.by(Role.LOAN_OFFICER),
        )
        paid = disbursement.pay_out(
            self.session, pay_out=asked, bank_ref=self.reference("PAY"), **self.by(Role.DISBURSER)
        )
        paying_on.file_use(
            self.session,
            pay_out=paid,
            paid_to=payee,
            amount=paid.amount,
            paid_on=self.on,
            proof=paid.bank_ref or "",
            **self.by(Role.DISBURSER),
        )
        return paid

    def holdings(self, firm: Firm) -> list[Holding]:
        """What the venture company holds in a firm, oldest first."""
        return list(self.session.exec(select(Holding).where(Holding.firm_id == firm.key).order_by(col(Holding.id))))
