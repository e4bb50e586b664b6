"""Who may hold which posts: those that check each other never meet in one person (TB-09)."""

from __future__ import annotations

from itertools import combinations

import pytest
from credit import AT, person
from sqlmodel import select

from models.journal import AuditLine
from models.refusals import NotAllowed
from models.roles import Role
from models.states.lives import LIVES
from models.user import User
from workflows import staffing
from workflows.given import FieldEmpty
from workflows.staffing import AccountTaken, OwnAccount, PostNotGiven, PostsApart

ADMIN = person(Role.ADMINISTRATOR)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        yield session


def opened(session, *roles: Role, account: str = "zhou", by=ADMIN) -> User:
    return staffing.open_account(session, account=account, name="周示例", password_hash="!", roles=roles, by=by, at=AT)


class TestPosts:
    @pytest.mark.parametrize(
        "pair", list(combinations((Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.CREDIT_COMMITTEE, Role.DISBURSER), 2))
    )
    def test_of_one_loan_are_four_people(self, pair):
        with pytest.raises(PostsApart) as refusal:
            staffing.refuse_posts_apart(pair)
        assert {refusal.value.facts["one"], refusal.value.facts["other"]} == set(pair)

    @pytest.mark.parametrize("other", [role for role in Role if role is not Role.AUDITOR])
    def test_of_the_auditor_stand_alone(self, other):
        with pytest.raises(PostsApart):
            staffing.refuse_posts_apart([other, Role.AUDITOR])

    def test_that_do_not_check_each_other_may_meet(self):
        staffing.refuse_posts_apart([Role.FUND_MANAGER, Role.TREASURER, Role.ASSET_MANAGER])
        staffing.refuse_posts_apart([Role.EXPERT, Role.TALENT_OFFICE])
        staffing.refuse_posts_apart([])

    def test_that_make_and_approve_one_thing_are_kept_apart(self):
        """Whatever a life lets one post do must not be approved by the same person under another post."""
        makers = {
            ("guarantee", "propose"): Role.GUARANTEE_OFFICER,
            ("bridge", "apply"): Role.FUND_MANAGER,
            ("conversion", "propose"): Role.VENTURE_MANAGER,
            ("facility", "register"): Role.TREASURER,
            ("disposal_case", "propose"): Role.ASSET_MANAGER,
        }
        for (subject, verb), maker in makers.items():
            checks = [move for move in LIVES[subject].moves if f"{subject}.{verb}" in move.apart_from]
            for checker in {role for move in checks for role in move.roles} - {maker}:
                assert frozenset((maker, checker)) in staffing.APART, (subject, maker, checker)


class TestAnAccount:
    def test_is_opened_by_the_administrator_and_answered_for(self, session):
        row = opened(session, Role.LOAN_OFFICER, account=" Zhou ")
        assert (row.account, row.roles, row.active) == ("zhou", ["loan_officer"], True)
        line = session.exec(select(AuditLine)).one()
        assert (line.act, line.subject, line.detail, line.actor_id) == (
            "user_add", "zhou", "loan_officer", ADMIN.user_id,
        )  # fmt: skip

    def test_is_nobody_elses_to_open(self, session):
        with pytest.raises(NotAllowed):
            opened(session, Role.LOAN_OFFICER, by=person(Role.FINANCE_BUREAU))

    def test_has_a_name_of_its_own(self, session):
        opened(session, Role.LOAN_OFFICER)
        with pytest.raises(AccountTaken):
            opened(session, Role.DISBURSER, account="ZHOU")
        with pytest.raises(FieldEmpty):
            opened(session, account="  ")

    @pytest.mark.parametrize("role", [Role.SYSTEM, Role.APPLICANT, Role.EXPERT])
    def test_is_not_given_posts_that_come_otherwise(self, session, role):
        with pytest.raises(PostNotGiven):
            opened(session, role)

    def test_keeps_the_post_of_an_expert_when_others_are_given(self, session):
        row = opened(session)
        row.roles = ["expert"]
        staffing.give_posts(session, user=row, roles=[Role.TALENT_OFFICE], by=ADMIN, at=AT)
        assert row.roles == ["expert", "talent_office"]
        with pytest.raises(PostsApart):
            staffing.give_posts(session, user=row, roles=[Role.CREDIT_COMMITTEE], by=ADMIN, at=AT)

    def test_is_not_changed_by_its_owner(self, session):
        row = opened(session, Role.ADMINISTRATOR)
        for change in (staffing.lock, staffing.unlock):
            with pytest.raises(OwnAccount):
                change(session, user=row, by=row.actor(), at=AT)
        with pytest.raises(OwnAccount):
            staffing.give_posts(session, user=row, roles=[Role.CREDIT_COMMITTEE], by=row.actor(), at=AT)

    def test_loses_its_second_factor_with_its_password(self, session):
        row = opened(session, Role.LOAN_OFFICER)
        row.totp_secret = "JBSWY3DPEHPK3PXP"
        staffing.renew_password(session, user=row, password_hash="new", by=ADMIN, at=AT)
        assert (row.password_hash, row.totp_secret) == ("new", "")
