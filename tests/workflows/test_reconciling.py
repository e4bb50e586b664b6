"""Statements against the books: imported once, matched by rule or by hand, receipts taken from lines, reconciled."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from credit import AT, DISBURSER, OFFICER, ON, REVIEWER, a_guaranteed_loan, endow, person, yuan
from days import run_until
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from models.banking.matching import Rule
from models.banking.reading import yuan_text
from models.journal import JournalLine
from models.loan import PayOut, Receipt
from models.queries import statements
from models.queries.books import balance
from models.queries.cash import movements
from models.queries.statements import LineState
from models.refusals import NotAllowed
from models.roles import Role
from models.statement import BankStatement, StatementLine, StatementMatch, StatementMatchPart
from models.values.money import ZERO, Money, total
from reports.proof import prove
from workflows import importing, reconciling, servicing
from workflows.given import FieldEmpty
from workflows.importing import StatementFaulty, StatementInUse, StatementKnown, StatementUnreadable
from workflows.moves import ReasonNeeded, SameHand
from workflows.reconciling import (
    AlreadyMatched,
    MatchUnbalanced,
    MatchUndone,
    NothingToMatch,
    NotMoneyIn,
    Share,
    SharesDiffer,
)

ACCOUNT = "33100120345678"
FIRST_DUE = date(2012, 12, 21)
HEAD = "交易日期,借方,贷方,余额,对方户名,摘要,流水号"


class Store:
    """Keeps files in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        import hashlib

        digest = hashlib.sha256(content).hexdigest()
        self.kept[digest] = content
        return digest

    def get(self, sha256: str) -> bytes:
        return self.kept[sha256]


STORE = Store()


def a_file(lines, opening: Money) -> bytes:
    """A statement's file: lines of day, amount, payer, memo, reference, with the running balance."""
    rows, held = [HEAD], opening
    for on, amount, payer, memo, ref in lines:
        held += amount
        out, into = (yuan_text(-amount.fen), "") if amount < ZERO else ("", yuan_text(amount.fen))
        rows.append(f"{on},{out},{into},{yuan_text(held.fen)},{payer},{memo},{ref}")
    return "\n".join(rows).encode()


def bring(session, content, *, on=FIRST_DUE, by=OFFICER, account=ACCOUNT, name="对账单.csv"):
    return importing.import_statement(
        session, content=content, name=name, account=account, store=STORE, by=by, on=on, at=AT
    )


def firm_name(session, credit) -> str:
    from models.firm import Firm

    return session.get_one(Firm, credit.loan.firm_id).name


def rows(session) -> list[StatementLine]:
    return list(session.exec(select(StatementLine).order_by(StatementLine.id)))


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session
        assert prove(session).findings == []
        held = session.exec(select(sa.func.count()).select_from(StatementMatchPart)).one()
        if held:
            for made in session.exec(select(StatementMatch).where(StatementMatch.undone_at.is_(None))):
                story = statements.match_story(session, made.key)
                assert total(one.amount for one in story.lines) == total(one.amount for one in story.movements)


@pytest.fixture
def credit(session):
    """A loan of four million paid out on the seventh of November, on the morning of its first due day."""
    found = a_guaranteed_loan(session)
    run_until(session, FIRST_DUE)
    return found


@pytest.fixture
def opening(session, credit) -> Money:
    return balance(session, "bank.cash", on=FIRST_DUE - timedelta(days=20)).net


def a_paid_out_one(session, credit, ref="P-1"):
    """The pay-out of the loan as the books have it, under its bank reference."""
    found = next(one for one in movements(session) if one.kind == "disbursed")
    row = {
        "number": found.key.split(":")[1], "loan_id": credit.loan.key, "application_id": credit.loan.application_id,
        "amount": -found.amount, "payee": "宁波示例设备有限公司", "entrusted": True, "bank_ref": ref,
    }  # fmt: skip
    session.add(PayOut.model_validate(row))
    session.flush()
    return movements(session, events=[found.event_id])[0]


def receive(session, credit, amount, ref, *, by=OFFICER, on=FIRST_DUE):
    return servicing.receive(session, loan=credit.loan, amount=amount, bank_ref=ref, by=by, on=on, at=AT)


def line(session, credit, opening, amount="30066.67", ref="B1", *, on=FIRST_DUE, memo="还款") -> StatementLine:
    """A single line of the loan's firm, imported."""
    bring(session, a_file([(on, yuan(amount), firm_name(session, credit), memo, ref)], opening))
    return rows(session)[-1]


