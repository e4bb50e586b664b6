"""An application from the draft to the end of due diligence."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO

import pytest
from people import (
    ANOTHER,
    AT,
    CHAIR,
    COMMITTEE,
    OFFICER,
    ON,
    PDF,
    STORE,
    a_firm,
    a_talent,
    an_application,
    applicant_of,
    seats_of,
)
from sqlmodel import select

from models.application import CreditRecord, Product
from models.document import Attachment, Document, DocumentType
from models.firm import Firm
from models.journal import JournalLine
from models.lending.terms import RepaymentMethod
from models.refusals import NotAllowed
from models.review import Panel
from models.roles import Role
from models.states.application import PanelStage, SeatStage, Stage
from models.states.machine import MoveNotOpen
from models.talent import Talent
from models.values.money import ZERO, Money
from workflows import applying, documents
from workflows.applying import (
    AlreadyApplying,
    AmountAboveProduct,
    DocumentsMissing,
    FirmNeeded,
    MethodNotOffered,
    NothingAskedFor,
    RemoteNotEnough,
    TermAboveProduct,
    TwoPeopleNeeded,
)
from workflows.documents import FileNotAccepted
from workflows.given import AmountTooSmall, DateAhead, FieldEmpty, NumberOutOfRange
from workflows.intake_ip import FirmOfAnother
from workflows.moves import ReasonNeeded
from workflows.ownership import NotYours
from workflows.review_panel import PanelNotOpen
from workflows.review_sheets import record_score

DESK = {"by": OFFICER, "on": ON, "at": AT}


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        yield session


class TestADraft:
    @pytest.mark.parametrize(
        ("more", "refused"),
        [
            ({"amount": Money.wan("1000.000001")}, AmountAboveProduct),
            ({"amount": Money.yuan("9999.99")}, AmountTooSmall),
            ({"amount": ZERO}, NothingAskedFor),
            ({"need": Money(-1)}, NothingAskedFor),
            ({"term_months": 37}, TermAboveProduct),
            ({"term_months": 0}, NumberOutOfRange),
            ({"method": RepaymentMethod.BULLET}, MethodNotOffered),
            ({"purpose": " "}, FieldEmpty),
        ],
    )
    def test_stays_within_what_the_product_allows(self, session, more, refused):
        with pytest.raises(refused):
            an_application(session, stage=Stage.DRAFT, **more)

    def test_asks_for_just_the_most_that_the_product_allows(self, session):
        most = an_application(session, stage=Stage.DRAFT, amount=Money.wan(1_000), term_months=36)
        assert most.number == "TBA-2012-0001"

    def test_without_a_firm_or_with_a_planned_one_asks_for_the_start_up_loan(self, session):
        planned = a_firm(session, planned=True)
        with pytest.raises(FirmNeeded):
            an_application(session, stage=Stage.DRAFT, firm=planned, product=Product.NEW_PRODUCT)
        assert an_application(session, stage=Stage.DRAFT, firm=planned).product is Product.STARTUP

    def test_may_come_before_the_firm_has_even_a_name(self, session):
        talent = a_talent(session)
        draft = applying.draft(
            session,
            talent=talent,
            firm=None,
            product=Product.STARTUP,
            amount=Money.wan(100),
            term_months=12,
            method=RepaymentMethod.BULLET,
            purpose="创业启动",
            by=applicant_of(talent),
            on=ON,
            at=AT,
        )
        assert (draft.firm_id, draft.officer_id) == (None, None)
        firm = a_firm(session, talent, planned=True)
        applying.name_firm(session, application=draft, firm=firm, **DESK)
        assert draft.firm_id == firm.key
        with pytest.raises(FirmOfAnother):
            applying.name_firm(session, application=draft, firm=a_firm(session, talent), **DESK)

    def test_is_for_a_firm_that_the_talent_founded(self, session):
        with pytest.raises(FirmOfAnother):
            an_application(session, stage=Stage.DRAFT, talent=a_talent(session), firm=a_firm(session))

    def test_is_made_by_the_talent_himself_or_the_desk(self, session):
        for by in (COMMITTEE, applicant_of(a_talent(session))):
            with pytest.raises(NotAllowed):
                applying.draft(
                    session,
                    talent=a_talent(session),
                    firm=None,
                    product=Product.STARTUP,
                    amount=Money.wan(100),
                    term_months=12,
                    method=RepaymentMethod.BULLET,
                    purpose="创业启动",
                    by=by,
                    on=ON,
                    at=AT,
                )

    def test_can_be_revised_until_it_is_submitted_and_again_when_it_came_back(self, session):
        draft = an_application(session, stage=Stage.DRAFT)
        terms = {"term_months": 12, "method": RepaymentMethod.INTEREST_FIRST, "purpose": "新产品研发"}
        applying.revise(session, application=draft, amount=Money.wan(300), **terms, **DESK)
        applying.submit(session, application=draft, **DESK)
        with pytest.raises(MoveNotOpen):
            applying.revise(session, application=draft, amount=Money.wan(200), **terms, **DESK)
        applying.send_back(session, application=draft, reason="补充计划书", **DESK)
        applying.revise(session, application=draft, amount=Money.wan(200), **terms, **DESK)
        assert (draft.amount, draft.term_months, draft.stage) == (Money.wan(200), 12, Stage.RETURNED)


class TestSubmitting:
    def test_needs_the_documents_that_the_rules_ask_for_and_names_those_that_lack(self, session):
        talent = a_talent(session)
        draft = applying.draft(
            session,
            talent=talent,
            firm=None,
            product=Product.STARTUP,
            amount=Money.wan(100),
            term_months=12,
            method=RepaymentMethod.BULLET,
            purpose="创业启动",
            **DESK,
        )
        documents.attach(
            session, row=draft, content=PDF, name="书.pdf", kind=DocumentType.BUSINESS_PLAN, store=STORE, **DESK
        )
        with pytest.raises(DocumentsMissing) as refusal:
            applying.submit(session, application=draft, by=applicant_of(talent), on=ON, at=AT)
        assert refusal.value.facts == {"missing": (DocumentType.APPLICATION_FORM,)}
        assert draft.stage is Stage.DRAFT

    def test_belongs_to_the_applicant_whose_file_it_is(self, session):
        draft = an_application(session, stage=Stage.DRAFT)
        with pytest.raises(NotYours):
            applying.submit(session, application=draft, by=applicant_of(a_talent(session)), on=ON, at=AT)

    def test_the_same_request_twice_is_refused_while_the_first_is_dealt_with(self, session):
        first = an_application(session, stage=Stage.SUBMITTED)
        firm = session.get_one(Firm, first.firm_id)
        second = an_application(session, stage=Stage.DRAFT, firm=firm, assets=False)
        with pytest.raises(AlreadyApplying) as refusal:
            applying.submit(session, application=second, **DESK)
        assert refusal.value.facts == {"number": first.number}
        applying.withdraw(session, application=first, reason="改期", **DESK)
        assert applying.submit(session, application=second, **DESK).stage is Stage.SUBMITTED

    def test_winds_the_clock_of_the_service_days(self, session):
        # Three working days from Wednesday, 7 November 2012.
        assert an_application(session, stage=Stage.SUBMITTED).due_on == date(2012, 11, 12)


class TestTheDesk:
    def test_whoever_accepts_becomes_the_officer_until_another_takes_over(self, session):
        application = an_application(session, stage=Stage.SUBMITTED)
        applying.accept(session, application=application, by=ANOTHER[Role.LOAN_OFFICER], on=ON, at=AT)
        assert application.officer_id == ANOTHER[Role.LOAN_OFFICER].user_id
        applying.take_over(session, application=application, **DESK)
        assert application.officer_id == OFFICER.user_id

    @pytest.mark.parametrize("verb", [applying.send_back, applying.decline, applying.withdraw])
    def test_gives_a_reason_for_every_way_back(self, session, verb):
        application = an_application(session, stage=Stage.ACCEPTED)
        with pytest.raises(ReasonNeeded):
            verb(session, application=application, reason="  ", **DESK)
        verb(session, application=application, reason="资料不实", **DESK)
        assert application.stage in (Stage.RETURNED, Stage.REJECTED, Stage.WITHDRAWN)
        assert application.due_on is None

    def test_an_applicant_withdraws_his_own_and_nobody_elses(self, session):
        application = an_application(session, stage=Stage.ACCEPTED)
        with pytest.raises(NotYours):
            applying.withdraw(
                session, application=application, reason="不需要", by=applicant_of(a_talent(session)), on=ON, at=AT
            )

    def test_withdrawing_during_the_review_calls_the_sitting_off(self, session):
        application = an_application(session, stage=Stage.IN_REVIEW, scores=0)
        panel = session.exec(select(Panel)).one()
        applying.withdraw(session, application=application, reason="另有融资", **DESK)
        assert panel.stage is PanelStage.CANCELLED
        seat = seats_of(session, panel)[0]
        assert seat.stage is SeatStage.INVITED
        expert = applicant_of(a_talent(session)).__class__(
            1, "示例", frozenset({Role.EXPERT}), expert_id=seat.expert_id
        )
        with pytest.raises(PanelNotOpen):
            record_score(
                session,
                seat=seat,
                scores={},
                comments={},
                advice="support",
                opinion="",
                no_conflict=True,
                by=expert,
                on=ON,
                at=AT,
            )


class TestAnInvestigation:
    def report(self, session, application, **more):
        given = {"visited_on": ON, "second_person": "丁示例", "findings": "账实相符"}
        return applying.investigate(session, application=application, **(given | DESK | more))

    def test_files_its_report_and_moves_the_application_on(self, session):
        application = an_application(session, stage=Stage.ACCEPTED)
        report = self.report(session, application, credit_record="minor")
        assert application.stage is Stage.DUE_DILIGENCE
        assert report.credit_record == CreditRecord.MINOR
        assert applying.latest_investigation(session, application) == report

    def test_is_made_by_two_people(self, session):
        with pytest.raises(TwoPeopleNeeded):
            self.report(session, an_application(session, stage=Stage.ACCEPTED), second_person=f" {OFFICER.name} ")
        with pytest.raises(FieldEmpty):
            self.report(session, an_application(session, stage=Stage.ACCEPTED), second_person="")

    def test_is_dated_when_somebody_was_there(self, session):
        with pytest.raises(DateAhead):
            self.report(session, an_application(session, stage=Stage.ACCEPTED), visited_on=date(2012, 11, 8))

    def test_is_remote_only_up_to_the_amount_that_the_rules_name(self, session):
        application = an_application(session, stage=Stage.ACCEPTED, amount=Money.wan(1_000))
        self.report(session, application, remote=True)  # LOAN-02: ten million is the most
        larger = an_application(session, stage=Stage.ACCEPTED)
        larger.amount = Money.wan(1_001)
        with pytest.raises(RemoteNotEnough):
            self.report(session, larger, remote=True)

    def test_marks_the_firm_that_a_list_of_dishonest_debtors_names(self, session):
        application = an_application(session, stage=Stage.ACCEPTED)
        self.report(session, application, integrity_listed=True)
        assert session.get_one(Firm, application.firm_id).integrity_listed

    def test_of_an_application_that_is_not_accepted_is_refused(self, session):
        with pytest.raises(MoveNotOpen):
            self.report(session, an_application(session, stage=Stage.SUBMITTED))


def office_file(folder: str, *more: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            archive.writestr(name, "<x/>")
    return content.getvalue()


def said(given: object) -> str:
    """A test's name without bytes in it: packed files carry the time."""
    return given if isinstance(given, str) else "content"


