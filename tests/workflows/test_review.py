"""The joint review: who may judge, blind to whom, and what the panel's opinion may say (TB-05 to TB-09)."""

from __future__ import annotations

import json
from datetime import date

import pytest
import sqlalchemy as sa
from people import (
    ACTORS,
    ANOTHER,
    AT,
    CHAIR,
    COMMITTEE,
    OFFICER,
    ON,
    PDF,
    SCORES,
    STORE,
    TALENT_OFFICE,
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

from models.firm import Firm
from models.intellectual_property import IPAsset
from models.journal import Message
from models.refusals import BrokenInvariant, NotAllowed, NotThere
from models.review import Advice, Dimension, Discipline, Expert, Seat, Sheet, TieKind
from models.roles import Actor, Role
from models.states.application import APPLICATION, PanelStage, SeatStage, Stage
from models.states.machine import MoveNotOpen
from models.talent import Talent
from models.user import User
from models.values.money import Money
from models.values.rate import Rate
from workflows import applying, documents, intake, review, scoring_desk
from workflows.moves import ReasonNeeded, SameHand, move, open_moves
from workflows.review_opinion import (
    AgainstMajority,
    BelowTheMark,
    ConditionsNeeded,
    DisciplineNotHeard,
    ExpertsStillOut,
    OpinionAboveRequest,
    OpinionFiled,
    PanelNotQuorate,
    ReasonsForNo,
)
from workflows.review_panel import (
    DisciplineDiffers,
    DisciplineMissing,
    ExpertNotActive,
    ExpertTied,
    ExpertTwice,
    NotDivided,
    PanelNotOpen,
    PanelSits,
    PanelTooSmall,
    SeatOfAnother,
)
from workflows.review_roster import NotYourTie, TieToNobody
from workflows.review_sheets import (
    CommentNeeded,
    ConflictStated,
    OpinionTooShort,
    ScoreMissing,
    ScoreOutOfRange,
)
from workflows.scoring_desk import HardStop

CHAIRS = {"by": CHAIR, "on": ON, "at": AT}
DESK = {"by": OFFICER, "on": ON, "at": AT}
OFFICE = {"by": TALENT_OFFICE, "on": ON, "at": AT}
AFTER_DUE = date(2012, 11, 22)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        yield session


def talent_of(session, application):
    return session.get_one(Talent, application.talent_id)


def in_review(session, **more):
    application = an_application(session, stage=Stage.IN_REVIEW, **({"scores": 0} | more))
    panel = review.open_panel(session, application)
    return application, panel, seats_of(session, panel)


class TestWhoMaySit:
    def expert(self, session, **more):
        given = {"name": "试示例", "discipline": Discipline.CREDIT, "employer": "示例银行"}
        return review.add_expert(session, **(given | more), **OFFICE)

    def barred(self, session, application, expert, on=ON):
        assert (expert in review.eligible_experts(session, application, on)) == (
            expert.key not in review.bars(session, application, on)
        )
        bar = review.bars(session, application, on).get(expert.key)
        return None if bar is None else bar.kind

    @pytest.mark.parametrize("kind", TieKind)
    def test_nobody_with_a_declared_tie_to_the_talent(self, session, kind):
        application, expert = an_application(session), self.expert(session)
        assert self.barred(session, application, expert) is None
        review.declare_tie(session, expert=expert, talent=talent_of(session, application), kind=kind, **OFFICE)
        assert self.barred(session, application, expert) is kind

    def test_nobody_tied_to_any_firm_of_the_talent(self, session):
        application, expert = an_application(session), self.expert(session)
        other = a_firm(session, talent_of(session, application))
        review.declare_tie(session, expert=expert, firm=other, kind="employment", **OFFICE)
        assert self.barred(session, application, expert) is TieKind.EMPLOYMENT

    def test_a_tie_fades_three_years_after_its_end(self, session):
        application, expert = an_application(session), self.expert(session)
        tie = review.declare_tie(
            session, expert=expert, talent=talent_of(session, application), kind="supervision", **OFFICE
        )
        review.end_tie(session, tie=tie, ended_on=date(2009, 11, 8), **OFFICE)
        assert self.barred(session, application, expert) is TieKind.SUPERVISION
        assert self.barred(session, application, expert, on=date(2012, 11, 8)) is None

    def test_nobody_whom_the_files_show_as_shareholder_team_member_employee_or_co_owner(self, session):
        application = an_application(session)
        talent, firm = talent_of(session, application), session.get_one(Firm, application.firm_id)
        asset = session.exec(select(IPAsset)).one()
        asset.co_owners = ["示例研究院", "共示例"]
        firm.registered_capital = Money.wan(2_000)
        intake.add_shareholder(session, firm=firm, holder="股示例", capital=Money.wan(1), since=ON, **DESK)
        intake.add_team_member(session, talent=talent, name="队示例", duty="顾问", joined_on=ON, **DESK)
        session.flush()
        expected = {
            "股示例": TieKind.SHAREHOLDING,
            "队示例": TieKind.EMPLOYMENT,
            "共示例": TieKind.CO_OWNERSHIP,
        }
        for name, kind in expected.items():
            assert self.barred(session, application, self.expert(session, name=name)) is kind
        assert self.barred(session, application, self.expert(session, employer=firm.name)) is TieKind.EMPLOYMENT
        assert self.barred(session, application, self.expert(session, employer="示例研究院")) is TieKind.CO_OWNERSHIP
        assert self.barred(session, application, self.expert(session)) is None

    def test_nobody_who_is_the_applicant_under_another_hat(self, session):
        application, expert = an_application(session), self.expert(session)
        session.add(
            User(
                account="both",
                name="双示例",
                password_hash="!",
                roles=["applicant", "expert"],
                talent_id=application.talent_id,
                expert_id=expert.key,
            )
        )
        session.flush()
        assert self.barred(session, application, expert) is TieKind.DECLARED

    def test_those_with_the_least_to_do_are_named_first(self, session):
        in_review(session)
        application = an_application(session)
        idle = self.expert(session, name="闲示例")
        names = [one.name for one in review.eligible_experts(session, application, ON)]
        assert names.index(idle.name) < names.index("褚专家示例")
        assert review.open_seats(session)[session.exec(select(Expert.id)).first()] == 1

    def test_an_expert_declares_his_own_ties_only(self, session):
        one, two = self.expert(session), self.expert(session)
        talent = a_talent(session)
        more = {"talent": talent, "kind": "kinship", "on": ON, "at": AT}
        review.declare_tie(session, expert=one, by=actor_of(one), **more)
        with pytest.raises(NotYourTie):
            review.declare_tie(session, expert=two, by=actor_of(one), **more)
        with pytest.raises(TieToNobody):
            review.declare_tie(session, expert=one, kind="kinship", **OFFICE)


class TestSeatingAPanel:
    def test_seats_five_experts_and_tells_those_with_an_account(self, session):
        application, experts = an_application(session), the_experts(session)
        session.add(
            User(id=777, account="e1", name="冯专家示例", password_hash="!", roles=["expert"], expert_id=experts[0].key)
        )
        session.flush()
        panel = a_panel(session, application, experts=experts)
        assert application.stage is Stage.IN_REVIEW
        assert panel.due_on == date(2012, 11, 21)  # ten working days
        assert [seat.discipline for seat in seats_of(session, panel)] == [*Discipline, Discipline.TECHNOLOGY]
        notice = session.exec(select(Message)).one()
        assert (notice.user_id, notice.subject) == (777, "review.invited")
        assert json.loads(notice.body) == {"number": application.number, "due_on": "2012-11-21", "round": 1}

    def test_needs_the_quorum_and_every_discipline(self, session):
        application, experts = an_application(session), the_experts(session)
        with pytest.raises(PanelTooSmall) as refusal:
            a_panel(session, application, experts=experts[:4])
        assert refusal.value.facts == {"have": 4, "need": 5}
        more = [one for one in the_experts(session) if one.discipline is not Discipline.INVESTMENT]
        with pytest.raises(DisciplineMissing) as missing:
            a_panel(
                session,
                application,
                experts=[*(e for e in experts if e.discipline is not Discipline.INVESTMENT), more[0]],
            )
        assert missing.value.facts["missing"] == (Discipline.INVESTMENT,)
        assert application.stage is Stage.SCORED

    def test_refuses_one_expert_twice_or_one_who_left(self, session):
        application, experts = an_application(session), the_experts(session)
        with pytest.raises(ExpertTwice):
            a_panel(session, application, experts=[*experts, experts[0]])
        review.retire_expert(session, expert=experts[4], reason="调离", **OFFICE)
        with pytest.raises(ExpertNotActive):
            a_panel(session, application, experts=experts)

    def test_refuses_whoever_is_tied(self, session):
        application, experts = an_application(session), the_experts(session)
        review.declare_tie(session, expert=experts[2], talent=talent_of(session, application), kind="kinship", **OFFICE)
        with pytest.raises(ExpertTied) as refusal:
            a_panel(session, application, experts=experts)
        assert refusal.value.facts["expert"] == experts[2].name

    def test_is_not_done_by_whoever_investigated_or_scored(self, session):
        application = an_application(session)
        both = Actor(OFFICER.user_id, OFFICER.name, frozenset({Role.LOAN_OFFICER, Role.PANEL_CHAIR}))
        with pytest.raises(SameHand):
            review.seat_panel(session, application=application, experts=the_experts(session), by=both, on=ON, at=AT)

    def test_nor_does_an_investigator_touch_the_seats_later(self, session):
        application, panel, seats = in_review(session)
        both = {"by": Actor(OFFICER.user_id, OFFICER.name, frozenset({Role.PANEL_CHAIR})), "on": ON, "at": AT}
        for act in (
            lambda: review.cancel_panel(session, panel=panel, reason="x", **both),
            lambda: review.recuse(session, seat=seats[0], reason="x", **both),
            lambda: review.replace_expert(session, seat=seats[0], expert=the_experts(session)[0], reason="x", **both),
            lambda: review.ask_again(session, panel=panel, reason="x", **both),
        ):
            with pytest.raises(SameHand):
                act()
        review.cancel_panel(session, panel=panel, reason="改期", **CHAIRS)
        with pytest.raises(SameHand):
            review.seat_panel(session, application=application, experts=the_experts(session), **both)

    def test_waits_until_what_stops_the_application_is_cleared(self, session):
        talent = a_talent(session, consent=False)
        application = an_application(session, talent=talent)
        with pytest.raises(HardStop):
            a_panel(session, application)

    def test_happens_once_at_a_time_and_again_after_a_cancelled_one(self, session):
        application, panel, seats = in_review(session)
        with pytest.raises(PanelSits):
            a_panel(session, application)
        a_score(session, seats[0])
        review.cancel_panel(session, panel=panel, reason="专家临时出差", **CHAIRS)
        again = a_panel(session, application)
        assert (again.round, again.stage) == (2, PanelStage.OPEN)
        assert review.sheets_visible_to(session, panel, COMMITTEE) == []


class TestStandingAside:
    def test_an_expert_steps_aside_with_a_reason_and_no_longer_sees_the_file(self, session):
        _, _, seats = in_review(session)
        own = actor_of(session.get_one(Expert, seats[0].expert_id))
        assert review.own_seat(session, seats[0].key, own) == seats[0]
        with pytest.raises(ReasonNeeded):
            review.recuse(session, seat=seats[0], reason="", by=own, on=ON, at=AT)
        review.recuse(session, seat=seats[0], reason="曾任其顾问", by=own, on=ON, at=AT)
        with pytest.raises(NotThere):
            review.own_seat(session, seats[0].key, own)

    def test_nobody_sets_another_expert_aside_but_the_chair(self, session):
        _, _, seats = in_review(session)
        own = actor_of(session.get_one(Expert, seats[0].expert_id))
        with pytest.raises(SeatOfAnother):
            review.recuse(session, seat=seats[1], reason="x", by=own, on=ON, at=AT)
        review.recuse(session, seat=seats[1], reason="利害关系", **CHAIRS)

    def test_a_sheet_of_an_expert_set_aside_no_longer_counts(self, session):
        application, panel, seats = in_review(session, scores=5)
        review.recuse(session, seat=seats[4], reason="事后发现持股", **CHAIRS)
        with pytest.raises(PanelNotQuorate) as refusal:
            an_opinion(session, application)
        assert refusal.value.facts == {"have": 4, "need": 5}
        assert seats[4].key not in {seat.key for seat, _ in review.sheets_visible_to(session, panel, COMMITTEE)}

    def test_another_of_the_same_discipline_takes_the_seat(self, session):
        _, panel, seats = in_review(session)
        stand_in = the_experts(session)
        with pytest.raises(DisciplineDiffers):
            review.replace_expert(session, seat=seats[0], expert=stand_in[1], reason="请假", **CHAIRS)
        with pytest.raises(ExpertTwice):
            sitting = session.get_one(Expert, seats[4].expert_id)
            review.replace_expert(session, seat=seats[0], expert=sitting, reason="请假", **CHAIRS)
        new = review.replace_expert(session, seat=seats[0], expert=stand_in[0], reason="请假", **CHAIRS)
        assert (seats[0].stage, new.discipline, new.panel_id) == (SeatStage.REPLACED, Discipline.TECHNOLOGY, panel.key)
        with pytest.raises(NotThere):
            review.own_seat(session, seats[0].key, actor_of(session.get_one(Expert, seats[0].expert_id)))

    def test_a_seat_that_was_left_is_filled_and_the_one_who_left_never_returns(self, session):
        application, panel, seats = in_review(session)
        review.recuse(session, seat=seats[4], reason="曾任其顾问", **CHAIRS)
        left = session.get_one(Expert, seats[4].expert_id)
        review.replace_expert(session, seat=seats[4], expert=the_experts(session)[0], reason="补位", **CHAIRS)
        for seat in seats_of(session, panel):
            if seat.stage is SeatStage.INVITED:
                a_score(session, seat)
        an_opinion(session, application)
        assert left.key in review.bars(session, application, ON)

    def test_a_tied_expert_takes_no_seat(self, session):
        application, _, seats = in_review(session)
        stand_in = the_experts(session)[0]
        review.declare_tie(session, expert=stand_in, talent=talent_of(session, application), kind="kinship", **OFFICE)
        with pytest.raises(ExpertTied):
            review.replace_expert(session, seat=seats[0], expert=stand_in, reason="请假", **CHAIRS)


class TestASheet:
    def test_is_sealed_by_a_hash_over_all_it_says(self, session):
        _, panel, seats = in_review(session)
        sheet = a_score(session, seats[0])
        assert seats[0].stage is SeatStage.SCORED
        assert review.seal_holds(sheet)
        session.expire_all()
        kept = session.exec(select(Sheet)).one()
        assert review.seal_holds(kept)
        kept.scores = kept.scores | {"market": 99}
        assert not review.seal_holds(kept)
        session.execute(sa.update(Sheet).values(scores=kept.scores))
        with pytest.raises(BrokenInvariant):
            review.result_of(session, panel)

    def test_is_sent_by_the_seats_own_expert_only(self, session):
        _, _, seats = in_review(session)
        other = actor_of(session.get_one(Expert, seats[1].expert_id))
        for by in (other, CHAIR, ACTORS[Role.EXPERT]):
            with pytest.raises(SeatOfAnother):
                review.record_score(
                    session,
                    seat=seats[0],
                    scores=dict(SCORES),
                    comments={},
                    advice=Advice.SUPPORT,
                    opinion="技术路线清楚，建议支持。",
                    no_conflict=True,
                    by=by,
                    on=ON,
                    at=AT,
                )

    @pytest.mark.parametrize(
        ("more", "refused", "field"),
        [
            ({"scores": {Dimension.MARKET: 80}}, ScoreMissing, "score_progress"),
            ({"scores": SCORES | {"charm": 80}}, ScoreMissing, "score_charm"),
            ({"scores": SCORES | {Dimension.MARKET: 101}}, ScoreOutOfRange, "score_market"),
            ({"scores": SCORES | {Dimension.MARKET: True}}, ScoreOutOfRange, "score_market"),
            ({"scores": SCORES | {Dimension.MARKET: 79.5}}, ScoreOutOfRange, "score_market"),
            ({"scores": SCORES | {Dimension.MARKET: 49}}, CommentNeeded, "comment_market"),
            ({"scores": SCORES | {Dimension.RD_STRENGTH: 96}}, CommentNeeded, "comment_rd_strength"),
            (
                {"scores": SCORES | {Dimension.MARKET: 49}, "comments": {Dimension.MARKET: "  "}},
                CommentNeeded,
                "comment_market",
            ),
            ({"opinion": "可以支持。"}, OpinionTooShort, "opinion"),
        ],
    )
    def test_is_refused_while_something_is_wrong_or_missing(self, session, more, refused, field):
        _, _, seats = in_review(session)
        with pytest.raises(refused) as refusal:
            a_score(session, seats[0], **more)
        assert refusal.value.facts["field"] == field
        assert seats[0].stage is SeatStage.INVITED
        assert session.exec(select(Sheet)).all() == []

    def test_may_go_to_the_edge_without_a_comment_and_beyond_with_one(self, session):
        _, _, seats = in_review(session)
        a_score(session, seats[0], scores=SCORES | {Dimension.MARKET: 50, Dimension.RD_STRENGTH: 95})
        beyond = a_score(
            session, seats[1], scores=SCORES | {Dimension.MARKET: 49}, comments={Dimension.MARKET: "没有订单"}
        )
        assert beyond.comments == {"market": "没有订单"}

    def test_is_not_taken_from_whoever_does_not_declare_himself_free(self, session):
        _, _, seats = in_review(session)
        with pytest.raises(ConflictStated):
            a_score(session, seats[0], no_conflict=False)

    def test_is_not_taken_once_a_tie_has_come_to_light(self, session):
        application, _, seats = in_review(session)
        expert = session.get_one(Expert, seats[0].expert_id)
        review.declare_tie(
            session,
            expert=expert,
            talent=talent_of(session, application),
            kind="kinship",
            by=actor_of(expert),
            on=ON,
            at=AT,
        )
        with pytest.raises(ExpertTied):
            a_score(session, seats[0])

    def test_is_superseded_with_a_reason_and_the_older_one_stays(self, session):
        application, panel, seats = in_review(session, scores=5)
        own = actor_of(session.get_one(Expert, seats[0].expert_id))
        given = {"comments": {}, "advice": Advice.SUPPORT, "opinion": "复核后下调市场分数。", "no_conflict": True}
        with pytest.raises(MoveNotOpen):
            a_score(session, seats[0])
        with pytest.raises(ReasonNeeded):
            review.supersede_score(
                session, seat=seats[0], scores=SCORES | {"market": 60}, reason="", **given, by=own, on=ON, at=AT
            )
        newer = review.supersede_score(
            session, seat=seats[0], scores=SCORES | {"market": 60}, reason="误填", **given, by=own, on=ON, at=AT
        )
        assert newer.version == 2
        assert len(session.exec(select(Sheet).where(Sheet.seat_id == seats[0].key)).all()) == 2
        an_opinion(session, application)
        counted = {seat.key: sheet.version for seat, sheet in review.sheets_visible_to(session, panel, COMMITTEE)}
        assert counted[seats[0].key] == 2

    def test_cannot_be_sent_or_changed_after_closing(self, session):
        application, _, seats = in_review(session, scores=5)
        an_opinion(session, application)
        with pytest.raises(PanelNotOpen):
            a_score(session, seats[0])
        with pytest.raises(PanelNotOpen):
            review.recuse(session, seat=seats[0], reason="x", **CHAIRS)


class TestBlindness:
    def test_before_closing_everybody_sees_his_own_sheet_and_nobody_sees_another(self, session):
        _, panel, seats = in_review(session, scores=5)
        for seat in seats:
            seen = review.sheets_visible_to(session, panel, actor_of(session.get_one(Expert, seat.expert_id)))
            assert [one.key for one, _ in seen] == [seat.key]
        for role in Role:
            assert review.sheets_visible_to(session, panel, ACTORS[role]) == []
        everything = Actor(1, "全示例", frozenset(Role))
        assert review.sheets_visible_to(session, panel, everything) == []

    def test_a_chair_who_scores_himself_sees_his_own_sheet_and_no_more(self, session):
        _, panel, seats = in_review(session, scores=5)
        both = Actor(1, "长示例", frozenset({Role.PANEL_CHAIR, Role.EXPERT}), expert_id=seats[3].expert_id)
        assert [seat.key for seat, _ in review.sheets_visible_to(session, panel, both)] == [seats[3].key]

    def test_the_chair_learns_only_who_is_missing(self, session):
        _, panel, seats = in_review(session, scores=3)
        assert [seat.key for seat, _ in review.who_is_missing(session, panel)] == [seats[3].key, seats[4].key]

    def test_after_closing_the_panel_and_the_desks_see_all_and_strangers_nothing(self, session):
        application, panel, seats = in_review(session, scores=5)
        stranger = actor_of(the_experts(session)[0])
        an_opinion(session, application)
        panel_member = actor_of(session.get_one(Expert, seats[0].expert_id))
        for actor in (panel_member, COMMITTEE, CHAIR, OFFICER):
            assert len(review.sheets_visible_to(session, panel, actor)) == 5
        for actor in (stranger, ACTORS[Role.APPLICANT], ACTORS[Role.TREASURER]):
            assert review.sheets_visible_to(session, panel, actor) == []

    def test_another_experts_seat_is_not_even_there(self, session):
        _, _, seats = in_review(session)
        own = actor_of(session.get_one(Expert, seats[0].expert_id))
        for number in (seats[1].key, 999_999):
            with pytest.raises(NotThere):
                review.own_seat(session, number, own)
        with pytest.raises(NotThere):
            review.own_seat(session, seats[0].key, COMMITTEE)


class TestIssuingTheOpinion:
    def test_closes_the_panel_and_advises_what_was_asked_for(self, session):
        application = an_application(session, stage=Stage.OPINION_ISSUED)
        opinion = review.latest_opinion(session, application)
        assert opinion.number == "TBO-2012-0001"
        assert (opinion.amount, opinion.term_months) == (application.amount, application.term_months)
        assert opinion.total_hundredths == 7805
        assert opinion.rules_version == "review-pilot-1"
        assert review.open_panel(session, application) is None
        assert opinion.dissent == []

    def test_keeps_the_total_of_the_worked_example(self, session):
        application, _, seats = in_review(session)
        columns = {  # EX-40
            Dimension.RD_STRENGTH: (88, 92, 79, 85, 90),
            Dimension.RELIABILITY: (80, 76, 83, 71, 78),
            Dimension.PROGRESS: (70, 75, 68, 72, 90),
            Dimension.MARKET: (66, 74, 81, 77, 69),
        }
        for place, seat in enumerate(seats):
            a_score(session, seat, scores={dimension: column[place] for dimension, column in columns.items()})
        opinion = an_opinion(session, application)
        assert opinion.by_dimension == {"rd_strength": 8767, "reliability": 7800, "progress": 7233, "market": 7333}
        assert opinion.total_hundredths == 7860

    def test_is_refused_while_the_panel_is_short_of_its_quorum(self, session):
        application, _, _ = in_review(session, scores=4)
        with pytest.raises(PanelNotQuorate) as refusal:
            an_opinion(session, application)
        assert refusal.value.facts == {"have": 4, "need": 5}
        assert application.stage is Stage.IN_REVIEW

    def test_waits_for_every_sheet_until_its_day_has_passed(self, session):
        application = an_application(session)
        experts = [*the_experts(session), the_experts(session)[1]]
        panel = a_panel(session, application, experts=experts)
        for seat in seats_of(session, panel)[:5]:
            a_score(session, seat)
        with pytest.raises(ExpertsStillOut) as refusal:
            an_opinion(session, application, on=panel.due_on)
        assert refusal.value.facts["missing"] == (experts[5].name,)
        an_opinion(session, application, on=AFTER_DUE)

    def test_hears_every_discipline(self, session):
        application = an_application(session)
        experts = [*the_experts(session), the_experts(session)[0]]
        panel = a_panel(session, application, experts=experts)
        for seat in seats_of(session, panel):
            if seat.discipline is not Discipline.CREDIT:
                a_score(session, seat)
        with pytest.raises(DisciplineNotHeard) as refusal:
            an_opinion(session, application, on=AFTER_DUE)
        assert refusal.value.facts["missing"] == (Discipline.CREDIT,)

    def test_looks_at_ties_again(self, session):
        application, _, seats = in_review(session, scores=5)
        expert = session.get_one(Expert, seats[2].expert_id)
        review.declare_tie(session, expert=expert, talent=talent_of(session, application), kind="kinship", **OFFICE)
        with pytest.raises(ExpertTied) as refusal:
            an_opinion(session, application)
        assert refusal.value.facts["expert"] == expert.name

    def test_supports_below_a_floor_only_with_written_reasons(self, session):
        application, _, seats = in_review(session, scores=4)
        a_score(session, seats[4], scores=SCORES | {Dimension.MARKET: 49}, comments={Dimension.MARKET: "没有订单"})
        with pytest.raises(BelowTheMark) as refusal:
            an_opinion(session, application)
        assert refusal.value.facts["below"] == (Dimension.MARKET,)
        opinion = an_opinion(session, application, reasons="已取得意向订单，市场风险可控。")
        assert opinion.agreement["below_floor"] == ["market"]

    def test_supports_below_the_pass_mark_only_with_written_reasons(self, session):
        application, _, seats = in_review(session)
        for seat in seats:
            a_score(session, seat, scores=dict.fromkeys(Dimension, 69))
        with pytest.raises(BelowTheMark) as refusal:
            an_opinion(session, application)
        assert refusal.value.facts["total"] == "69.00"

    def test_goes_against_the_majority_only_with_written_reasons_and_names_the_dissent(self, session):
        application, _, seats = in_review(session)
        for place, seat in enumerate(seats):
            a_score(session, seat, advice=Advice.REJECT if place < 3 else Advice.SUPPORT)
        with pytest.raises(AgainstMajority) as refusal:
            an_opinion(session, application)
        assert refusal.value.facts == {"field": "reasons", "against": 3, "have": 5}
        opinion = an_opinion(session, application, reasons="技术领先，风险由担保分担。")
        assert [one["advice"] for one in opinion.dissent] == ["reject"] * 3

    def test_that_does_not_support_says_why_and_recommends_no_amount(self, session):
        application, _, _ = in_review(session, scores=5)
        with pytest.raises(ReasonsForNo):
            an_opinion(session, application, advice=Advice.REJECT, reasons=" ")
        opinion = an_opinion(session, application, advice=Advice.RESUBMIT, amount=Money.wan(1))
        assert (opinion.amount, opinion.term_months) == (None, None)

    def test_under_conditions_names_them(self, session):
        application, _, _ = in_review(session, scores=5)
        with pytest.raises(ConditionsNeeded):
            an_opinion(session, application, advice=Advice.CONDITIONAL, conditions=[])
        opinion = an_opinion(session, application, advice=Advice.CONDITIONAL, conditions=[" 完成质押登记 "])
        assert opinion.conditions == ["完成质押登记"]
        assert opinion.dissent == []

    def test_recommends_no_more_than_was_asked_for(self, session):
        application, _, _ = in_review(session, scores=5)
        for more in ({"amount": Money.wan(401)}, {"term_months": 25}, {"amount": Money(-1)}):
            with pytest.raises(OpinionAboveRequest):
                an_opinion(session, application, **more)
        opinion = an_opinion(
            session,
            application,
            amount=Money.wan(300),
            term_months=12,
            rate=Rate.of("0.0615"),
            guarantee_share=Rate.of("0.80"),
        )
        assert (opinion.amount, opinion.rate) == (Money.wan(300), Rate.of("0.0615"))

    def test_is_not_issued_by_the_investigator_nor_decided_on_by_a_judge(self, session):
        application, _, seats = in_review(session, scores=5)
        both = Actor(OFFICER.user_id, OFFICER.name, frozenset({Role.PANEL_CHAIR}))
        with pytest.raises(SameHand):
            review.issue_opinion(session, application=application, advice=Advice.SUPPORT, by=both, on=ON, at=AT)
        an_opinion(session, application)
        expert = session.get_one(Expert, seats[0].expert_id)
        judge = Actor(actor_of(expert).user_id, expert.name, frozenset({Role.CREDIT_COMMITTEE}))

        assert open_moves(session, APPLICATION, application, by=judge) == []
        assert {one.verb for one in open_moves(session, APPLICATION, application, by=COMMITTEE)} == {
            "approve",
            "reject",
            "defer",
        }

    def test_has_its_document_filed_once(self, session):
        application = an_application(session, stage=Stage.OPINION_ISSUED)
        opinion = review.latest_opinion(session, application)
        document = documents.keep(session, content=PDF, name="意见书.pdf", store=STORE, at=AT)
        with pytest.raises(NotAllowed):
            review.attach_opinion(session, opinion=opinion, document=document, by=COMMITTEE, on=ON, at=AT)
        review.attach_opinion(session, opinion=opinion, document=document, **CHAIRS)
        with pytest.raises(OpinionFiled):
            review.attach_opinion(session, opinion=opinion, document=document, **CHAIRS)


class TestASecondRound:
    def divided(self, session):
        application, panel, seats = in_review(session, scores=4)
        a_score(session, seats[4], scores=SCORES | {Dimension.MARKET: 43}, comments={Dimension.MARKET: "没有订单"})
        return application, panel, seats

    def test_is_asked_of_a_divided_panel_which_scores_anew_and_blind(self, session):
        application, panel, _ = self.divided(session)
        again = review.ask_again(session, panel=panel, reason="市场前景分歧较大", **CHAIRS)
        assert (panel.stage, again.round, application.stage) == (PanelStage.CLOSED, 2, Stage.IN_REVIEW)
        own = actor_of(session.get_one(Expert, seats_of(session, again)[0].expert_id))
        assert len(review.sheets_visible_to(session, panel, own)) == 5
        assert review.sheets_visible_to(session, again, own) == []
        for seat in seats_of(session, again):
            a_score(session, seat)
        assert an_opinion(session, application).panel_id == again.key

    def test_is_not_asked_where_the_panel_agrees_or_somebody_is_missing(self, session):
        _, panel, _ = in_review(session, scores=5)
        with pytest.raises(NotDivided):
            review.ask_again(session, panel=panel, reason="再议", **CHAIRS)
        _, other, _ = in_review(session, scores=4)
        with pytest.raises(PanelNotQuorate):
            review.ask_again(session, panel=other, reason="再议", **CHAIRS)

    def test_follows_a_deferred_application_too(self, session):

        application = an_application(session, stage=Stage.OPINION_ISSUED, advice=Advice.RESUBMIT)
        move(session, APPLICATION, application, "defer", by=COMMITTEE, on=ON, at=AT, reason="补充中试报告")
        applying.resume(session, application=application, reason="材料已补", **DESK)
        scoring_desk.score(session, application=application, **DESK)
        assert a_panel(session, application).round == 2


def test_the_whole_review_is_the_same_on_both_engines(database):
    with database.write() as session:
        application = an_application(session, stage=Stage.OPINION_ISSUED)
        key = application.key
    with database.read() as session:
        opinion = review.latest_opinion(session, session.get_one(type(application), key))
        assert opinion.total_hundredths == 7805
        assert opinion.agreement["kendall_w"] == 1.0
        assert {seat.stage for seat in session.exec(select(Seat))} == {SeatStage.SCORED}
        assert ANOTHER[Role.PANEL_CHAIR].user_id != opinion.issued_by == CHAIR.user_id