class TestImporting:
    def test_keeps_the_lines_and_the_file_itself(self, session, credit, opening):
        content = a_file(
            [(FIRST_DUE, yuan(100), "示例", "还款", "B1"), (FIRST_DUE, yuan(-15), "", "手续费", "B2")], opening
        )
        row = bring(session, content)
        assert (row.line_count, row.opening, row.closing) == (2, opening, opening + yuan(85))
        assert [one.amount for one in rows(session)] == [yuan(100), yuan(-15)]
        assert content in STORE.kept.values()

    def test_of_the_same_file_again_is_refused(self, session, credit, opening):
        content = a_file([(FIRST_DUE, yuan(100), "示例", "还款", "B1")], opening)
        bring(session, content)
        with pytest.raises(StatementKnown):
            bring(session, content, name="another name.csv")

    def test_of_an_overlapping_file_takes_only_what_is_new(self, session, credit, opening):
        first = [(FIRST_DUE, yuan(100), "示例", "还款", "B1"), (FIRST_DUE, yuan(200), "示例", "还款", "B2")]
        bring(session, a_file(first, opening))
        again = bring(session, a_file([*first, (FIRST_DUE, yuan(300), "示例", "还款", "B3")], opening))
        assert (again.line_count, again.known_count) == (1, 2)
        assert [one.amount for one in rows(session)] == [yuan(100), yuan(200), yuan(300)]

    def test_tells_of_a_line_that_looks_like_one_before(self, session, credit, opening):
        bring(session, a_file([(FIRST_DUE, yuan(100), "示例", "还款", "B1")], opening))
        content = a_file([(FIRST_DUE, yuan(100), "示例", "还款（重复）", "B1")], opening)
        seen = importing.preview(session, content=content, name="a.csv", account=ACCOUNT, on=FIRST_DUE)
        assert [one.ref for one in seen.suspects] == ["B1"]

    def test_is_all_or_nothing_and_a_dry_run_is_nothing(self, session, credit):
        content = f"{HEAD}\n2012-12-01,,10.00,10.00,,,\n昨天,,1,11.00,,,\n".encode()
        seen = importing.preview(session, content=content, name="a.csv", account=ACCOUNT, on=FIRST_DUE)
        assert [(one.row, one.column) for one in seen.read.faults] == [(3, "交易日期 (A)")]
        with pytest.raises(StatementFaulty) as refusal:
            bring(session, content)
        assert refusal.value.facts["row"] == 3
        assert rows(session) == []
        assert session.exec(select(BankStatement)).all() == []

    def test_needs_an_officer_an_account_and_a_statement(self, session, credit, opening):
        content = a_file([(FIRST_DUE, yuan(100), "示例", "还款", "B1")], opening)
        with pytest.raises(NotAllowed):
            bring(session, content, by=person(Role.FINANCE_BUREAU))
        with pytest.raises(FieldEmpty):
            bring(session, content, account=" ")
        with pytest.raises(StatementUnreadable):
            bring(session, b"%PDF", name="a.pdf")

    def test_can_be_taken_back_while_nothing_rests_on_it(self, session, credit, opening):
        found = line(session, credit, opening)
        statement = session.exec(select(BankStatement)).one()
        reconciling.set_aside(session, line=found, reason="利息收入", by=OFFICER, on=FIRST_DUE, at=AT)
        with pytest.raises(StatementInUse):
            importing.undo_import(session, statement=statement, reason="错", by=OFFICER, on=FIRST_DUE, at=AT)
        reconciling.take_up(session, line=found, by=OFFICER, on=FIRST_DUE, at=AT)
        importing.undo_import(session, statement=statement, reason="错", by=OFFICER, on=FIRST_DUE, at=AT)
        assert rows(session) == []


class TestMatchingByRule:
    def test_finds_the_receipt_of_a_line_by_its_reference_once(self, session, credit, opening):
        receipt = receive(session, credit, yuan("30066.67"), "B1")
        found = line(session, credit, opening)
        outcome = reconciling.match_by_rule(session, by=OFFICER, on=FIRST_DUE, at=AT)
        assert [one.rule for one in outcome.matches] == [Rule.REFERENCE]
        made = session.exec(select(StatementMatch)).one()
        story = statements.match_story(session, made.key)
        assert story.lines == (found,)
        assert [one.key for one in story.movements] == [f"receipt:{receipt.number}"]
        assert reconciling.match_by_rule(session, by=OFFICER, on=FIRST_DUE, at=AT).matches == ()

    def test_finds_the_pay_out_under_its_payee(self, session, opening, credit):
        paid = a_paid_out_one(session, credit)
        content = a_file([(ON, paid.amount, paid.names[0], "放款", paid.ref)], opening - paid.amount)
        bring(session, content)
        assert len(reconciling.match_by_rule(session, by=OFFICER, on=FIRST_DUE, at=AT).matches) == 1

    def test_leaves_what_is_in_doubt_to_a_person_with_a_proposal(self, session, credit, opening):
        receive(session, credit, yuan("30066.67"), "手工单 7")
        found = line(session, credit, opening)
        outcome = reconciling.match_by_rule(session, by=OFFICER, on=FIRST_DUE, at=AT)
        assert outcome.matches == ()
        assert outcome.lines_left == (found.key,)
        assert outcome.proposals[0].booked != ()

    def test_proposes_the_loan_whose_due_a_line_may_be(self, session, credit, opening):
        line(session, credit, opening)
        outcome = reconciling.look(session, on=FIRST_DUE)
        assert credit.loan.number in {one.loan for one in outcome.proposals}


