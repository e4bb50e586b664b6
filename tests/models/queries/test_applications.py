"""The lists of the work desk and of the review: what they show, in which order, and that they stay quick by index."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from people import (
    ANOTHER,
    AT,
    CHAIR,
    OFFICER,
    ON,
    a_firm,
    a_panel,
    a_score,
    a_talent,
    actor_of,
    an_application,
    an_opinion,
    seats_of,
    the_experts,
)
from sqlmodel import select

from models.application import Application, Product
from models.queries.applications import SORTS, application_by_number, application_rows, stage_counts
from models.queries.reviews import (
    assignments_of,
    expert_rows,
    opinions_waiting,
    panels_of,
    panels_open,
    seats_with_experts,
)
from models.refusals import NotThere
from models.review import Advice, Discipline, Expert, Panel
from models.roles import Role
from models.states.application import SeatStage, Stage
from models.values.money import Money
from workflows import applying, review

DESK = {"by": OFFICER, "on": ON, "at": AT}


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def three(session):
    """Three applications: 王示例's on two days, 赵示例's in between with an own firm."""
    wang, zhao = a_talent(session, name="王示例"), a_talent(session, name="赵示例")
    firm = a_firm(session, zhao, name="宁波甬江示例材料有限公司")
    return [
        an_application(session, stage=Stage.ACCEPTED, talent=wang, amount=Money.wan(300)),
        an_application(
            session, stage=Stage.SUBMITTED, firm=firm, amount=Money.wan(100), on=ON + timedelta(1), product=Product.RD_CENTRE, method="equal_principal"
        ),
        an_application(session, stage=Stage.DRAFT, talent=wang, amount=Money.wan(200), planned=True, on=ON + timedelta(2)),
    ]  # fmt: skip


def numbers(found):
    lines, total = found
    return [int(line.number[-1]) for line in lines], total


class TestTheWorkList:
    def test_shows_everything_a_line_needs_without_another_look(self, session):
        first, second, _ = three(session)
        (line,), _ = application_rows(session, firm_id=second.firm_id)
        assert (line.talent, line.firm, line.product) == ("赵示例", "宁波甬江示例材料有限公司", Product.RD_CENTRE)
        assert (line.amount, line.stage, line.officer) == (Money.wan(100), Stage.SUBMITTED, OFFICER.name)
        assert line.late(second.due_on + timedelta(1))
        assert not line.late(second.due_on)
        assert line.id == second.key != first.key

    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            ("-applied_on", [3, 2, 1]),
            ("applied_on", [1, 2, 3]),
            ("amount", [2, 3, 1]),
            ("-amount", [1, 3, 2]),
            ("-number", [3, 2, 1]),
            ("due_on", [2, 1, 3]),  # a draft has no service day and comes last
            ("-due_on", [1, 2, 3]),
            ("talent", [1, 3, 2]),
            ("-talent", [2, 3, 1]),
            ("nonsense; drop table", [3, 2, 1]),
        ],
    )
    def test_is_sorted_by_the_database_and_stable(self, session, sort, order):
        three(session)
        assert numbers(application_rows(session, sort=sort)) == (order, 3)

    def test_can_be_sorted_by_all_it_offers(self, session):
        three(session)
        assert {numbers(application_rows(session, sort=sort))[1] for sort in SORTS} == {3}

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"stage": Stage.ACCEPTED}, [1]),
            ({"stage": (Stage.DRAFT, Stage.SUBMITTED)}, [3, 2]),
            ({"product": Product.RD_CENTRE}, [2]),
            ({"officer_id": OFFICER.user_id}, [3, 2, 1]),
            ({"officer_id": ANOTHER[Role.LOAN_OFFICER].user_id}, []),
            ({"late_on": date(2012, 11, 14)}, [2]),
            ({"text": "王示"}, [3, 1]),
            ({"text": "甬江"}, [2]),
            ({"text": "yong jiang"}, [2]),
            ({"text": "ZHAO"}, [2]),
            ({"text": "tba-2012-0003"}, [3]),
            ({"text": "%"}, []),
            ({"text": "_"}, []),
            ({"text": "王示", "stage": Stage.DRAFT}, [3]),
        ],
    )
    def test_is_filtered_and_counted_by_the_database(self, session, asked, found):
        three(session)
        assert numbers(application_rows(session, **asked)) == (found, len(found))

    def test_comes_in_pages_that_together_are_the_whole(self, session):
        three(session)
        pages = [numbers(application_rows(session, limit=2, offset=offset)) for offset in (0, 2, 4)]
        assert pages == [([3, 2], 3), ([1], 3), ([], 3)]

    def test_counts_the_tabs_by_stage(self, session):
        three(session)
        assert stage_counts(session) == {Stage.DRAFT: 1, Stage.SUBMITTED: 1, Stage.ACCEPTED: 1}
        assert stage_counts(session, text="王示") == {Stage.DRAFT: 1, Stage.ACCEPTED: 1}
        assert stage_counts(session, talent_id=0) == {}

    def test_of_an_applicant_holds_only_his_own(self, session):
        first, second, _ = three(session)
        assert numbers(application_rows(session, talent_id=first.talent_id)) == ([3, 1], 2)
        assert application_by_number(session, first.number, talent_id=first.talent_id) == first
        for wrong in ((second.number, first.talent_id), ("TBA-2012-9999", None)):
            with pytest.raises(NotThere):
                application_by_number(session, wrong[0], talent_id=wrong[1])


def test_the_plain_list_is_read_from_an_index_not_sorted_anew(sqlite_database):
    with sqlite_database.read() as session:
        for order in ("applied_on DESC, id DESC", "amount, id", "stage, applied_on"):
            plan = session.execute(sa.text(f"EXPLAIN QUERY PLAN SELECT id FROM application ORDER BY {order} LIMIT 50"))
            assert "TEMP B-TREE" not in " ".join(row[3] for row in plan)
        counts = sa.text("EXPLAIN QUERY PLAN SELECT stage, count(*) FROM application GROUP BY stage")
        assert "COVERING INDEX ix_application_stage" in " ".join(row[3] for row in session.execute(counts))


class TestAnExpertsAssignments:
    def test_list_what_waits_first_and_nothing_he_left(self, session):
        experts = the_experts(session)
        first, second, third, left = (an_application(session) for _ in range(4))
        panels = [a_panel(session, one, experts=experts) for one in (first, second, third, left)]
        a_score(session, seats_of(session, panels[0])[0])
        review.cancel_panel(session, panel=panels[2], reason="改期", by=CHAIR, on=ON, at=AT)
        own = actor_of(experts[0])
        review.recuse(session, seat=seats_of(session, panels[3])[0], reason="师生", by=own, on=ON, at=AT)
        lines, total = assignments_of(session, experts[0].key)
        assert [(line.number, line.waits) for line in lines] == [(second.number, True), (first.number, False)]
        assert total == 2
        assert [line.number for line in assignments_of(session, experts[0].key, waiting=True)[0]] == [second.number]
        assert assignments_of(session, experts[0].key, waiting=False)[1] == 1
        assert assignments_of(session, 0) == ([], 0)


class TestThePanelsThatSit:
    def test_count_their_sheets_and_show_no_score(self, session):
        an_application(session, stage=Stage.OPINION_ISSUED)
        late = an_application(session, stage=Stage.IN_REVIEW, scores=2)
        panel = session.exec(select(Panel).where(Panel.subject_id == late.key)).one()
        review.recuse(session, seat=seats_of(session, panel)[4], reason="师生", by=CHAIR, on=ON, at=AT)
        (line,), total = panels_open(session)
        assert (line.number, line.seats, line.scored, line.missing, total) == (late.number, 4, 2, 2, 1)
        assert panels_open(session, late_on=panel.due_on) == ([], 0)
        assert panels_open(session, late_on=panel.due_on + timedelta(1))[1] == 1

    def test_stand_with_their_seats_in_order(self, session):
        application = an_application(session, stage=Stage.IN_REVIEW, scores=1)
        (panel,) = panels_of(session, application)
        seats = seats_with_experts(session, panel)
        assert [seat.stage for seat, _ in seats] == [SeatStage.SCORED] + [SeatStage.INVITED] * 4
        assert {expert.discipline for _, expert in seats} == set(Discipline)


class TestTheOpinionsThatWait:
    def test_are_the_newest_of_each_undecided_application(self, session):
        application = an_application(session, stage=Stage.OPINION_ISSUED)
        other = an_application(session, stage=Stage.OPINION_ISSUED, advice=Advice.REJECT)
        applying.withdraw(session, application=other, reason="不再需要", **DESK)
        ((line,), total) = opinions_waiting(session)
        assert (line.number, line.advice, line.asked, total) == (
            application.number,
            Advice.SUPPORT,
            application.amount,
            1,
        )

    def test_show_only_the_last_round(self, session):
        application = an_application(session, stage=Stage.IN_REVIEW, scores=4)
        panel = review.open_panel(session, application)
        a_score(
            session,
            seats_of(session, panel)[4],
            scores={"rd_strength": 85, "reliability": 78, "progress": 74, "market": 40},
            comments={"market": "没有订单"},
        )
        again = review.ask_again(session, panel=panel, reason="分歧", by=CHAIR, on=ON, at=AT)
        for seat in seats_of(session, again):
            a_score(session, seat)
        opinion = an_opinion(session, application)
        assert [line.opinion for line in opinions_waiting(session)[0]] == [opinion.number]


class TestTheRoster:
    def test_shows_load_and_ties_by_discipline(self, session):
        application = an_application(session, stage=Stage.IN_REVIEW, scores=1)
        expert = session.exec(select(Expert).where(Expert.discipline == Discipline.CREDIT)).one()
        review.declare_tie(session, expert=expert, firm=a_firm(session), kind="employment", by=CHAIR, on=ON, at=AT)
        lines, total = expert_rows(session)
        assert (len(lines), total) == (5, 5)
        assert [line.discipline for line in lines][:3] == [
            Discipline.TECHNOLOGY,
            Discipline.TECHNOLOGY,
            Discipline.POLICY,
        ]
        credit = next(line for line in lines if line.id == expert.key)
        assert (credit.waiting, credit.scored, credit.ties) == (1, 0, 1)
        assert sum(line.scored for line in lines) == 1
        assert expert_rows(session, discipline=Discipline.CREDIT)[1] == 1
        assert expert_rows(session, text="大学")[1] == 5
        assert expert_rows(session, active=False)[1] == 0
        assert session.get_one(Application, application.key).stage is Stage.IN_REVIEW
