"""What is looked at before credit is given: sizes, enquiries, the investigation's list, and the checks together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from committee import advised, approve, fund
from people import ACTORS, AT, OFFICER, ON, an_application
from sqlmodel import Session

from models.application import Application, Product
from models.firm import Firm, FirmSize
from models.prudence import EnquiryPurpose, InvestigationPart
from models.refusals import NotAllowed
from models.roles import Role
from models.talent import Talent
from models.values.money import Money
from scoring.prudence import Verdict
from talentbank.database import Database
from workflows import checking

WHEN: dict[str, Any] = {"on": ON, "at": AT}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session."""
    with database.write() as writing:
        yield writing


def verdicts(session: Session, application: Application) -> dict[str, tuple[Verdict, str]]:
    found = checking.checks(session, application=application, on=ON)
    return {one.rule: (one.verdict, one.word) for one in found}


class TestTheChecks:
    def test_stand_in_one_list_each_with_its_rule(self, session):
        application = an_application(session, product=Product.WORKING_CAPITAL)
        assert verdicts(session, application) == {
            "LOAN-01": (Verdict.PASS, "tenor_within"),
            "LOAN-02": (Verdict.WARN, "parts_lacking"),
            "LOAN-04": (Verdict.WARN, "need_not_measured"),
            "LOAN-08": (Verdict.WARN, "capital_of_partner"),
            "LOAN-29": (Verdict.WARN, "not_priced"),
            "LOAN-30": (Verdict.WARN, "size_not_determined"),
            "LOAN-32": (Verdict.WARN, "no_enquiry"),
        }

    def test_measure_the_single_borrower_on_the_banks_capital(self, session):
        fund(session, bank=Money.wan(5_000))
        application = advised(session, amount=Money.wan(500))
        assert verdicts(session, application)["LOAN-08"] == (Verdict.PASS, "within_single")
        application.amount = Money.wan(501)
        assert verdicts(session, application)["LOAN-08"] == (Verdict.STOP, "above_single")

    def test_count_a_loan_that_is_promised_already_once(self, session):
        fund(session, bank=Money.wan(4_000))
        application = advised(session, amount=Money.wan(400))
        approve(session, application)
        assert verdicts(session, application)["LOAN-08"] == (Verdict.PASS, "within_single")

    def test_price_what_is_offered_with_the_guarantee_fee(self, session):
        fund(session)
        assert verdicts(session, advised(session))["LOAN-29"] == (Verdict.PASS, "price_within")

    def test_that_stop_keep_the_committee_from_approving(self, session):
        fund(session)
        application = advised(session)
        firm = session.get_one(Firm, application.firm_id)
        checking.classify_size(session, firm=firm, staff=1_000, revenue=Money.wan(40_000), by=OFFICER, **WHEN)
        with pytest.raises(checking.CheckStops) as refusal:
            approve(session, application)
        assert (refusal.value.facts["rule"], refusal.value.facts["word"]) == ("LOAN-30", "size_large")

    def test_stop_without_consent(self, session):
        application = an_application(session)
        session.get_one(Talent, application.talent_id).consent_on = None
        assert verdicts(session, application)["LOAN-32"] == (Verdict.STOP, "no_consent")


class TestASize:
    def test_is_kept_with_its_day_and_goes_into_the_firms_file(self, session):
        application = an_application(session)
        firm = session.get_one(Firm, application.firm_id)
        row = checking.classify_size(session, firm=firm, staff=300, revenue=Money.wan(2_000), by=OFFICER, **WHEN)
        assert (row.size, row.on, row.rules_version) == (FirmSize.MEDIUM, ON, "prudence-pilot-1")
        assert (firm.size, firm.staff) == (FirmSize.MEDIUM, 300)
        later = checking.classify_size(session, firm=firm, staff=299, revenue=Money.wan(2_000), by=OFFICER, **WHEN)
        assert checking.latest_size(session, firm.key) == later
        assert later.size is FirmSize.SMALL

    def test_is_determined_by_the_officer(self, session):
        firm = session.get_one(Firm, an_application(session).firm_id)
        with pytest.raises(NotAllowed):
            checking.classify_size(
                session, firm=firm, staff=1, revenue=Money.wan(1), by=ACTORS[Role.CREDIT_REVIEWER], **WHEN
            )


class TestACreditEnquiry:
    def asked(self, session: Session, application: Application, **more: Any) -> Any:
        given: dict[str, Any] = {
            "subject": "宁波示例有限公司",
            "purpose": EnquiryPurpose.BEFORE_LOAN,
            "consent_on": ON,
            "consent_paper": "授权书1号",
        }
        return checking.enquire(session, application=application, **(given | more), by=OFFICER, **WHEN)

    @pytest.mark.parametrize("lacking", [{"consent_on": None}, {"consent_paper": " "}])
    def test_is_refused_without_written_consent(self, session, lacking):
        application = an_application(session)
        with pytest.raises(checking.ConsentMissing):
            self.asked(session, application, **lacking)
        assert checking.enquiries_of(session, application) == []

    def test_is_not_covered_by_a_later_consent(self, session):
        with pytest.raises(checking.ConsentAfterwards):
            self.asked(session, an_application(session), consent_on=ON + timedelta(days=1))

    def test_is_kept_with_its_purpose_and_passes_the_check(self, session):
        application = an_application(session)
        row = self.asked(session, application)
        assert (row.purpose, row.made_by, row.consent_on) == (EnquiryPurpose.BEFORE_LOAN, OFFICER.user_id, ON)
        assert verdicts(session, application)["LOAN-32"] == (Verdict.PASS, "enquired")

    def test_has_one_of_the_purposes_of_the_law(self, session):
        with pytest.raises(ValueError, match="curiosity"):
            self.asked(session, an_application(session), purpose="curiosity")


class TestTheInvestigationsList:
    def test_is_complete_once_every_part_was_seen(self, session):
        application = an_application(session)
        for part in InvestigationPart:
            assert verdicts(session, application)["LOAN-02"] == (Verdict.WARN, "parts_lacking")
            checking.look(session, application=application, part=part, seen="现场查看", by=OFFICER, **WHEN)
        assert verdicts(session, application)["LOAN-02"] == (Verdict.PASS, "parts_complete")

    def test_shows_the_newest_note_of_a_part(self, session):
        application = an_application(session)
        for seen in ("初看", "复看"):
            checking.look(session, application=application, part=InvestigationPart.USE, seen=seen, by=OFFICER, **WHEN)
        assert checking.parts_seen(session, application)[InvestigationPart.USE].seen == "复看"
