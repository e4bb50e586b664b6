"""Official papers: what they say, that they are PDF/A, and that the same facts give the same bytes."""

from __future__ import annotations

from datetime import date

import people
import pytest
from sqlmodel import select

from models.review import Advice, Opinion, Panel, Seat, Sheet
from models.states.application import Stage
from models.values.money import Money
from models.values.numerals import capitals
from reports import documents


@pytest.fixture
def opinion(sqlite_database):
    with sqlite_database.write() as session:
        application = people.an_application(
            session, stage=Stage.OPINION_ISSUED, amount=Money.yuan(4_000_000), label="示例 illustrative"
        )
        yield session, session.exec(select(Opinion).where(Opinion.application_id == application.key)).one()


class TestTheOpinion:
    def test_is_pdf_a_and_the_same_every_time(self, opinion):
        first, second = (documents.opinion_pdf(*opinion) for _ in range(2))
        assert first == second
        assert first.startswith(b"%PDF-1.7")
        assert b"pdfaid:part>2" in first

    def test_shows_every_dimension_with_the_means_of_each_discipline(self, opinion):
        session, row = opinion
        facts = documents.opinion_facts(session, row)
        assert [line[0] for line in facts["rows"]] == ["研发实力", "项目可靠性", "产品研发进度", "市场前景"]
        assert facts["disciplines"] == ["技术专家", "政策专家", "信贷专家", "投资专家"]
        panel = session.get_one(Panel, row.panel_id)
        sheets = session.exec(
            select(Sheet).join(Seat, Seat.id == Sheet.seat_id).where(Seat.panel_id == panel.key)
        ).all()
        mean = sum(sheet.scores["rd_strength"] for sheet in sheets if sheet.scores) / len(sheets)
        assert facts["rows"][0][2] == f"{mean:.1f}"
        assert facts["experts"] == 5

    def test_writes_the_amount_in_figures_and_capitals_from_one_stored_amount(self, opinion):
        facts = documents.opinion_facts(*opinion)
        assert facts["amount"] == "4,000,000.00"
        assert "人民币" + facts["capitals"] == capitals(Money.yuan(4_000_000)) == "人民币肆佰万元整"

    def test_carries_the_label_of_invented_data(self, opinion):
        assert documents.opinion_facts(*opinion)["label"] == "示例 illustrative"

    def test_speaks_english_when_it_is_asked_to(self, opinion):
        facts = documents.opinion_facts(*opinion, language="en")
        assert facts["advice"] == documents.term(Advice.SUPPORT, "en")
        assert facts["issued"] == "7 November 2012"
        assert documents.pdf("opinion", facts).startswith(b"%PDF")

    def test_can_be_shown_as_pictures_of_its_pages(self, opinion):
        pages = documents.pictures("opinion", documents.opinion_facts(*opinion), ppi=40)
        assert pages
        assert all(page.startswith(b"\x89PNG") for page in pages)

    def test_takes_what_was_typed_as_text_and_never_as_markup(self, opinion):
        session, row = opinion
        row.reasons = '#import "x" $ * _ <a> `code` \\ "quoted"'
        row.conditions = ["#panic()", "= heading"]
        assert documents.opinion_pdf(session, row).startswith(b"%PDF")


class TestADay:
    def test_is_written_as_papers_write_it(self):
        assert documents.long_day(date(2026, 11, 6), "zh") == "2026年11月6日"
        assert documents.long_day(date(2026, 11, 6), "en") == "6 November 2026"
        assert documents.long_day(None, "zh") == "—"
