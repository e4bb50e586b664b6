"""Every number with a shape or a check digit, at one door.

`parse_…` gives the tidy number or raises NumberNotValid; `…_check` makes a check digit; `…_warnings` names what looks
odd in a valid number; `mask` hides most of a number.
"""

from models.values.account_numbers import luhn_check, parse_bank_card, parse_bank_line
from models.values.checked_number import NumberKind, NumberNotValid, Reason, mask
from models.values.identity_numbers import (
    DocumentKind,
    ForeignDocument,
    Oddity,
    credit_code_check,
    credit_code_warnings,
    organisation_code_check,
    parse_credit_code,
    parse_foreign_document,
    parse_resident_id,
    resident_birth_date,
    resident_id_check,
    resident_id_warnings,
)
from models.values.patent_numbers import (
    PatentKind,
    PatentNumber,
    parse_patent_number,
    parse_pledge_number,
    parse_publication_number,
    parse_software_number,
    patent_check,
)

__all__ = [
    "DocumentKind",
    "ForeignDocument",
    "NumberKind",
    "NumberNotValid",
    "Oddity",
    "PatentKind",
    "PatentNumber",
    "Reason",
    "credit_code_check",
    "credit_code_warnings",
    "luhn_check",
    "mask",
    "organisation_code_check",
    "parse_bank_card",
    "parse_bank_line",
    "parse_credit_code",
    "parse_foreign_document",
    "parse_patent_number",
    "parse_pledge_number",
    "parse_publication_number",
    "parse_resident_id",
    "parse_software_number",
    "patent_check",
    "resident_birth_date",
    "resident_id_check",
    "resident_id_warnings",
]
