"""Every life in the house, by its subject: for the printed tables, the diagrams and the tests that walk them all."""

from models.states.aftercare import (
    AWARD,
    BRIDGE,
    CLAIM,
    CONVERSION,
    DISPOSAL,
    FACILITY,
    GUARANTEE,
    HOLDING,
    RULE_SET,
    WATCH,
)
from models.states.application import APPLICATION, PANEL, SEAT
from models.states.loan import CONTRACT, DIVERSION, LOAN, PAY_OUT
from models.states.loan_change import LOAN_CHANGE
from models.states.using import INSPECTION, TRANCHE

LIVES = {
    life.subject: life
    for life in (
        APPLICATION,
        PANEL,
        SEAT,
        CONTRACT,
        PAY_OUT,
        TRANCHE,
        INSPECTION,
        LOAN,
        LOAN_CHANGE,
        DIVERSION,
        GUARANTEE,
        CLAIM,
        BRIDGE,
        WATCH,
        DISPOSAL,
        CONVERSION,
        HOLDING,
        AWARD,
        RULE_SET,
        FACILITY,
    )
}
