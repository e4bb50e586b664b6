"""The intake desk: who people are, which firms exist, which rights may secure a loan."""

from __future__ import annotations

from datetime import date

import pytest
from people import (
    ANOTHER,
    AT,
    COMMITTEE,
    OFFICER,
    ON,
    TALENT_OFFICE,
    PlainSealer,
    a_firm,
    a_talent,
    an_ip_asset,
    applicant_of,
    credit_code,
    patent_number,
    resident_number,
    seat_staff,
)
from sqlmodel import select

from models.firm import Shareholding
from models.intellectual_property import IPKind, IPStatus
from models.journal import JournalLine
from models.refusals import NotAllowed
from models.roles import Role
from models.talent import Level
from models.values.checked_number import Reason
from models.values.identifiers import DocumentKind
from models.values.money import ZERO, Money
from workflows import intake
from workflows.given import CheckDigitWrong, DateAhead, DatesReversed, FieldEmpty, NumberOutOfRange, NumberWrong
from workflows.intake_firms import (
    AlreadyFounded,
    CapitalNegative,
    CapTableOverflow,
    FiguresTwice,
    FirmKnown,
    RegistrationIncomplete,
)
from workflows.intake_ip import AssetKnown, FilingYearWrong, FirmOfAnother, KindNotOfNumber, RangeReversed
from workflows.intake_talents import AlreadyRegistered, AlreadyVerified, DesignationTwice, GroupTooSmall
from workflows.moves import SameHand
from workflows.ownership import NotYours

DESK = {"by": OFFICER, "on": ON, "at": AT}


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        seat_staff(session)
        yield session


def register(session, **more):
    given = {
        "name": "钱示例",
        "id_kind": DocumentKind.RESIDENT_ID,
        "id_number": resident_number(),
        "sealer": PlainSealer(),
    }
    return intake.register_talent(session, **(given | DESK | more))


class TestATalent:
    def test_is_kept_with_the_identity_number_sealed_and_masked(self, session):
        number = resident_number()
        talent = register(session, id_number=f" {number[:6]} {number[6:]} ")
        assert talent.id_masked == number[:3] + "*" * 11 + number[-4:]
        assert PlainSealer().open(talent.id_sealed) == number
        assert number.encode() not in talent.id_sealed + talent.id_fingerprint

    def test_is_sorted_by_pinyin(self, session):
        assert register(session, name="  欧阳示例 ").name_sort == "ou yang shi li"

    def test_is_registered_once_however_the_number_is_typed(self, session):
        number = resident_number()
        register(session, id_number=number, name="李示例")
        with pytest.raises(AlreadyRegistered) as refusal:
            register(session, id_number=f"{number[:6]}-{number[6:]}")
        assert refusal.value.facts == {"name": "李示例", "number": number[:3] + "*" * 11 + number[-4:]}

    def test_with_a_wrong_check_digit_is_told_the_right_one(self, session):
        number = resident_number()
        wrong = "1" if number[-1] != "1" else "2"
        with pytest.raises(CheckDigitWrong) as refusal:
            register(session, id_number=number[:-1] + wrong)
        assert refusal.value.facts["expected"] == number[-1]
        assert refusal.value.facts["field"] == "id_number"
        assert number[:-1] not in str(refusal.value)

    def test_with_a_passport_needs_its_issuer_and_a_day_that_has_not_passed(self, session):
        passport = {"id_kind": DocumentKind.PASSPORT, "id_number": "X12345678"}
        for missing, field, why in (
            ({}, "id_issuer", Reason.ISSUER),
            ({"id_issuer": "DEU"}, "id_expires_on", Reason.EXPIRED),
            ({"id_issuer": "DEU", "id_expires_on": date(2012, 11, 6)}, "id_number", Reason.EXPIRED),
        ):
            with pytest.raises(NumberWrong) as refusal:
                register(session, **passport, **missing)
            assert (refusal.value.facts["field"], refusal.value.facts["why"]) == (field, why)
        talent = register(session, **passport, id_issuer=" DEU ", id_expires_on=date(2015, 1, 1))
        assert (talent.id_issuer, talent.id_masked) == ("DEU", "*****5678")

    @pytest.mark.parametrize(
        ("more", "refused"),
        [
            ({"name": "  "}, FieldEmpty),
            ({"industry_years": 71}, NumberOutOfRange),
            ({"papers": -1}, NumberOutOfRange),
            ({"consent_on": date(2012, 11, 8)}, DateAhead),
        ],
    )
    def test_is_refused_with_what_cannot_be(self, session, more, refused):
        with pytest.raises(refused):
            register(session, **more)

    def test_is_registered_by_the_desk_or_the_talent_office_only(self, session):
        register(session, by=TALENT_OFFICE)
        with pytest.raises(NotAllowed):
            register(session, by=COMMITTEE)

    def test_may_give_consent_himself_but_not_for_another(self, session):
        talent, other = a_talent(session, consent=False), a_talent(session)
        with pytest.raises(NotYours):
            intake.give_consent(session, talent=talent, by=applicant_of(other), on=ON, at=AT)
        assert intake.give_consent(session, talent=talent, by=applicant_of(talent), on=ON, at=AT).consent_on == ON


