"""Who plays: one account or more for each post, the roster of experts, all invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models.review import Discipline
from models.roles import Actor, Role
from models.user import User
from workflows import review

STORY = "示例 illustrative"
DISTRICT = "合成数据 synthetic"

STAFF: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("officer1", "李示例", (Role.LOAN_OFFICER,)),
    ("officer2", "赵示例", (Role.LOAN_OFFICER,)),
    ("officer3", "孙示例", (Role.LOAN_OFFICER,)),
    ("reviewer", "周示例", (Role.CREDIT_REVIEWER,)),
    ("chair", "吴示例", (Role.PANEL_CHAIR,)),
    ("committee1", "郑示例", (Role.CREDIT_COMMITTEE,)),
    ("committee2", "王示例", (Role.CREDIT_COMMITTEE,)),
    ("disburser", "冯示例", (Role.DISBURSER,)),
    ("guarantee1", "陈示例", (Role.GUARANTEE_OFFICER,)),
    ("guarantee2", "褚示例", (Role.GUARANTEE_APPROVER,)),
    ("relending1", "卫示例", (Role.FUND_MANAGER,)),
    ("relending2", "蒋示例", (Role.FUND_APPROVER,)),
    ("assets", "沈示例", (Role.ASSET_MANAGER,)),
    ("venture1", "韩示例", (Role.VENTURE_MANAGER,)),
    ("venture2", "杨示例", (Role.VENTURE_APPROVER,)),
    ("bureau1", "朱示例", (Role.FINANCE_BUREAU,)),
    ("bureau2", "秦示例", (Role.BUREAU_APPROVER,)),
    ("treasurer", "尤示例", (Role.TREASURER,)),
    ("talents", "许示例", (Role.TALENT_OFFICE,)),
    ("admin", "何示例", (Role.ADMINISTRATOR,)),
    ("auditor", "吕示例", (Role.AUDITOR,)),
)

EXPERTS: tuple[tuple[str, Discipline, str], ...] = (
    ("施专家示例", Discipline.TECHNOLOGY, "新材料"),
    ("张专家示例", Discipline.TECHNOLOGY, "高端装备"),
    ("孔专家示例", Discipline.TECHNOLOGY, "集成电路"),
    ("曹专家示例", Discipline.TECHNOLOGY, "生物医药"),
    ("严专家示例", Discipline.POLICY, "人才政策"),
    ("华专家示例", Discipline.POLICY, "产业政策"),
    ("金专家示例", Discipline.CREDIT, "小微信贷"),
    ("魏专家示例", Discipline.CREDIT, "风险管理"),
    ("陶专家示例", Discipline.INVESTMENT, "创业投资"),
    ("姜专家示例", Discipline.INVESTMENT, "产业投资"),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the demonstration by post, and the experts at their own desks."""

    staff: dict[Role, tuple[Actor, ...]]
    experts: tuple[tuple[int, Discipline, Actor], ...]
    password_hash: str

    def of(self, role: Role, turn: int = 0) -> Actor:
        """One holder of a post; `turn` goes round among several."""
        holders = self.staff[role]
        return holders[turn % len(holders)]


def hire(session: Session, *, password_hash: str, on: date, at: datetime) -> Cast:
    """Open every account, all with the same password (hashed once), and put the experts on the roster."""
    staff: dict[Role, list[Actor]] = {}
    for account, name, roles in STAFF:
        user = open_account(session, account, name, roles, password_hash)
        for role in roles:
            staff.setdefault(role, []).append(user.actor())
    office = staff[Role.TALENT_OFFICE][0]
    experts = []
    for number, (name, discipline, speciality) in enumerate(EXPERTS, start=1):
        expert = review.add_expert(
            session,
            name=name,
            discipline=discipline,
            specialities=[speciality],
            employer="示例研究院",
            label=STORY,
            by=office,
            on=on,
            at=at,
        )
        user = open_account(session, f"expert{number}", name, (Role.EXPERT,), password_hash, expert_id=expert.key)
        experts.append((expert.key, discipline, user.actor()))
    return Cast({role: tuple(actors) for role, actors in staff.items()}, tuple(experts), password_hash)


def open_account(
    session: Session,
    account: str,
    name: str,
    roles: tuple[Role, ...],
    password_hash: str,
    *,
    expert_id: int | None = None,
    talent_id: int | None = None,
) -> User:
    """An account with its posts."""
    user = User.model_validate(
        {
            "account": account,
            "name": name,
            "password_hash": password_hash,
            "roles": [role.value for role in roles],
            "expert_id": expert_id,
            "talent_id": talent_id,
        }
    )
    session.add(user)
    session.flush()
    return user
