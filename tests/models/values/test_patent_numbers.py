"""Numbers of intellectual property (IP-05 to IP-08)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.identifiers import (
    NumberKind,
    NumberNotValid,
    PatentKind,
    Reason,
    parse_patent_number,
    parse_pledge_number,
    parse_publication_number,
    parse_software_number,
    patent_check,
)

TODAY = date(2026, 11, 24)


def refused(parse, *args, **kwargs):
    with pytest.raises(NumberNotValid) as refusal:
        parse(*args, **kwargs)
    return refusal.value


class TestAPatentNumber:
    def test_ex_35_ends_in_its_check_digit(self):
        assert patent_check("201710601862") == "3"
        assert parse_patent_number("2017106018623").application == "201710601862.3"

    @pytest.mark.parametrize(
        "text", ["201710601862.3", "ZL201710601862.3", "zl 2017 1 0601862.3", "CN201710601862．3", "2017106018623"]
    )
    def test_is_read_as_people_type_it(self, text):
        number = parse_patent_number(text, on=TODAY)
        assert number.patent == "ZL201710601862.3"
        assert (number.year, number.kind, number.international) == (2017, PatentKind.INVENTION, False)

    @pytest.mark.parametrize(
        ("text", "year", "kind"),
        [
            ("95115608.X", 1995, PatentKind.INVENTION),
            ("97101765.4", 1997, PatentKind.INVENTION),
            ("ZL95115608x", 1995, PatentKind.INVENTION),
        ],
    )
    def test_from_before_2004_is_shorter(self, text, year, kind):
        number = parse_patent_number(text)
        assert (number.year, number.kind) == (year, kind)

    @pytest.mark.parametrize(
        ("body", "kind", "international"),
        [
            ("201520000001", PatentKind.UTILITY, False),
            ("201530000001", PatentKind.DESIGN, False),
            ("201580000001", PatentKind.INVENTION, True),
            ("201590000001", PatentKind.UTILITY, True),
            ("03200001", PatentKind.UTILITY, False),
        ],
    )
    def test_tells_what_is_protected(self, body, kind, international):
        number = parse_patent_number(body + patent_check(body))
        assert (number.kind, number.international) == (kind, international)

    @pytest.mark.parametrize(
        ("text", "reason", "expected"),
        [
            ("201710601862.4", Reason.CHECK, "3"),
            ("201710601862", Reason.CHECK_MISSING, "3"),
            ("95115608", Reason.CHECK_MISSING, "X"),
            ("CN107543210A", Reason.PUBLICATION_NUMBER, None),
            ("CN 104123456 B", Reason.PUBLICATION_NUMBER, None),
            ("CN1234567C", Reason.PUBLICATION_NUMBER, None),
            ("ZL2017-601", Reason.CHARACTERS, None),
            ("", Reason.EMPTY, None),
            ("200210601862" + patent_check("200210601862"), Reason.YEAR, None),
            ("84115608" + patent_check("84115608"), Reason.YEAR, None),
            ("203010601862" + patent_check("203010601862"), Reason.FUTURE, None),
            ("201740601862" + patent_check("201740601862"), Reason.KIND, None),
        ],
    )
    def test_that_is_wrong_says_how(self, text, reason, expected):
        error = refused(parse_patent_number, text, on=TODAY)
        assert (error.kind, error.reason, error.expected) == (NumberKind.PATENT_APPLICATION, reason, expected)

    @given(
        year=st.integers(2004, 2026), kind=st.sampled_from("12389"), serial=st.integers(0, 9_999_999), data=st.data()
    )
    def test_shows_every_single_slip(self, year, kind, serial, data):
        body = f"{year}{kind}{serial:07d}"
        number = body + patent_check(body)
        assert parse_patent_number(number).body == body
        place = data.draw(st.integers(0, 11))
        other = data.draw(st.sampled_from("0123456789").filter(lambda sign: sign != number[place]))
        refused(parse_patent_number, number[:place] + other + number[place + 1 :])

    @pytest.mark.parametrize("body", ["2017106018", "20171060186X", ""])
    def test_has_no_check_digit_for_half_a_body(self, body):
        with pytest.raises(ValueError, match="check digit"):
            patent_check(body)


class TestOtherRegisters:
    def test_publication_numbers_are_known_for_what_they_are(self):
        assert parse_publication_number("cn 107543210 a") == "CN107543210A"
        assert refused(parse_publication_number, "201710601862.3").kind is NumberKind.PUBLICATION

    def test_pledges_carry_thirteen_digits(self):
        assert parse_pledge_number("y2024 98 0012345", on=TODAY) == "Y2024980012345"
        assert parse_pledge_number("2012330000123") == "2012330000123"
        assert refused(parse_pledge_number, "Y20249800123").reason is Reason.CHARACTERS
        assert refused(parse_pledge_number, "Y2031980012345", on=TODAY).reason is Reason.FUTURE
        assert refused(parse_pledge_number, "Y1012980012345").reason is Reason.YEAR

    def test_software_carries_year_and_serial(self):
        assert parse_software_number("2019 sr 0123456", on=TODAY) == "2019SR0123456"
        assert refused(parse_software_number, "软著登字第1234567号").reason is Reason.CERTIFICATE_NUMBER
        assert refused(parse_software_number, "2019SR").reason is Reason.CHARACTERS
        assert refused(parse_software_number, "2030SR0123456", on=TODAY).reason is Reason.FUTURE