class TestADesignation:
    def add(self, session, talent, **more):
        given = {"plan": "3315计划", "level": Level.CITY, "batch": "2011", "selected_on": date(2011, 6, 1)}
        return intake.add_designation(session, talent=talent, **(given | DESK | more))

    def test_is_verified_by_the_talent_office_once(self, session):
        designation = self.add(session, a_talent(session, level=None))
        intake.verify_designation(session, designation=designation, by=TALENT_OFFICE, on=ON, at=AT)
        assert (designation.verified_on, designation.verified_by) == (ON, TALENT_OFFICE.user_id)
        with pytest.raises(AlreadyVerified):
            intake.verify_designation(session, designation=designation, by=TALENT_OFFICE, on=ON, at=AT)

    def test_is_never_verified_by_the_hand_that_entered_it(self, session):
        designation = self.add(session, a_talent(session, level=None), by=TALENT_OFFICE)
        with pytest.raises(SameHand):
            intake.verify_designation(session, designation=designation, by=TALENT_OFFICE, on=ON, at=AT)
        intake.verify_designation(session, designation=designation, by=ANOTHER[Role.TALENT_OFFICE], on=ON, at=AT)

    def test_stands_in_a_file_once_for_each_batch(self, session):
        talent = a_talent(session, level=None)
        self.add(session, talent)
        self.add(session, talent, batch="2012", selected_on=date(2012, 6, 1))
        with pytest.raises(DesignationTwice):
            self.add(session, talent)

    def test_is_refused_before_its_selection_or_ending_before_it(self, session):
        talent = a_talent(session, level=None)
        with pytest.raises(DateAhead):
            self.add(session, talent, selected_on=date(2013, 1, 1))
        with pytest.raises(DatesReversed):
            self.add(session, talent, valid_to=date(2011, 5, 31))

    def test_stops_counting_once_the_plan_has_dropped_the_talent(self, session):
        designation = self.add(session, a_talent(session, level=None))
        assert designation.valid(ON)
        intake.end_designation(
            session,
            designation=designation,
            valid_to=date(2012, 1, 1),
            reason="退出计划",
            by=TALENT_OFFICE,
            on=ON,
            at=AT,
        )
        assert not designation.valid(ON)


class TestATeam:
    def test_keeps_members_who_left_with_their_last_day(self, session):
        talent = a_talent(session)
        member = intake.add_team_member(
            session, talent=talent, name="丙示例", duty="财务", joined_on=date(2012, 1, 4), **DESK
        )
        with pytest.raises(DatesReversed):
            intake.leave_team(session, member=member, left_on=date(2012, 1, 3), **DESK)
        assert intake.leave_team(session, member=member, left_on=date(2012, 9, 1), **DESK).left_on == date(2012, 9, 1)

    def test_counts_commitment_in_parts_of_a_working_day(self, session):
        with pytest.raises(NumberOutOfRange):
            intake.add_team_member(
                session,
                talent=a_talent(session),
                name="丙示例",
                duty="财务",
                joined_on=ON,
                commitment_ppm=1_000_001,
                **DESK,
            )