class TestMatchingByHand:
    def test_joins_what_comes_to_the_same_sum(self, session, credit, opening):
        receive(session, credit, yuan("10000"), "X1")
        receive(session, credit, yuan("20066.67"), "X2")
        found = line(session, credit, opening)
        events = [one.event_id for one in movements(session) if one.kind == "receipt_taken"]
        with pytest.raises(MatchUnbalanced):
            reconciling.match_by_hand(
                session, lines=[found], events=events[:1], reason="核对", by=OFFICER, on=FIRST_DUE, at=AT
            )
        with pytest.raises(ReasonNeeded):
            reconciling.match_by_hand(
                session, lines=[found], events=events, reason=" ", by=OFFICER, on=FIRST_DUE, at=AT
            )
        with pytest.raises(NothingToMatch):
            reconciling.match_by_hand(session, lines=[found], events=[], reason="x", by=OFFICER, on=FIRST_DUE, at=AT)
        made = reconciling.match_by_hand(
            session, lines=[found], events=events, reason="分两笔入账", by=OFFICER, on=FIRST_DUE, at=AT
        )
        assert made.rule is Rule.BY_HAND
        with pytest.raises(AlreadyMatched):
            reconciling.match_by_hand(
                session, lines=[found], events=events, reason="x", by=OFFICER, on=FIRST_DUE, at=AT
            )
        reconciling.unmatch(session, made=made, reason="看错了", by=OFFICER, on=FIRST_DUE, at=AT)
        assert statements.lines(session)[0][0][0] == found
        with pytest.raises(MatchUndone):
            reconciling.unmatch(session, made=made, reason="看错了", by=OFFICER, on=FIRST_DUE, at=AT)
        assert len(session.exec(select(JournalLine).where(JournalLine.verb == "unmatch")).all()) == 1

    def test_is_for_those_who_do_the_work(self, session, credit, opening):
        found = line(session, credit, opening)
        for act in (
            lambda by: reconciling.match_by_rule(session, by=by, on=FIRST_DUE, at=AT),
            lambda by: reconciling.set_aside(session, line=found, reason="x", by=by, on=FIRST_DUE, at=AT),
        ):
            with pytest.raises(NotAllowed):
                act(DISBURSER)


class TestTheDatabase:
    def test_lets_a_line_and_a_movement_stand_in_one_match_only(self, database):
        with database.write() as session:
            endow(session)
            credit = a_guaranteed_loan(session)
            paid = next(one for one in movements(session) if one.kind == "disbursed")
            bring(session, a_file([(ON, paid.amount, "示例", "放款", "P")] * 2, yuan(10**8)), on=ON)
            del credit
            keys = [one.key for one in rows(session)]
        with database.write() as session:
            made = [
                StatementMatch.model_validate({"rule": Rule.BY_HAND, "matched_by": 1, "matched_at": AT}) for _ in "ab"
            ]
            session.add_all(made)
            session.flush()
            session.add(StatementMatchPart(match_id=made[0].key, line_id=keys[0]))
            session.add(StatementMatchPart(match_id=made[0].key, event_id=paid.event_id))
        for part in (
            {"line_id": keys[0]},
            {"event_id": paid.event_id},
            {},
            {"line_id": keys[1], "event_id": paid.event_id},
        ):
            with pytest.raises(sa.exc.IntegrityError), database.write() as session:
                session.add(StatementMatchPart(match_id=made[1].key, **part))

    def test_lets_one_of_two_desks_win(self, database):
        """Two officers match two lines with the same movement at the same moment."""
        with database.write() as session:
            endow(session)
            a_guaranteed_loan(session)
            paid = next(one for one in movements(session) if one.kind == "disbursed")
            bring(session, a_file([(ON, paid.amount, "示例", "放款", "P")] * 2, yuan(10**8)), on=ON)
            keys = [one.key for one in rows(session)]
        gate, said = threading.Barrier(2), []

        def one_desk(key: int) -> None:
            gate.wait()
            try:
                with database.write() as session:
                    reconciling.match_by_hand(
                        session, lines=[session.get_one(StatementLine, key)], events=[paid.event_id], reason="核对",
                        by=OFFICER, on=ON, at=AT,
                    )  # fmt: skip
                said.append("matched")
            except AlreadyMatched:
                said.append("refused")

        desks = [threading.Thread(target=one_desk, args=(key,)) for key in keys]
        for desk in desks:
            desk.start()
        for desk in desks:
            desk.join()
        assert sorted(said) == ["matched", "refused"]
        with database.read() as session:
            assert session.exec(select(sa.func.count()).select_from(StatementMatchPart)).one() == 2


