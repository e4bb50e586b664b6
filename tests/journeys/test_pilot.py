"""One story from intake to stake: the pilot of 2012 and the illustrative loan, as the demonstration plays them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from models.application import Application
from models.bridge import Bridge
from models.decision import Decision
from models.equity import Holding, Origin
from models.facility import Facility
from models.firm import Firm, Shareholding
from models.guarantee import Claim, Guarantee
from models.journal import JournalLine
from models.lending.terms import RepaymentMethod
from models.loan import Contract, Loan
from models.queries.books import balance, mirror_differences
from models.review import Opinion, Seat, Sheet
from models.roles import Institution
from models.states.aftercare import BridgeStage, ClaimStage, GuaranteeStage
from models.states.application import Stage
from models.states.loan import LoanStage
from models.talent import Talent
from models.user import User
from models.values.money import Money, total
from reports.books import trial
from reports.exposure import exposure
from reports.proof import prove
from talentbank.database import Database
from talentbank.demo import build
from talentbank.settings import Settings
from workflows import contracting
from workflows.drawing_up import FirmNotFounded
from workflows.replaying import replay_all

LAST = date(2018, 12, 31)
NAMED = ("宁波旭升机械有限公司", "宁波能聚工程塑料有限公司")
AT = datetime(2018, 12, 31, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The story played once, to the end of the chain, with a handful of synthetic cases beside it."""
    folder = tmp_path_factory.mktemp("pilot")
    database = Database(f"sqlite:///{folder / 'bank.db'}", create=True, durable=False)
    database.create_all()
    build(database, _settings(folder), today=LAST, district=6)
    yield database
    database.dispose()


def _settings(folder: Path) -> Settings:
    return Settings(secret_key="j" * 40, documents_dir=folder / "documents", _env_file=None)


@pytest.fixture
def session(played: Database) -> Iterator[Session]:
    with played.read() as session:
        yield session


def pilot_loans(session: Session) -> list[Loan]:
    return list(session.exec(select(Loan).where(col(Loan.number).startswith("TBL-2012-")).order_by(Loan.number)))


class TestThePilot:
    def test_lends_21_8_million_in_four_loans_out_of_300_million(self, session):
        loans = pilot_loans(session)
        assert [loan.disbursed for loan in loans] == [Money.wan(w) for w in (800, 650, 430, 300)]
        assert total(loan.disbursed for loan in loans) == Money.yuan(21_800_000)
        assert session.exec(select(Facility)).one().commitment == Money.yuan(300_000_000)

    def test_uses_the_methods_that_the_bank_knows(self, session):
        methods = {contract.method for contract in session.exec(select(Contract))}
        assert methods == set(RepaymentMethod)

    def test_gives_firms_that_the_source_names_no_misfortune(self, session):
        for name in NAMED:
            firm = session.exec(select(Firm).where(Firm.name == name)).one()
            loans = list(session.exec(select(Loan).where(Loan.firm_id == firm.key)))
            assert [loan.stage for loan in loans] == [LoanStage.SETTLED]
            assert all(loan.five_class == "normal" for loan in loans)

    def test_labels_every_invented_thing(self, session):
        for noun in (Talent, Firm, Application, Loan):
            assert all(row.label for row in session.exec(select(noun))), noun.__name__

    def test_was_decided_by_somebody_who_neither_investigated_nor_reviewed(self, session):
        for application in session.exec(select(Application)):
            lines = list(session.exec(select(JournalLine).where(JournalLine.case == f"application:{application.key}")))
            hands = {
                verb: {line.actor_id for line in lines if line.verb == verb} for verb in ("investigate", "approve")
            }
            assert not hands["investigate"] & hands["approve"]

    def test_hears_five_experts_of_four_disciplines(self, session):
        for opinion in session.exec(select(Opinion)):
            seats = list(session.exec(select(Seat).where(Seat.panel_id == opinion.panel_id)))
            assert len(seats) == 5
            assert len({seat.discipline for seat in seats}) == 4
            sheets = session.exec(select(Sheet).where(col(Sheet.seat_id).in_([seat.key for seat in seats]))).all()
            assert len({sheet.seal for sheet in sheets}) == 5


