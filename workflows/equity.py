"""Equity at one counter: claims, awards and money become holdings, and holdings are valued and sold (system.md 9).

The verbs stand in files of their own (`converting`, `awarding`, `holdings`, `exits`, `share_register`; the cap table in
`models.queries.cap_tables`); who looks for one finds it from here.
"""

from __future__ import annotations

from models.queries.cap_tables import cap_table
from workflows.awarding import approve_award, capitalise_award, pay_award, propose_award, refuse_award
from workflows.converting import approve_conversion, convert, propose_conversion, refuse_conversion
from workflows.exits import exit, floor_price, offer_exit
from workflows.holdings import follow_on, latest_value, receive_dividend, record_round, revalue

__all__ = [
    "approve_award",
    "approve_conversion",
    "cap_table",
    "capitalise_award",
    "convert",
    "exit",
    "floor_price",
    "follow_on",
    "latest_value",
    "offer_exit",
    "pay_award",
    "propose_award",
    "propose_conversion",
    "receive_dividend",
    "record_round",
    "refuse_award",
    "refuse_conversion",
    "revalue",
]
