"""Who somebody is: credit codes, resident identity numbers, foreign documents (ID-01 to ID-03)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from models.values.checked_number import NumberKind, NumberNotValid, Reason, tidy

LENGTH = 18
"""Credit codes and resident numbers both have 17 characters and a check."""

LETTERS = "0-9A-HJ-NP-RTUWXY"
CREDIT_CODE_BODY = re.compile(rf"[{LETTERS}]{{2}}[0-9]{{6}}[{LETTERS}]{{9}}")
RESIDENT_BODY = re.compile(r"[0-9]{17}")
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5"})
"""Letters no credit code has, and the figures they are mistaken for."""
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class Oddity(StrEnum):
    """What looks odd but does not make a number invalid: somebody should look at the document again."""

    ORGANISATION_CODE = "organisation_code"
    """The organisation code inside a credit code fails its own check (ID-01b)."""
    AREA_UNKNOWN = "area_unknown"
    """The area is not in the library's table for the year of birth (ID-02)."""


def credit_code_check(body17: str) -> str:
    """The check character after the 17 others of a credit code (GB 32100-2015, ID-01).

    >>> credit_code_check("11330206002954449")
    'B'
    """
    if not CREDIT_CODE_BODY.fullmatch(body17):
        raise ValueError(f"{body17!r} is not the first 17 characters of a credit code")
    return uscc.calc_check_digit(body17)


def organisation_code_check(body8: str) -> str:
    """The check character after the 8 others of an organisation code (GB 11714, ID-01b).

    >>> organisation_code_check("00295444")
    '9'
    """
    if not re.fullmatch(r"[0-9A-Z]{8}", body8):
        raise ValueError(f"{body8!r} is not the first 8 characters of an organisation code")
    weighed = sum(int(sign, 36) * weight for sign, weight in zip(body8, ORGANISATION_WEIGHTS, strict=True))
    return "0X987654321"[weighed % 11]


def parse_credit_code(text: str) -> str:
    """Read a unified social credit code (统一社会信用代码, ID-01) into its 18 capitals and figures.

    Raises NumberNotValid: LENGTH, CHARACTERS (with the corrected code in `expected` where a look-alike letter such
    as O for 0 explains it), CHECK with the right character in `expected`.
    """
    kind = NumberKind.CREDIT_CODE
    number = tidy(text, kind)
    if len(number) != LENGTH:
        raise NumberNotValid(number, kind, Reason.LENGTH)
    body, check = number[:-1], number[-1]
    if not CREDIT_CODE_BODY.fullmatch(body) or not re.fullmatch(f"[{LETTERS}]", check):
        meant = number.translate(LOOK_ALIKES)
        fits = CREDIT_CODE_BODY.fullmatch(meant[:-1]) and uscc.calc_check_digit(meant[:-1]) == meant[-1]
        raise NumberNotValid(number, kind, Reason.CHARACTERS, meant if fits else None)
    expected = uscc.calc_check_digit(body)
    if check != expected:
        raise NumberNotValid(number, kind, Reason.CHECK, expected)
    return number


def credit_code_warnings(code: str) -> tuple[Oddity, ...]:
    """What looks odd about a valid credit code (ID-01b)."""
    return () if organisation_code_check(code[8:16]) == code[16] else (Oddity.ORGANISATION_CODE,)


def resident_id_check(body17: str) -> str:
    """The check character after the 17 digits of a resident number (GB 11643, ID-02).

    >>> resident_id_check("33020620991231001")
    '3'
    """
    if not RESIDENT_BODY.fullmatch(body17):
        raise ValueError("not the first 17 digits of a resident number")
    return ric.calc_check_digit(body17 + "0")


def parse_resident_id(text: str, *, on: date) -> str:
    """Read a resident identity number (公民身份号码, ID-02) into 17 digits and a check character.

    Raises NumberNotValid: LENGTH (old 15-digit numbers too), CHARACTERS, CHECK with the right character in
    `expected`, BIRTH_DATE for a day that never was, FUTURE for a birth after `on`.
    """
    kind = NumberKind.RESIDENT_ID
    number = tidy(text, kind)
    if len(number) != LENGTH:
        raise NumberNotValid(number, kind, Reason.LENGTH)
    body, check = number[:-1], number[-1]
    if not RESIDENT_BODY.fullmatch(body) or check not in "0123456789X":
        raise NumberNotValid(number, kind, Reason.CHARACTERS)
    try:
        born = resident_birth_date(number)
    except ValueError:
        raise NumberNotValid(number, kind, Reason.BIRTH_DATE) from None
    if born > on:
        raise NumberNotValid(number, kind, Reason.FUTURE)
    expected = resident_id_check(body)
    if check != expected:
        raise NumberNotValid(number, kind, Reason.CHECK, expected)
    return number


def resident_birth_date(number: str) -> date:
    """The birth date inside a tidy resident number. ValueError if there is no such day."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def resident_id_warnings(number: str) -> tuple[Oddity, ...]:
    """What looks odd about a valid resident number: an area the table does not know for the year of birth (ID-02)."""
    try:
        ric.get_birth_place(number)
    except (ValidationError, KeyError):  # KeyError: a province the table has, a county in it that it has not
        return (Oddity.AREA_UNKNOWN,)
    return ()


class DocumentKind(StrEnum):
    """Documents that say who a person is: the resident card (ID-02), or one for people without its number (ID-03)."""

    RESIDENT_ID = "resident_id"
    """居民身份证; its number is read by `parse_resident_id`."""
    PASSPORT = "passport"
    PERMANENT_RESIDENCE = "permanent_residence"
    """外国人永久居留身份证"""
    HONG_KONG_MACAO_PERMIT = "hong_kong_macao_permit"
    """港澳居民来往内地通行证"""
    TAIWAN_PERMIT = "taiwan_permit"
    """台湾居民来往大陆通行证"""


DOCUMENT_PATTERNS = {
    DocumentKind.PASSPORT: re.compile(r"[A-Z0-9]{5,15}"),
    DocumentKind.PERMANENT_RESIDENCE: re.compile(r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]"),
    DocumentKind.HONG_KONG_MACAO_PERMIT: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"[0-9]{8}(?:[0-9]{2})?"),
}
"""Shapes only, from practice: none of these carries a check digit we could rely on (ID-03)."""


@dataclass(frozen=True, slots=True)
class ForeignDocument:
    """A document that says who somebody is, as presented."""

    kind: DocumentKind
    number: str
    issuer: str
    expires_on: date


def parse_foreign_document(
    kind: DocumentKind, text: str, *, issuer: str, expires_on: date, on: date
) -> ForeignDocument:
    """Read a foreign document (ID-03). Raises NumberNotValid: KIND for a resident card, CHARACTERS, ISSUER if none is
    named, EXPIRED before `on`."""
    wanted = NumberKind.FOREIGN_DOCUMENT
    number = tidy(text, wanted)
    if kind not in DOCUMENT_PATTERNS:
        raise NumberNotValid(number, wanted, Reason.KIND)
    if not DOCUMENT_PATTERNS[kind].fullmatch(number):
        raise NumberNotValid(number, wanted, Reason.CHARACTERS)
    if not issuer.strip():
        raise NumberNotValid(number, wanted, Reason.ISSUER)
    if expires_on < on:
        raise NumberNotValid(number, wanted, Reason.EXPIRED)
    return ForeignDocument(kind, number, issuer.strip(), expires_on)
