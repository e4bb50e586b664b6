"""Who acts in the tests, and small builders that go through the real workflows.

    application = an_application(session, stage=Stage.SCORED)
    review.seat_panel(session, application=application, experts=..., by=ACTORS[Role.PANEL_CHAIR], on=ON, at=AT)

Every builder seats the staff (rows of `app_user`) and lays the pilot's rules if nobody has. All names are invented.
Mention only what matters: everything else has a default that the rules in force allow.
"""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, select

from models.application import Application, Product
from models.document import DocumentType
from models.firm import Firm, Industry
from models.intellectual_property import IPAsset, IPKind
from models.lending.terms import RepaymentMethod
from models.policies.pilot import pilot_rules
from models.review import Advice, Dimension, Discipline, Expert, Opinion, Panel, Seat
from models.roles import Actor, Role
from models.states.aftercare import RuleStage
from models.states.application import Stage
from models.talent import Level, Talent
from models.user import User
from models.values.identifiers import DocumentKind, credit_code_check, patent_check, resident_id_check
from models.values.money import Money
from models.versions import RuleSet
from workflows import applying, documents, intake, review, scoring_desk

ON = date(2012, 11, 7)
AT = datetime(2012, 11, 7, 2, 0, tzinfo=UTC)

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁"
ACTORS: dict[Role, Actor] = {
    role: Actor(9_001 + number, f"{_SURNAMES[number]}示例", frozenset({role})) for number, role in enumerate(Role)
}
"""One person for each post, with numbers and names of their own."""
ANOTHER: dict[Role, Actor] = {
    role: Actor(9_101 + number, f"{_SURNAMES[number]}二示例", frozenset({role})) for number, role in enumerate(Role)
}
"""A second person for each post, for whatever needs four eyes."""

OFFICER = ACTORS[Role.LOAN_OFFICER]
CHAIR = ACTORS[Role.PANEL_CHAIR]
TALENT_OFFICE = ACTORS[Role.TALENT_OFFICE]
COMMITTEE = ACTORS[Role.CREDIT_COMMITTEE]

PDF = b"%PDF-1.7\n% invented for tests\n"
_numbers = itertools.count(1)


class PlainSealer:
    """Seals nothing, but keeps the contract: for tests that are not about the vault."""

    def seal(self, text: str) -> bytes:
        return b"sealed:" + text.encode()[::-1]

    def open(self, sealed: bytes) -> str:
        return sealed.removeprefix(b"sealed:")[::-1].decode()

    def fingerprint(self, text: str) -> bytes:
        return hashlib.sha256(text.encode()).digest()


class MemoryStore:
    """Keeps documents in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        self.kept[name] = content
        return name

    def get(self, sha256: str) -> bytes:
        return self.kept[sha256]


STORE = MemoryStore()


def resident_number() -> str:
    """A number that passes its check and belongs to nobody: the area is Beilun, the birth dates run on."""
    number = next(_numbers)
    body = f"330206{1950 + number // 28_000:04d}{1 + number // 2_800 % 10:02d}{1 + number // 100 % 28:02d}{number % 100:03d}"
    return body + resident_id_check(body)


def credit_code() -> str:
    """A credit code that passes its check."""
    body = f"91330206{next(_numbers):08d}X"
    return body + credit_code_check(body)


def patent_number(kind: IPKind = IPKind.INVENTION, year: int = 2009) -> str:
    """A patent application number that passes its check."""
    digit = {IPKind.INVENTION: 1, IPKind.UTILITY: 2, IPKind.DESIGN: 3}[kind]
    body = f"{year}{digit}{next(_numbers):07d}"
    return f"{body}.{patent_check(body)}"


def lay_rules(session: Session) -> None:
    """The pilot's rules, approved, if there are none yet."""
    if session.exec(select(RuleSet.id).limit(1)).first() is not None:
        return
    for rules in pilot_rules():
        session.add(
            RuleSet(
                kind=rules.kind,
                version=rules.version,
                effective_from=rules.effective_from,
                body=rules.model_dump(mode="json"),
                proposed_by=ACTORS[Role.FINANCE_BUREAU].user_id,
                approved_by=ACTORS[Role.BUREAU_APPROVER].user_id,
                approved_at=AT,
                stage=RuleStage.APPROVED,
            )
        )
    session.flush()