class TestAFirm:
    def test_may_be_planned_and_be_founded_later(self, session):
        firm = a_firm(session, planned=True)
        assert not firm.exists
        intake.found_firm(
            session,
            firm=firm,
            credit_code=credit_code(),
            registered_on=ON,
            registered_capital=Money.wan(500),
            **DESK,
        )
        assert firm.exists
        with pytest.raises(AlreadyFounded):
            intake.found_firm(
                session,
                firm=firm,
                credit_code=credit_code(),
                registered_on=ON,
                registered_capital=Money.wan(500),
                **DESK,
            )

    def test_has_both_a_credit_code_and_a_day_or_neither(self, session):
        with pytest.raises(RegistrationIncomplete) as refusal:
            a_firm(session, planned=True, credit_code=credit_code())
        assert refusal.value.facts["field"] == "registered_on"

    def test_is_known_by_its_credit_code(self, session):
        firm = a_firm(session)
        with pytest.raises(FirmKnown) as refusal:
            a_firm(session, credit_code=firm.credit_code)
        assert refusal.value.facts["name"] == firm.name

    def test_with_a_wrong_credit_code_is_told_the_right_character(self, session):
        code = credit_code()
        with pytest.raises(CheckDigitWrong) as refusal:
            a_firm(session, credit_code=code[:-1] + ("0" if code[-1] != "0" else "1"))
        assert refusal.value.facts["expected"] == code[-1]

    def test_is_entered_by_its_founder_or_the_desk(self, session):
        talent, other = a_talent(session), a_talent(session)
        more = {"name": "宁波示例筹建公司", "industry": "chips", "district": "北仑", "on": ON, "at": AT}
        intake.register_firm(session, founder=talent, by=applicant_of(talent), **more)
        with pytest.raises(NotYours):
            intake.register_firm(session, founder=talent, by=applicant_of(other), **more)

    def test_figures_of_a_year_are_corrected_by_later_ones_never_overwritten(self, session):
        firm = a_firm(session)
        more = {"firm": firm, "year": 2011, "revenue": Money.wan(1), "profit": -Money.wan(1), **DESK}
        with pytest.raises(FiguresTwice):
            intake.add_firm_year(session, **more)
        intake.add_firm_year(session, **more, known_on=date(2012, 11, 6))
        with pytest.raises(CapitalNegative):
            intake.add_firm_year(session, **(more | {"revenue": -Money.wan(1)}))
        with pytest.raises(NumberOutOfRange):
            intake.add_firm_year(session, **(more | {"year": 2013}))

    def test_may_belong_to_a_group_of_related_parties(self, session):
        one, two = a_firm(session), a_firm(session)
        with pytest.raises(GroupTooSmall):
            intake.form_group(session, name="示例系", reason="同一实际控制人", firms=[one, one], **DESK)
        group = intake.form_group(session, name="示例系", reason="同一实际控制人", firms=[one, two], **DESK)
        assert one.group_id == two.group_id == group.key


class TestACapTable:
    def add(self, session, firm, **more):
        return intake.add_shareholder(session, firm=firm, **({"holder_kind": "team"} | DESK | more))

    def test_never_exceeds_the_registered_capital(self, session):
        firm = a_firm(session, registered_capital=Money.wan(1_000))
        with pytest.raises(CapTableOverflow) as refusal:
            self.add(session, firm, holder="乙示例", capital=Money(1), since=ON)
        assert refusal.value.facts["others"] == Money.wan(1_000)

    def test_ends_the_older_line_of_a_holder_and_keeps_it(self, session):
        talent = a_talent(session)
        firm = a_firm(session, talent, registered_capital=Money.wan(1_000))
        self.add(session, firm, holder=talent.name, holder_kind="founder", capital=Money.wan(700), since=ON)
        self.add(session, firm, holder="乙示例", capital=Money.wan(300), since=ON)
        lines = session.exec(select(Shareholding).where(Shareholding.firm_id == firm.key)).all()
        assert [(line.capital, line.until) for line in lines] == [
            (Money.wan(1_000), ON),
            (Money.wan(700), None),
            (Money.wan(300), None),
        ]

    def test_does_not_go_back_before_a_holders_present_line(self, session):
        talent = a_talent(session)
        firm = a_firm(session, talent)
        with pytest.raises(DatesReversed):
            self.add(session, firm, holder=talent.name, capital=Money(1), since=firm.registered_on)
        with pytest.raises(CapitalNegative):
            self.add(session, firm, holder="乙示例", capital=ZERO, since=ON)


