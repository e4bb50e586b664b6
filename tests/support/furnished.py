"""A bank with something on every desk of intake, review and decision, for tests of screens.

Built through the real workflows by `people`, on the day of `webdesk.NOW`. `furnish` answers with what was made; users
of every post, of each expert and of each applicant are there by then: `bank.user(Role.LOAN_OFFICER)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from committee import approve, fund
from people import ACTORS, ANOTHER, a_firm, a_talent, an_application, an_ip_asset, seats_of
from sqlmodel import Session, select
from webdesk import NOW

from models.review import Expert, Opinion, Panel
from models.roles import Actor, Role
from models.states.application import Stage
from models.talent import Level, Talent
from models.user import User
from models.values.money import Money
from models.values.rate import Rate
from models.versions import Lpr
from talentbank.database import Database
from talentbank.opinion_papers import file_opinion
from talentbank.vault import Vault

DAY = NOW.date() - timedelta(days=1)
WHEN: dict[str, Any] = {"on": DAY, "at": NOW - timedelta(days=1)}
SHOWN = (
    Stage.DRAFT,
    Stage.SUBMITTED,
    Stage.ACCEPTED,
    Stage.DUE_DILIGENCE,
    Stage.SCORED,
    Stage.IN_REVIEW,
    Stage.OPINION_ISSUED,
)


@dataclass
class Bank:
    """What stands in the bank: application numbers by stage, panels, users by post."""

    database: Database
    numbers: dict[str, str] = field(default_factory=dict)
    talents: dict[str, int] = field(default_factory=dict)
    firms: dict[str, int] = field(default_factory=dict)
    experts: list[int] = field(default_factory=list)
    panel: int = 0
    opinion: str = ""
    asset: int = 0

    def user(self, role: Role, *, second: bool = False) -> User:
        """The person who holds a post, or a second one."""
        return self.user_of((ANOTHER if second else ACTORS)[role])

    def user_of(self, actor: Actor) -> User:
        """The account behind an actor of the builders."""
        with self.database.read() as session:
            found = session.get_one(User, actor.user_id)
            session.expunge(found)
            return found

    def applicant(self, stage: Stage | str) -> User:
        """The applicant of the application that stands in this stage."""
        return self._tied(talent_id=self.talents[str(stage)])

    def expert(self, place: int = 0) -> User:
        """An expert of the panel that sits."""
        return self._tied(expert_id=self.experts[place])

    def _tied(self, **tie: int) -> User:
        name, value = next(iter(tie.items()))
        with self.database.read() as session:
            found = session.exec(select(User).where(getattr(User, name) == value)).one()
            session.expunge(found)
            return found


NAMES = ("周示例", "吴示例", "郑示例", "王示例", "冯示例", "陈示例", "褚示例", "卫示例", "蒋示例")
FIRMS = (
    "宁波敏芯示例微系统有限公司",
    "甬材示例高分子科技有限公司",
    "北仑蓝鳍示例海洋装备有限公司",
    "宁波启明示例生物医药有限公司",
    "浙东示例智能传感有限公司",
    "宁波远图示例激光技术有限公司",
    "甬江示例储能系统有限公司",
    "宁波微澜示例膜科技有限公司",
    "宁波示例新材料有限公司",
)


def furnish(database: Database, vault: Vault) -> Bank:
    """Build the world once, in one transaction."""
    bank = Bank(database)
    with database.write() as session:
        fund(session, guarantor=Money.wan(20_000))
        session.add(Lpr(published=DAY, one_year=Rate.of("0.0300"), five_year=Rate.of("0.0350")))
        levels = list(Level)
        for place, stage in enumerate(SHOWN):
            talent = a_talent(session, name=NAMES[place], level=levels[place % len(levels)], sealer=vault, **WHEN)
            firm = a_firm(session, talent, name=FIRMS[place], **WHEN)
            asset = an_ip_asset(session, talent, firm, value=Money.wan(2_000), **WHEN)
            scores = 3 if stage is Stage.IN_REVIEW else 5
            row = an_application(
                session,
                stage=stage,
                talent=talent,
                firm=firm,
                amount=Money.wan(150 + 50 * place),
                scores=scores,
                **WHEN,
            )
            _known(bank, str(stage), row.number, talent, firm.key)
            bank.asset = asset.key
            if stage is Stage.IN_REVIEW:
                panel = session.exec(select(Panel).where(Panel.subject_id == row.key)).one()
                bank.panel = panel.key
                bank.experts = [seat.expert_id for seat in seats_of(session, panel)]
            if stage is Stage.OPINION_ISSUED:
                opinion = session.exec(select(Opinion).where(Opinion.application_id == row.key)).one()
                file_opinion(session, opinion, language="zh", store=vault, by=ACTORS[Role.PANEL_CHAIR], **WHEN)
                bank.opinion = opinion.number
        _decided(session, bank, vault)
        _planned(session, bank, vault)
        _accounts(session)
    return bank


def _known(bank: Bank, name: str, number: str, talent: Talent, firm: int) -> None:
    bank.numbers[name] = number
    bank.talents[name] = talent.key
    bank.firms[name] = firm


def _decided(session: Session, bank: Bank, vault: Vault) -> None:
    talent = a_talent(session, name=NAMES[7], sealer=vault, **WHEN)
    firm = a_firm(session, talent, name=FIRMS[7], **WHEN)
    row = an_application(
        session, stage=Stage.OPINION_ISSUED, talent=talent, firm=firm, amount=Money.wan(300), label="示例", **WHEN
    )
    approve(session, row, conditions=["完成专利质押登记", "开立贷款资金专户"], reason="增加专户监管条件", **WHEN)
    _known(bank, "decided", row.number, talent, firm.key)


def _planned(session: Session, bank: Bank, vault: Vault) -> None:
    talent = a_talent(session, name=NAMES[8], sealer=vault, **WHEN)
    firm = a_firm(session, talent, name=FIRMS[8] + "（筹）", planned=True, **WHEN)
    row = an_application(session, stage=Stage.SCORED, talent=talent, firm=firm, synthetic=True, **WHEN)
    _known(bank, "planned", row.number, talent, firm.key)


def _accounts(session: Session) -> None:
    """An account for each talent and each expert."""
    for talent in session.exec(select(Talent)):
        session.add(
            User(
                account=f"talent{talent.key}",
                name=talent.name,
                password_hash="!",
                roles=["applicant"],
                talent_id=talent.key,
            )
        )
    for expert in session.exec(select(Expert)):
        session.add(
            User(
                account=f"expert{expert.key}",
                name=expert.name,
                password_hash="!",
                roles=["expert"],
                expert_id=expert.key,
            )
        )