def seat_staff(session: Session) -> None:
    """Accounts for everybody in `ACTORS` and `ANOTHER`, because rows point to their officers."""
    if session.get(User, OFFICER.user_id) is not None:
        return
    for actor in (*ACTORS.values(), *ANOTHER.values()):
        session.add(
            User(
                id=actor.user_id,
                account=f"test{actor.user_id}",
                name=actor.name,
                password_hash="!",
                roles=[str(role) for role in actor.roles],
            )
        )
    session.flush()


def _begin(session: Session) -> None:
    seat_staff(session)
    lay_rules(session)


def applicant_of(talent: Talent) -> Actor:
    """The talent himself at the counter."""
    return Actor(20_000 + talent.key, talent.name, frozenset({Role.APPLICANT}), talent_id=talent.key)


def a_talent(
    session: Session,
    *,
    name: str = "钱示例",
    level: Level | None = Level.NATIONAL,
    consent: bool = True,
    verified: bool = True,
    on: date = ON,
    at: datetime = AT,
    **more: Any,
) -> Talent:
    """A talent with a verified designation (`level=None`: none), a consent and a team of two."""
    _begin(session)
    who = {"by": OFFICER, "on": on, "at": at}
    given: dict[str, Any] = {
        "name": name,
        "id_kind": DocumentKind.RESIDENT_ID,
        "id_number": resident_number(),
        "sealer": PlainSealer(),
        "field": "新材料",
        "degree": "博士",
        "industry_years": 12,
        "firms_founded": 1,
        "papers": 20,
        "prizes": 2,
        "consent_on": on if consent else None,
    }
    talent = intake.register_talent(session, **(given | more), **who)
    if level is not None:
        designation = intake.add_designation(
            session,
            talent=talent,
            plan="千人计划" if level is Level.NATIONAL else "人才计划",
            level=level,
            batch="第一批",
            selected_on=date(on.year - 1, 3, 1),
            evidence="示例文号",
            **who,
        )
        if verified:
            intake.verify_designation(session, designation=designation, by=TALENT_OFFICE, on=on, at=at)
    for member, duty in (("甲示例", "研发负责人"), ("乙示例", "市场负责人")):
        intake.add_team_member(
            session,
            talent=talent,
            name=member,
            duty=duty,
            joined_on=date(on.year - 2, 3, 1),
            key_person=duty == "研发负责人",
            **who,
        )
    return talent