class TestARight:
    def test_has_a_term_by_its_kind(self):
        assert intake.right_ends(IPKind.INVENTION, date(2016, 11, 3), None) == date(2036, 11, 3)  # EX-37
        assert intake.right_ends(IPKind.UTILITY, date(2016, 11, 3), None) == date(2026, 11, 3)
        assert intake.right_ends(IPKind.SOFTWARE, date(2016, 11, 3), None) == date(2066, 12, 31)
        assert intake.right_ends(IPKind.TRADEMARK, date(2016, 11, 3), date(2017, 9, 1)) == date(2027, 9, 1)
        assert intake.right_ends(IPKind.TRADEMARK, date(2016, 11, 3), None) is None
        assert intake.right_ends(IPKind.PLANT_VARIETY, date(2020, 1, 1), date(2025, 6, 1)) == date(2045, 6, 1)
        assert intake.right_ends(IPKind.PLANT_VARIETY, date(2020, 1, 1), date(2025, 5, 31)) == date(2040, 5, 31)
        assert intake.right_ends(IPKind.KNOW_HOW, date(2016, 11, 3), None) is None

    def test_is_kept_under_its_tidy_number(self, session):
        talent = a_talent(session)
        number = patent_number(year=2009)
        asset = an_ip_asset(session, talent, number=f"ZL {number.replace('.', ' . ')}".replace(" . ", "."))
        assert asset.number == number
        assert asset.status is IPStatus.GRANTED
        assert asset.expires_on == date(2029, 4, 20)

    def test_stands_in_one_file_only(self, session):
        talent, other = a_talent(session), a_talent(session)
        asset = an_ip_asset(session, talent)
        with pytest.raises(AssetKnown):
            an_ip_asset(session, other, number=asset.number)

    def test_whose_number_says_another_kind_or_year_is_refused(self, session):
        talent = a_talent(session)
        with pytest.raises(KindNotOfNumber):
            an_ip_asset(session, talent, kind=IPKind.UTILITY, number=patent_number(IPKind.INVENTION, 2009))
        with pytest.raises(FilingYearWrong):
            an_ip_asset(session, talent, number=patent_number(year=2008))

    def test_never_takes_a_publication_number_for_the_application_number(self, session):
        with pytest.raises(NumberWrong) as refusal:
            an_ip_asset(session, a_talent(session), number="CN107123456B")
        assert refusal.value.facts["why"] is Reason.PUBLICATION_NUMBER

    def test_belongs_to_a_firm_of_the_same_talent(self, session):
        talent, firm = a_talent(session), a_firm(session)
        with pytest.raises(FirmOfAnother):
            an_ip_asset(session, talent, firm)

    def test_is_only_filed_until_it_is_granted(self, session):
        asset = an_ip_asset(session, a_talent(session), granted_on=None)
        assert asset.status is IPStatus.FILED
        intake.record_status(session, asset=asset, status=IPStatus.GRANTED, reason="授权公告", **DESK)
        assert (asset.status, asset.granted_on) == (IPStatus.GRANTED, ON)
        with pytest.raises(FieldEmpty):
            intake.record_status(session, asset=asset, status=IPStatus.INVALIDATED, reason=" ", **DESK)

    def test_remembers_until_when_its_fees_are_paid(self, session):
        asset = an_ip_asset(session, a_talent(session))
        assert intake.pay_fees(session, asset=asset, through=date(2014, 4, 20), **DESK).fees_paid_through == date(
            2014, 4, 20
        )

    def test_is_valued_as_a_range_that_rises(self, session):
        asset = an_ip_asset(session, a_talent(session), value=None)
        more = {"asset": asset, "method": "income", "appraiser": "示例评估", **DESK}
        prices = {"low": Money.wan(3), "middle": Money.wan(2), "high": Money.wan(4)}
        with pytest.raises(RangeReversed):
            intake.value_asset(session, base_date=ON, **prices, **more)
        prices["middle"] = Money.wan(3)
        with pytest.raises(DateAhead):
            intake.value_asset(session, base_date=date(2012, 11, 8), **prices, **more)
        old = intake.value_asset(session, base_date=date(2012, 1, 1), **prices, **more)
        new = intake.value_asset(session, base_date=ON, **prices, **more)
        assert intake.latest_valuation(session, asset, ON).id == new.id
        assert intake.latest_valuation(session, asset, date(2012, 6, 1)).id == old.id


def test_everything_at_the_counter_is_in_the_journal_on_both_engines(database):
    with database.write() as session:
        talent = a_talent(session)
        firm = a_firm(session, talent)
        an_ip_asset(session, talent, firm)
        intake.add_contact(session, firm=firm, name="戊示例", phone="0574-00000000", **DESK)
        intake.add_milestone(session, firm=firm, title="完成中试", due_on=date(2013, 6, 30), **DESK)
        acts = {(line.subject, line.verb) for line in session.exec(select(JournalLine))}
    assert acts == {
        ("talent", "register"),
        ("designation", "add"),
        ("designation", "verify"),
        ("team_member", "add"),
        ("firm", "register"),
        ("shareholding", "add"),
        ("firm_year", "add"),
        ("ip_asset", "add"),
        ("valuation", "add"),
        ("contact", "add"),
        ("milestone", "add"),
    }