class TestADocument:
    @pytest.mark.parametrize(
        ("content", "name", "kind"),
        [
            (PDF, "计划书.PDF", "application/pdf"),
            (b"\x89PNG\r\n\x1a\n....", "a.png", "image/png"),
            (b"\xff\xd8\xff\xe0....", "a.jpeg", "image/jpeg"),
            (office_file("word"), "a.docx", documents.OFFICE["word/"]),
            (office_file("xl"), "a.xlsx", documents.OFFICE["xl/"]),
            ("﻿姓名,金额\r\n示例,1\r\n".encode(), "a.csv", "text/csv"),
            ("说明".encode(), "readme", "text/plain"),
        ],
        ids=said,
    )
    def test_is_what_its_bytes_are(self, content, name, kind):
        assert documents.media_type(content, name) == kind

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (PDF, "a.png"),
            (b"MZ\x90\x00", "a.exe"),
            (b"MZ\x90\x00", "a.pdf"),
            ("说明".encode("gb18030"), "a.txt"),
            (b"a\x00b", "a.txt"),
            (office_file("word", "word/vbaProject.bin"), "a.docx"),
            (office_file("word")[:40], "a.docx"),
            (office_file("other"), "a.docx"),
            (b"<html>", "a.html"),
        ],
        ids=said,
    )
    def test_of_another_kind_or_under_a_lying_name_is_refused(self, content, name):
        with pytest.raises(FileNotAccepted):
            documents.media_type(content, name)

    def test_is_kept_once_and_attached_once(self, session):
        application = an_application(session, stage=Stage.DRAFT)
        content = PDF + b"same"
        kept = [
            documents.attach(
                session, row=application, content=content, name=name, kind=DocumentType.OTHER, store=STORE, **DESK
            )
            for name in ("C:\\桌面\\证明.pdf", "证明.pdf")
        ]
        assert kept[0] == kept[1]
        assert kept[0].name == "证明.pdf"
        document = session.get_one(Document, kept[0].document_id)
        assert STORE.get(document.sha256) == content
        other = documents.attach(
            session,
            row=application,
            content=content,
            name="证明.pdf",
            kind=DocumentType.FINANCIALS,
            store=STORE,
            **DESK,
        )
        assert other.document_id == document.id
        assert len(documents.attachments_of(session, application)) == 4

    def test_without_a_byte_is_refused(self, session):
        application = an_application(session, stage=Stage.DRAFT)
        with pytest.raises(FieldEmpty):
            documents.attach(
                session, row=application, content=b"", name="a.pdf", kind=DocumentType.OTHER, store=STORE, **DESK
            )

    def test_is_attached_by_an_applicant_to_his_own_file_only(self, session):
        application = an_application(session, stage=Stage.DRAFT)
        more = {"content": PDF, "name": "a.pdf", "kind": DocumentType.OTHER, "store": STORE, "on": ON, "at": AT}
        for by in (applicant_of(a_talent(session)), ANOTHER[Role.EXPERT], ANOTHER[Role.AUDITOR]):
            with pytest.raises(NotAllowed):
                documents.attach(session, row=application, by=by, **more)
        before = len(session.exec(select(Attachment)).all())
        owner = applicant_of(session.get_one(Talent, application.talent_id))
        documents.attach(session, row=application, by=owner, **more)
        assert len(session.exec(select(Attachment)).all()) == before + 1

    def test_name_is_shortened_but_keeps_its_ending(self):
        assert documents.plain_name("报" * 300 + ".pdf") == "报" * 196 + ".pdf"
        assert documents.plain_name("../..\\x/\x07表\n.pdf") == "表.pdf"


def test_the_way_to_the_score_is_the_same_on_both_engines(database):
    with database.write() as session:
        application = an_application(session, stage=Stage.SCORED)
        case = select(JournalLine.verb).where(JournalLine.case == f"application:{application.key}")
        verbs = session.exec(case.order_by(JournalLine.id)).all()
    assert verbs == ["draft", "attach", "attach", "submit", "accept", "investigate", "score"]


def test_a_chair_cannot_accept(session):
    with pytest.raises(NotAllowed):
        applying.accept(session, application=an_application(session, stage=Stage.SUBMITTED), by=CHAIR, on=ON, at=AT)