class TestSupportBeforeFormation:
    def test_reaches_the_decision_and_stops_at_the_contract_with_a_clear_message(self, session):
        application = session.exec(
            select(Application).where(Application.stage == Stage.DECIDED, col(Application.firm_id).is_(None))
        ).one()
        officer = session.exec(select(User).where(User.account == "officer1")).one().actor()
        with pytest.raises(FirmNotFounded):
            contracting.draw_up(session, application=application, start_on=LAST, by=officer, on=LAST, at=AT)

    def test_goes_on_once_the_firm_is_registered(self, session):
        loan = next(loan for loan in pilot_loans(session) if loan.disbursed == Money.wan(300))
        firm = session.get_one(Firm, loan.firm_id)
        application = session.get_one(Application, loan.application_id)
        assert application.applied_on < firm.registered_on


class TestTheChain:
    def test_bridges_the_maturity_and_returns_the_money_with_its_fee(self, session):
        bridge = session.exec(select(Bridge)).one()
        assert (bridge.stage, bridge.amount) == (BridgeStage.RETURNED, Money.yuan(3_800_000))
        assert bridge.fee == Money.yuan(3_800_000).times(2 * bridge.days, 10_000)
        assert balance(session, "relender.bridge").net == Money(0)

    def test_calls_and_pays_the_guarantee(self, session):
        claim = session.exec(select(Claim).where(Claim.loan_id == self.bad(session).key)).one()
        assert claim.stage is ClaimStage.PAID
        assert claim.principal == Money.yuan(3_800_000).times(80, 100)
        guarantee = session.get_one(Guarantee, claim.guarantee_id)
        assert (guarantee.stage, guarantee.in_force) == (GuaranteeStage.HONOURED, Money(0))

    def test_ends_in_the_venture_companys_book_with_the_firms_new_cap_table(self, session):
        loan = self.bad(session)
        assert loan.stage is LoanStage.HANDED_OVER
        holdings = list(session.exec(select(Holding).where(Holding.firm_id == loan.firm_id).order_by(Holding.id)))
        assert [one.origin for one in holdings] == [Origin.CONVERSION, Origin.AWARD, Origin.FOLLOW_ON]
        assert holdings[0].stage == "exited"
        assert holdings[0].proceeds > holdings[0].carrying
        firm = session.get_one(Firm, loan.firm_id)
        lines = session.exec(
            select(Shareholding).where(Shareholding.firm_id == firm.key, col(Shareholding.until).is_(None))
        )
        assert total(line.capital for line in lines) == firm.registered_capital

    def bad(self, session):
        return session.exec(select(Loan).where(Loan.number == "TBL-2014-0001")).one()


class TestTheBooks:
    def test_hold_after_six_years_of_days(self, session):
        proof = prove(session)
        assert proof.findings == []

    def test_balance_one_by_one_and_mirror_each_other(self, session):
        for book in Institution:
            sheet = trial(session, book)
            assert sheet.lines, book
            assert sheet.balanced, book
        assert mirror_differences(session) == []

    def test_say_what_the_bureaus_page_says(self, session):
        report = exposure(session, on=LAST)
        assert report.differences == []
        assert report.outstanding == balance(session, "bank.principal").net
        assert report.run_through == date(2018, 12, 30)

    def test_let_every_decision_be_replayed_to_the_fen(self, session):
        results = list(replay_all(session))
        assert len(results) == len(session.exec(select(Decision)).all())
        assert [result.number for result in results if not result.same] == []


class TestOnPostgreSQL:
    @pytest.mark.pg
    def test_the_first_months_leave_books_that_hold(self, pg_database, tmp_path):
        build(pg_database, _settings(tmp_path), today=date(2012, 12, 3), district=0)
        with pg_database.read() as session:
            assert prove(session).findings == []
            assert total(loan.outstanding for loan in pilot_loans(session)) == Money.yuan(21_800_000)