class TestTakingAReceiptFromALine:
    def test_books_and_matches_in_one_act(self, session, credit, opening):
        found = line(session, credit, opening)
        taken = reconciling.take_receipts(
            session, line=found, shares=[Share(credit.loan, found.amount)], by=OFFICER, on=FIRST_DUE, at=AT
        )
        assert [one.bank_ref for one in taken] == ["B1"]
        assert statements.lines(session)[1] == 0
        with pytest.raises(AlreadyMatched):
            reconciling.take_receipts(
                session, line=found, shares=[Share(credit.loan, found.amount)], by=OFFICER, on=FIRST_DUE, at=AT
            )

    def test_can_be_shared_but_only_whole(self, session, credit, opening):
        found = line(session, credit, opening)
        with pytest.raises(SharesDiffer):
            reconciling.take_receipts(
                session, line=found, shares=[Share(credit.loan, yuan(1))], by=OFFICER, on=FIRST_DUE, at=AT
            )
        shares = [Share(credit.loan, yuan(1)), Share(credit.loan, found.amount - yuan(1))]
        taken = reconciling.take_receipts(session, line=found, shares=shares, by=OFFICER, on=FIRST_DUE, at=AT)
        assert [one.bank_ref for one in taken] == ["B1~1", "B1~2"]

    def test_of_an_earlier_day_is_taken_in_as_of_that_day(self, session, credit, opening):
        found = line(session, credit, opening, on=FIRST_DUE - timedelta(days=1))
        (taken,) = reconciling.take_receipts(
            session, line=found, shares=[Share(credit.loan, found.amount)], by=OFFICER, on=FIRST_DUE, at=AT
        )
        assert (taken.received_on, taken.booked_on) == (FIRST_DUE - timedelta(days=1), FIRST_DUE)

    def test_of_money_that_went_out_is_none(self, session, credit, opening):
        found = line(session, credit, opening, "-20")
        with pytest.raises(NotMoneyIn):
            reconciling.take_receipts(session, line=found, shares=[], by=OFFICER, on=FIRST_DUE, at=AT)

    def test_under_a_reference_that_was_typed_before_is_refused(self, session, credit, opening):
        receive(session, credit, yuan("30066.67"), "B1")
        found = line(session, credit, opening)
        with pytest.raises(servicing.ReceiptKnown):
            reconciling.take_receipts(
                session, line=found, shares=[Share(credit.loan, found.amount)], by=OFFICER, on=FIRST_DUE, at=AT
            )

    def test_is_undone_by_a_reviewer_with_the_money_and_may_be_taken_anew(self, session, credit, opening):
        found = line(session, credit, opening)
        both = person(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
        reconciling.take_receipts(
            session, line=found, shares=[Share(credit.loan, found.amount)], by=both, on=FIRST_DUE, at=AT
        )
        made = session.exec(select(StatementMatch)).one()
        with pytest.raises(NotAllowed):
            reconciling.unmatch(session, made=made, reason="错户", by=OFFICER, on=FIRST_DUE, at=AT)
        with pytest.raises(SameHand):
            reconciling.unmatch(session, made=made, reason="错户", by=both, on=FIRST_DUE, at=AT)
        before = balance(session, "bank.cash").net
        reconciling.unmatch(session, made=made, reason="错户", by=REVIEWER, on=FIRST_DUE, at=AT)
        assert balance(session, "bank.cash").net == before - found.amount
        assert statements.lines(session)[1] == 1
        taken = reconciling.take_receipts(
            session, line=found, shares=[Share(credit.loan, found.amount)], by=OFFICER, on=FIRST_DUE, at=AT
        )
        assert [one.bank_ref for one in taken] == ["B1~2"]
        assert {one.kind for one in session.exec(select(Receipt))} == {"reversed", "repayment"}
        result = statements.reconcile(session, FIRST_DUE)
        assert result.only_in_books == ()
        assert result.only_on_statement == ()


class TestTheReconciliation:
    def test_is_none_before_the_first_statement(self, session, credit):
        assert statements.reconcile(session, FIRST_DUE) is None

    def test_explains_the_difference_to_the_fen(self, session, credit, opening):
        receive(session, credit, yuan("30066.67"), "B1")
        receive(session, credit, yuan("500.01"), "在途")
        name = firm_name(session, credit)
        bring(
            session,
            a_file(
                [
                    (FIRST_DUE, yuan("30066.67"), name, "还款", "B1"),
                    (FIRST_DUE, yuan("-15.5"), "", "手续费", "B2"),
                    (FIRST_DUE, yuan("88.88"), "陌生人", "误入", "B3"),
                ],
                opening - yuan("0.07"),
            ),
        )
        reconciling.match_by_rule(session, by=OFFICER, on=FIRST_DUE, at=AT)
        charge = next(one for one in rows(session) if one.bank_ref == "B2")
        reconciling.set_aside(session, line=charge, reason="银行手续费", by=OFFICER, on=FIRST_DUE, at=AT)
        found = statements.reconcile(session, FIRST_DUE)
        assert found.book == balance(session, "bank.cash", on=FIRST_DUE).net
        assert found.opening_difference == yuan("0.07")
        assert [one.amount for one in found.only_in_books] == [yuan("500.01")]
        assert [(row.amount, state) for row, state in found.only_on_statement] == [
            (yuan("-15.5"), LineState.ASIDE),
            (yuan("88.88"), LineState.OPEN),
        ]
        assert found.difference == yuan("500.01") - yuan("73.38") + yuan("0.07")
        assert found.unexplained == ZERO
        assert found.whole

    def test_as_of_an_earlier_day_shows_what_was_on_its_way_then(self, session, credit, opening):
        paid = a_paid_out_one(session, credit)
        before = balance(session, "bank.cash", on=ON).net - paid.amount
        late = ON + timedelta(days=2)
        bring(
            session, a_file([(ON, yuan(5), "", "利息", "I"), (late, paid.amount, paid.names[0], "", paid.ref)], before)
        )
        assert len(reconciling.match_by_rule(session, by=OFFICER, on=FIRST_DUE, at=AT).matches) == 1
        then = statements.reconcile(session, ON)
        assert paid.key in {one.key for one in then.only_in_books}
        assert then.unexplained == ZERO
        now = statements.reconcile(session, FIRST_DUE)
        assert paid.key not in {one.key for one in now.only_in_books}
        assert now.unexplained == ZERO

    def test_says_when_statements_are_missing_between(self, session, credit, opening):
        bring(session, a_file([(FIRST_DUE - timedelta(days=9), yuan(5), "", "利息", "I1")], opening))
        bring(session, a_file([(FIRST_DUE, yuan(5), "", "利息", "I2")], opening + yuan(50)))
        found = statements.reconcile(session, FIRST_DUE)
        assert found.accounts[0].gap == yuan(45)
        assert not found.whole
        assert statements.covered(session, FIRST_DUE) is None

    @settings(max_examples=15)
    @given(amounts=st.lists(st.tuples(st.integers(-5_000, 5_000).filter(bool), st.booleans()), min_size=1, max_size=6))
    def test_leaves_nothing_unexplained_whatever_was_matched(self, sqlite_template, tmp_path_factory, amounts):
        import shutil

        from talentbank.database import Database

        path = tmp_path_factory.mktemp("law") / "bank.db"
        shutil.copyfile(sqlite_template, path)
        database = Database(f"sqlite:///{path}")
        with database.write() as session:
            endow(session)
            credit = a_guaranteed_loan(session)
            told = [(ON, Money(fen), "示例", "", f"L{n}") for n, (fen, _) in enumerate(amounts)]
            for n, (fen, booked) in enumerate(amounts):
                if booked and fen > 0:
                    receive(session, credit, Money(fen), f"L{n}", on=ON)
            bring(session, a_file(told, yuan(3)), on=ON)
            reconciling.match_by_rule(session, by=OFFICER, on=ON, at=AT)
            found = statements.reconcile(session, ON)
            assert found.unexplained == ZERO
            ages = statements.ageing(session, ON)
            assert sum(count for _, count, _, _ in ages) == statements.lines(session)[1]
        database.dispose()
