"""The seven institutions that keep books, the roles people act in, and the actor of a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Institution(StrEnum):
    """Who keeps a book of his own (system.md section 2). Books are locked and listed in this order."""

    VEHICLE = "vehicle"  # 投融资机构
    BANK = "bank"  # 人才银行
    GUARANTOR = "guarantor"  # 人才担保公司
    RELENDER = "relender"  # 转贷基金
    AMC = "amc"  # 资产管理公司
    VENTURE = "venture"  # 创业投资公司
    BUREAU = "bureau"  # 财政局


class Role(StrEnum):
    """A post that a person holds; permissions hang on posts, never on persons."""

    APPLICANT = "applicant"  # 申请人
    LOAN_OFFICER = "loan_officer"  # 信贷经办
    CREDIT_REVIEWER = "credit_reviewer"  # 信贷复核(审查)
    EXPERT = "expert"  # 评审专家
    PANEL_CHAIR = "panel_chair"  # 评审组长 / 评审秘书
    CREDIT_COMMITTEE = "credit_committee"  # 信贷决策委员会
    DISBURSER = "disburser"  # 放款岗
    GUARANTEE_OFFICER = "guarantee_officer"  # 担保经办
    GUARANTEE_APPROVER = "guarantee_approver"  # 担保审批
    FUND_MANAGER = "fund_manager"  # 转贷基金经办
    FUND_APPROVER = "fund_approver"  # 转贷基金审批
    ASSET_MANAGER = "asset_manager"  # 资产管理经办
    VENTURE_MANAGER = "venture_manager"  # 创投经办
    VENTURE_APPROVER = "venture_approver"  # 创投审批
    FINANCE_BUREAU = "finance_bureau"  # 财政局监测岗
    BUREAU_APPROVER = "bureau_approver"  # 财政局审批岗
    TREASURER = "treasurer"  # 投融资机构资金岗
    TALENT_OFFICE = "talent_office"  # 人才办
    ADMINISTRATOR = "administrator"  # 系统管理员
    AUDITOR = "auditor"  # 审计员
    SYSTEM = "system"  # 日终等自动任务


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user with the roles held. `applicant_id` / `expert_id` tie an outside person to his own rows."""

    user_id: int
    name: str
    roles: frozenset[Role]
    talent_id: int | None = None
    expert_id: int | None = None

    def holds(self, *roles: Role) -> bool:
        """True if the actor holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(user_id=0, name="system", roles=frozenset({Role.SYSTEM}))
"""The clock's own actor: end of day and expiries. It never approves anything."""