def a_firm(
    session: Session,
    talent: Talent | None = None,
    *,
    name: str = "",
    planned: bool = False,
    registered_capital: Money = Money.wan(1_000),
    industry: Industry = Industry.NEW_MATERIALS,
    district: str = "北仑",
    on: date = ON,
    at: datetime = AT,
    **more: Any,
) -> Firm:
    """A registered firm with its founder's shares and two years of figures, or only a planned one."""
    talent = talent or a_talent(session, on=on, at=at)
    who = {"by": OFFICER, "on": on, "at": at}
    name = name or f"宁波示例{next(_numbers)}有限公司"
    given: dict[str, Any] = {"founder": talent, "name": name, "industry": industry, "district": district}
    if planned:
        return intake.register_firm(session, **(given | more), **who)
    given |= {
        "credit_code": credit_code(),
        "registered_on": date(on.year - 2, 5, 20),
        "registered_capital": registered_capital,
        "staff": 35,
    }
    firm = intake.register_firm(session, **(given | more), **who)
    intake.add_shareholder(
        session, firm=firm, holder=talent.name, capital=registered_capital, since=firm.registered_on or on, **who
    )
    for years_ago, revenue in ((2, 900), (1, 1_500)):
        intake.add_firm_year(
            session,
            firm=firm,
            year=on.year - years_ago,
            revenue=Money.wan(revenue),
            profit=Money.wan(revenue // 10),
            rd_spend=Money.wan(revenue // 8),
            assets=Money.wan(2_000),
            debts=Money.wan(700),
            source="审计报告",
            **who,
        )
    return firm


def an_ip_asset(
    session: Session,
    talent: Talent,
    firm: Firm | None = None,
    *,
    kind: IPKind = IPKind.INVENTION,
    value: Money | None = Money.wan(1_500),
    on: date = ON,
    at: datetime = AT,
    **more: Any,
) -> IPAsset:
    """A granted right of the firm (or of the talent), its fees paid, found worth `value` at the low end (None: not)."""
    who = {"by": OFFICER, "on": on, "at": at}
    year = on.year - 3
    patent = kind in (IPKind.INVENTION, IPKind.UTILITY, IPKind.DESIGN)
    given: dict[str, Any] = {
        "number": patent_number(kind, year) if patent else f"{year}SR{next(_numbers):07d}",
        "title": "一种示例材料的制备方法",
        "owner": firm.name if firm else talent.name,
        "filed_on": date(year, 4, 20),
        "granted_on": date(year + 2, 6, 15),
        "fees_paid_through": date(on.year + 1, 4, 20),
        "claims": 12,
        "family_size": 2,
        "citations": 5,
        "technical_score": 80,
        "economic_score": 70,
    }
    asset = intake.add_ip_asset(session, talent=talent, firm=firm, kind=kind, **(given | more), **who)
    if value is not None:
        intake.value_asset(
            session,
            asset=asset,
            base_date=date(on.year, 9, 30) if on > date(on.year, 9, 30) else on,
            method="income",
            appraiser="示例评估有限公司",
            low=value,
            middle=value.times(5, 4),
            high=value.times(3, 2),
            **who,
        )
    return asset


ORDER = (
    Stage.DRAFT,
    Stage.SUBMITTED,
    Stage.ACCEPTED,
    Stage.DUE_DILIGENCE,
    Stage.SCORED,
    Stage.IN_REVIEW,
    Stage.OPINION_ISSUED,
)


def an_application(
    session: Session,
    *,
    stage: Stage = Stage.SCORED,
    talent: Talent | None = None,
    firm: Firm | None = None,
    planned: bool = False,
    product: Product | None = None,
    amount: Money = Money.wan(400),
    term_months: int = 24,
    method: RepaymentMethod = RepaymentMethod.INTEREST_FIRST,
    assets: bool = True,
    scores: int = 5,
    advice: Advice = Advice.SUPPORT,
    on: date = ON,
    at: datetime = AT,
    **more: Any,
) -> Application:
    """An application taken through the real steps up to `stage` (one of `ORDER`).

    With a registered firm and a valued patent unless told otherwise; `planned=True` asks for the start-up loan with a
    planned firm. In review it has a panel of five of whom `scores` have sent their sheets; an opinion says `advice`.
    """
    steps = ORDER[: ORDER.index(stage) + 1]
    talent = talent or (session.get_one(Talent, firm.founder_id) if firm else a_talent(session, on=on, at=at))
    _begin(session)
    firm = firm or a_firm(session, talent, planned=planned, on=on, at=at)
    if assets:
        an_ip_asset(session, talent, firm, on=on, at=at)
    desk = {"by": OFFICER, "on": on, "at": at}
    given: dict[str, Any] = {"purpose": "新产品研发", "project": "示例新材料产业化项目", "need": amount}
    application = applying.draft(
        session,
        talent=talent,
        firm=firm,
        product=product or (Product.STARTUP if not firm.exists else Product.NEW_PRODUCT),
        amount=amount,
        term_months=term_months,
        method=method,
        **(given | more),
        **desk,
    )
    for kind in (DocumentType.APPLICATION_FORM, DocumentType.BUSINESS_PLAN):
        content = PDF + f"{application.number} {kind}".encode()
        documents.attach(session, row=application, content=content, name=f"{kind}.pdf", kind=kind, store=STORE, **desk)
    if Stage.SUBMITTED in steps:
        applying.submit(session, application=application, **desk)
    if Stage.ACCEPTED in steps:
        applying.accept(session, application=application, **desk)
    if Stage.DUE_DILIGENCE in steps:
        applying.investigate(
            session,
            application=application,
            visited_on=on,
            second_person=ANOTHER[Role.LOAN_OFFICER].name,
            findings="现场查看研发设备与在研样机，账实相符。",
            **desk,
        )
    if Stage.SCORED in steps:
        scoring_desk.score(session, application=application, **desk)
    if Stage.IN_REVIEW in steps:
        panel = a_panel(session, application, on=on, at=at)
        for seat in seats_of(session, panel)[: 5 if Stage.OPINION_ISSUED in steps else scores]:
            a_score(session, seat, on=on, at=at)
    if Stage.OPINION_ISSUED in steps:
        an_opinion(session, application, advice=advice, on=on, at=at)
    return application


def the_experts(session: Session, *, on: date = ON, at: datetime = AT) -> list[Expert]:
    """Five experts, one of each discipline and a second for technology; made anew each time."""
    _begin(session)
    return [
        review.add_expert(
            session,
            name=f"{surname}专家示例",
            discipline=discipline,
            specialities=["新材料"],
            employer="示例大学",
            by=TALENT_OFFICE,
            on=on,
            at=at,
        )
        for surname, discipline in zip("冯陈褚卫蒋", (*Discipline, Discipline.TECHNOLOGY), strict=True)
    ]


def actor_of(expert: Expert) -> Actor:
    """The expert at his own desk."""
    return Actor(30_000 + expert.key, expert.name, frozenset({Role.EXPERT}), expert_id=expert.key)


def a_panel(
    session: Session, application: Application, *, experts: list[Expert] | None = None, on: date = ON, at: datetime = AT
) -> Panel:
    """A panel of `the_experts` seated for a scored application."""
    experts = experts or the_experts(session, on=on, at=at)
    return review.seat_panel(session, application=application, experts=experts, by=CHAIR, on=on, at=at)


def seats_of(session: Session, panel: Panel) -> list[Seat]:
    """The seats of a panel in the order they were given."""
    return list(session.exec(select(Seat).where(Seat.panel_id == panel.key).order_by(Seat.id)))


SCORES = {Dimension.RD_STRENGTH: 85, Dimension.RELIABILITY: 78, Dimension.PROGRESS: 74, Dimension.MARKET: 73}


def a_score(
    session: Session,
    seat: Seat,
    *,
    scores: dict[str, int] | None = None,
    advice: Advice = Advice.SUPPORT,
    on: date = ON,
    at: datetime = AT,
    **more: Any,
) -> Any:
    """A sheet of the seat's own expert."""
    given: dict[str, Any] = {
        "scores": scores or dict(SCORES),
        "comments": {},
        "advice": advice,
        "opinion": "技术路线清楚，团队完整，建议支持。",
        "no_conflict": True,
    }
    expert = session.get_one(Expert, seat.expert_id)
    return review.record_score(session, seat=seat, **(given | more), by=actor_of(expert), on=on, at=at)


def an_opinion(
    session: Session,
    application: Application,
    *,
    advice: Advice = Advice.SUPPORT,
    on: date = ON,
    at: datetime = AT,
    **more: Any,
) -> Opinion:
    """The opinion in which the panel's session ends."""
    given: dict[str, Any] = {"advice": advice}
    if advice is Advice.CONDITIONAL:
        given["conditions"] = ["完成专利质押登记"]
    if advice in (Advice.RESUBMIT, Advice.REJECT):
        given["reasons"] = "产品尚未完成中试，市场依据不足。"
    return review.issue_opinion(session, application=application, **(given | more), by=CHAIR, on=on, at=at)
