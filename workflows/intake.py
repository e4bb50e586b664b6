"""The intake desk, at one door: talents and their teams, firms and planned firms, rights that may secure a loan.

What is recorded here belongs to people and firms, not to one application; `workflows/applying.py` begins there.
"""

from workflows.intake_firms import (
    add_contact,
    add_firm_year,
    add_milestone,
    add_shareholder,
    found_firm,
    register_firm,
)
from workflows.intake_ip import (
    add_ip_asset,
    latest_valuation,
    pay_fees,
    record_status,
    right_ends,
    value_asset,
)
from workflows.intake_talents import (
    add_designation,
    add_team_member,
    end_designation,
    form_group,
    give_consent,
    leave_team,
    register_talent,
    verify_designation,
)

__all__ = [
    "add_contact",
    "add_designation",
    "add_firm_year",
    "add_ip_asset",
    "add_milestone",
    "add_shareholder",
    "add_team_member",
    "end_designation",
    "form_group",
    "found_firm",
    "give_consent",
    "latest_valuation",
    "leave_team",
    "pay_fees",
    "record_status",
    "register_firm",
    "register_talent",
    "right_ends",
    "value_asset",
    "verify_designation",
]
