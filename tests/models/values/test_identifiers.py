"""Numbers of people, firms and accounts, and their check digits (ID-01 to ID-05). People's numbers are invented."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.identifiers import (
    DocumentKind,
    NumberKind,
    NumberNotValid,
    Oddity,
    Reason,
    credit_code_check,
    credit_code_warnings,
    luhn_check,
    mask,
    organisation_code_check,
    parse_bank_card,
    parse_bank_line,
    parse_credit_code,
    parse_foreign_document,
    parse_patent_number,
    parse_resident_id,
    resident_birth_date,
    resident_id_check,
    resident_id_warnings,
)

TODAY = date(2026, 11, 24)
VECTORS = Path(__file__).parents[4] / "shared" / "data" / "schedules" / "identifiers.json"
DIGITS = "0123456789"
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def refused(parse, *args, **kwargs):
    with pytest.raises(NumberNotValid) as refusal:
        parse(*args, **kwargs)
    return refusal.value


class TestPublishedVectors:
    def test_are_told_valid_from_broken(self):
        if not VECTORS.exists():
            pytest.skip("the shared test vectors are not here")
        parsers = {"uscc": parse_credit_code, "cn_patent": parse_patent_number}
        cases = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
        assert cases
        for case in cases:
            parse, value = parsers[case["input"]["type"]], case["input"]["value"]
            if case["expected"]["valid"]:
                assert parse(value), case["id"]
            else:
                assert refused(parse, value).number, case["id"]


class TestACreditCode:
    def test_ex_56_ends_in_its_check_character(self):
        assert credit_code_check("11330206002954449") == "B"
        assert parse_credit_code("11330206002954449B") == "11330206002954449B"

    def test_is_read_as_people_type_it(self):
        assert parse_credit_code(" 1133 0206-0029 5444 9b ") == "11330206002954449B"
        assert parse_credit_code("１１３３０２０６００２９５４４４９Ｂ") == "11330206002954449B"

    def test_of_unusual_authorities_is_taken(self):
        body = "N2330206MF0123456"
        assert parse_credit_code(body + credit_code_check(body))

    @pytest.mark.parametrize(
        ("text", "reason", "expected"),
        [
            ("", Reason.EMPTY, None),
            (" - ", Reason.EMPTY, None),
            ("1133020600295444", Reason.LENGTH, None),
            ("11330206002954449C", Reason.CHECK, "B"),
            ("1133O2O6002954449B", Reason.CHARACTERS, "11330206002954449B"),
            ("1133020600295444VB", Reason.CHARACTERS, None),
            ("113A0206002954449B", Reason.CHARACTERS, None),
        ],
    )
    def test_that_is_wrong_says_how(self, text, reason, expected):
        error = refused(parse_credit_code, text)
        assert (error.kind, error.reason, error.expected) == (NumberKind.CREDIT_CODE, reason, expected)

    @given(body=st.from_regex(rf"\A[{LETTERS}]{{2}}[0-9]{{6}}[{LETTERS}]{{9}}\Z"), data=st.data())
    def test_shows_every_single_slip(self, body, data):
        code = body + credit_code_check(body)
        assert parse_credit_code(code) == code
        place = data.draw(st.integers(0, 17))
        other = data.draw(st.sampled_from(LETTERS).filter(lambda sign: sign != code[place]))
        refused(parse_credit_code, code[:place] + other + code[place + 1 :])

    def test_holds_an_organisation_code_with_a_check_of_its_own(self):
        assert organisation_code_check("00295444") == "9"
        assert organisation_code_check("60003734") == "1"
        assert credit_code_warnings("11330206002954449B") == ()
        assert credit_code_warnings("113302060029544480") == (Oddity.ORGANISATION_CODE,)

    def test_makes_no_check_for_half_a_body(self):
        for make in (credit_code_check, organisation_code_check, resident_id_check, luhn_check):
            with pytest.raises(ValueError, match="not the"):
                make("12 4")


class TestAResidentNumber:
    def test_ex_57_ends_in_its_check_character(self):
        assert resident_id_check("33020620991231001") == "3"

    def test_is_read_with_its_birth_date(self):
        number = parse_resident_id("330206 19900307 002 " + resident_id_check("33020619900307002"), on=TODAY)
        assert resident_birth_date(number) == date(1990, 3, 7)
        assert resident_id_warnings(number) == ()

    def test_takes_a_small_x(self):
        body = next(
            body for body in (f"33020619900307{order:03d}" for order in range(1, 999)) if resident_id_check(body) == "X"
        )
        assert parse_resident_id(body + "x", on=TODAY) == body + "X"

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ("33020620991231001", Reason.FUTURE),
            ("33020619900230001", Reason.BIRTH_DATE),
            ("33020600000101001", Reason.BIRTH_DATE),
        ],
    )
    def test_needs_a_real_birth_in_the_past(self, body, reason):
        assert refused(parse_resident_id, body + resident_id_check(body), on=TODAY).reason is reason

    def test_is_born_today_at_the_latest(self):
        body = "33020620261124001"
        number = body + resident_id_check(body)
        assert parse_resident_id(number, on=TODAY) == number
        assert refused(parse_resident_id, number, on=date(2026, 11, 23)).reason is Reason.FUTURE

    def test_that_is_wrong_says_how(self):
        assert refused(parse_resident_id, "330206900307002", on=TODAY).reason is Reason.LENGTH
        assert refused(parse_resident_id, "33020619900307002A", on=TODAY).reason is Reason.CHARACTERS
        right = resident_id_check("33020619900307002")
        wrong = "0" if right != "0" else "1"
        error = refused(parse_resident_id, "33020619900307002" + wrong, on=TODAY)
        assert (error.reason, error.expected) == (Reason.CHECK, right)

    @pytest.mark.parametrize("area", ["999999", "810000", "330299"])
    def test_of_an_unknown_area_is_only_odd(self, area):
        body = area + "19900307002"
        number = parse_resident_id(body + resident_id_check(body), on=TODAY)
        assert resident_id_warnings(number) == (Oddity.AREA_UNKNOWN,)

    def test_does_not_stand_in_an_error_message(self):
        error = refused(parse_resident_id, "330206199003070029"[:17] + "A", on=TODAY)
        assert "19900307" not in str(error)


class TestAForeignDocument:
    def test_is_kind_number_issuer_and_expiry(self):
        document = parse_foreign_document(
            DocumentKind.PASSPORT, " x12 345678 ", issuer=" DEU ", expires_on=TODAY, on=TODAY
        )
        assert (document.number, document.issuer, document.expires_on) == ("X12345678", "DEU", TODAY)

    @pytest.mark.parametrize(
        ("kind", "number"),
        [
            (DocumentKind.PERMANENT_RESIDENCE, "DEU330285050501"),
            (DocumentKind.HONG_KONG_MACAO_PERMIT, "H12345678"),
            (DocumentKind.TAIWAN_PERMIT, "12345678"),
        ],
    )
    def test_has_the_shape_of_its_kind(self, kind, number):
        asked = {"issuer": "国家移民管理局", "expires_on": TODAY, "on": TODAY}
        assert parse_foreign_document(kind, number, **asked).number == number
        assert refused(parse_foreign_document, kind, "?" + number, **asked).reason is Reason.CHARACTERS

    def test_names_its_issuer_and_still_runs(self):
        def ask(issuer, expires_on):
            return refused(
                parse_foreign_document,
                DocumentKind.PASSPORT,
                "X12345678",
                issuer=issuer,
                expires_on=expires_on,
                on=TODAY,
            ).reason

        assert ask("  ", TODAY) is Reason.ISSUER
        assert ask("DEU", date(2026, 11, 23)) is Reason.EXPIRED


class TestAnAccount:
    def test_ex_59_card_ends_in_its_luhn_digit(self):
        assert luhn_check("7992739871") == "3"

    @given(body=st.text(DIGITS, min_size=12, max_size=18), data=st.data())
    def test_card_shows_every_single_slip(self, body, data):
        card = body + luhn_check(body)
        assert parse_bank_card(f"{card[:4]} {card[4:8]}-{card[8:]}") == card
        place = data.draw(st.integers(0, len(card) - 1))
        other = data.draw(st.sampled_from(DIGITS).filter(lambda sign: sign != card[place]))
        assert refused(parse_bank_card, card[:place] + other + card[place + 1 :]).reason is Reason.CHECK

    @pytest.mark.parametrize(
        ("text", "reason"), [("79927398713", Reason.LENGTH), ("6" * 20, Reason.LENGTH), ("6222x", Reason.CHARACTERS)]
    )
    def test_card_that_is_wrong_says_how(self, text, reason):
        assert refused(parse_bank_card, text).reason is reason

    def test_bank_line_has_twelve_digits(self):
        assert parse_bank_line("1043 3200 0018") == "104332000018"
        assert refused(parse_bank_line, "10433200001").reason is Reason.LENGTH
        assert refused(parse_bank_line, "10433200001A").reason is Reason.CHARACTERS


class TestMasking:
    def test_keeps_both_ends(self):
        assert mask("330206199912310013") == "330***********0013"
        assert mask("6222021234567890123", head=4, tail=4) == "6222***********0123"

    @given(number=st.text(max_size=30), head=st.integers(0, 30), tail=st.integers(0, 30))
    def test_hides_half_at_least_and_keeps_the_length(self, number, head, tail):
        hidden = mask(number, head=head, tail=tail)
        assert len(hidden) == len(number)
        shown = sum(1 for sign, ours in zip(hidden, number, strict=True) if sign == ours and ours != "*")
        assert shown <= len(number) // 2
