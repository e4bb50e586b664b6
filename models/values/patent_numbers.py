"""Numbers of intellectual property: applications, publications, pledges, software (IP-05 to IP-08)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.values.checked_number import NumberKind, NumberNotValid, Reason, tidy

APPLICATION = re.compile(r"(?:ZL|CN)?(?P<body>[0-9]{12}|[0-9]{8})(?:\.?(?P<check>[0-9X]))?")
PUBLICATION = re.compile(r"CN[0-9]{7,9}(?P<code>[ABCUYSD])[0-9]?")
PLEDGE = re.compile(r"Y?(?P<year>[0-9]{4})[0-9]{9}")
SOFTWARE = re.compile(r"(?P<year>[0-9]{4})SR[0-9]{5,7}")
SOFTWARE_CERTIFICATE = re.compile(r"软著登字第?[0-9]+号?")

FIRST_LONG_YEAR = 2003
"""Applications since 1 October 2003 carry the year in four digits (IP-06)."""
FIRST_YEAR = 1985
"""The Patent Law came into force on 1 April 1985."""
FIRST_SOFTWARE_YEAR = 1992
"""The first year in which software was registered."""


class PatentKind(StrEnum):
    """What is protected: 发明, 实用新型, 外观设计."""

    INVENTION = "invention"
    UTILITY = "utility"
    DESIGN = "design"


KINDS = {
    "1": PatentKind.INVENTION,
    "2": PatentKind.UTILITY,
    "3": PatentKind.DESIGN,
    "8": PatentKind.INVENTION,  # entered from an international (PCT) application
    "9": PatentKind.UTILITY,  # the same
}


@dataclass(frozen=True, slots=True)
class PatentNumber:
    """A patent application number whose parts and check digit hold together."""

    year: int
    kind: PatentKind
    body: str
    """All digits before the point: 12 since October 2003, 8 before."""
    check: str

    @property
    def application(self) -> str:
        """As the office writes it: 201710601862.3."""
        return f"{self.body}.{self.check}"

    @property
    def patent(self) -> str:
        """As a granted patent is cited: ZL201710601862.3."""
        return f"ZL{self.application}"

    @property
    def international(self) -> bool:
        """Whether it came in through the Patent Cooperation Treaty."""
        return self.body[4 if len(self.body) == 12 else 2] in "89"

    def __str__(self) -> str:
        return self.application


def patent_check(body: str) -> str:
    """The check digit after 12 (IP-05) or 8 (IP-06) digits: weights 2 to 9 repeating from the left, modulo 11, 10 is X.

    >>> patent_check("201710601862"), patent_check("95115608")
    ('3', 'X')
    """
    if not re.fullmatch(r"[0-9]{12}|[0-9]{8}", body):
        raise ValueError(f"{body!r} is not the 12 or 8 digits before a patent's check digit")
    digit = sum(int(figure) * (2 + place % 8) for place, figure in enumerate(body)) % 11
    return "X" if digit == 10 else str(digit)


def parse_patent_number(text: str, *, on: date | None = None) -> PatentNumber:
    """Read an application or patent number (IP-05, IP-06), with or without ZL or CN, the point and blanks.

    Raises NumberNotValid: PUBLICATION_NUMBER where a publication or grant number was given instead (IP-07),
    CHECK_MISSING or CHECK with the right digit in `expected`, KIND, YEAR for a year out of range, FUTURE for a
    year after that of `on`, CHARACTERS otherwise.
    """
    kind = NumberKind.PATENT_APPLICATION
    number = tidy(text, kind)
    if PUBLICATION.fullmatch(number):
        raise NumberNotValid(number, kind, Reason.PUBLICATION_NUMBER)
    match = APPLICATION.fullmatch(number)
    if match is None:
        raise NumberNotValid(number, kind, Reason.CHARACTERS)
    body, check = match["body"], match["check"]
    expected = patent_check(body)
    if check is None:
        raise NumberNotValid(number, kind, Reason.CHECK_MISSING, expected)
    if check != expected:
        raise NumberNotValid(number, kind, Reason.CHECK, expected)
    long = len(body) == 12
    year = int(body[:4]) if long else _century(int(body[:2]))
    if year < (FIRST_LONG_YEAR if long else FIRST_YEAR) or (not long and year > FIRST_LONG_YEAR):
        raise NumberNotValid(number, kind, Reason.YEAR)
    _not_after(year, on, number, kind)
    what = KINDS.get(body[4 if long else 2])
    if what is None:
        raise NumberNotValid(number, kind, Reason.KIND)
    return PatentNumber(year, what, body, check)


def parse_publication_number(text: str) -> str:
    """Read a publication or grant number (CN, 7 to 9 digits, kind code), never to be taken for an application's."""
    number = tidy(text, NumberKind.PUBLICATION)
    if not PUBLICATION.fullmatch(number):
        raise NumberNotValid(number, NumberKind.PUBLICATION, Reason.CHARACTERS)
    return number


def parse_pledge_number(text: str, *, on: date | None = None) -> str:
    """Read a pledge registration number (质押登记号, IP-08): Y, year, office and serial, 13 digits in all."""
    return _dated(PLEDGE, text, NumberKind.PLEDGE_REGISTRATION, FIRST_YEAR, on)


def parse_software_number(text: str, *, on: date | None = None) -> str:
    """Read a software registration number (登记号): 2019SR0123456. The certificate's own number is refused."""
    kind = NumberKind.SOFTWARE_REGISTRATION
    number = tidy(text, kind)
    if SOFTWARE_CERTIFICATE.fullmatch(number):
        raise NumberNotValid(number, kind, Reason.CERTIFICATE_NUMBER)
    return _dated(SOFTWARE, number, kind, FIRST_SOFTWARE_YEAR, on)


def _dated(pattern: re.Pattern[str], text: str, kind: NumberKind, first_year: int, on: date | None) -> str:
    number = tidy(text, kind)
    match = pattern.fullmatch(number)
    if match is None:
        raise NumberNotValid(number, kind, Reason.CHARACTERS)
    if int(match["year"]) < first_year:
        raise NumberNotValid(number, kind, Reason.YEAR)
    _not_after(int(match["year"]), on, number, kind)
    return number


def _not_after(year: int, on: date | None, number: str, kind: NumberKind) -> None:
    if on is not None and year > on.year:
        raise NumberNotValid(number, kind, Reason.FUTURE)


def _century(two_digits: int) -> int:
    """Old numbers run from 85 to 03."""
    return two_digits + (1900 if two_digits >= FIRST_YEAR % 100 else 2000)
