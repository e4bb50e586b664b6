"""The paper of an opinion: filed once, shown page by page, and never shown otherwise than it was filed."""

from __future__ import annotations

import pytest
from people import AT, CHAIR, ON, an_application
from sqlmodel import select

from models.firm import Firm
from models.review import Opinion
from models.states.application import Stage
from talentbank import opinion_papers
from talentbank.vault import Vault
from workflows.review_opinion import OpinionFiled


@pytest.fixture
def vault(tmp_path) -> Vault:
    return Vault(b"k" * 40, tmp_path)


@pytest.fixture(autouse=True)
def forget():
    """Pictures kept in memory would hide what is filed."""
    opinion_papers._pictures.clear()


def issued(session) -> Opinion:
    application = an_application(session, stage=Stage.OPINION_ISSUED)
    return session.exec(select(Opinion).where(Opinion.application_id == application.key)).one()


def filed(session, vault, **more):
    opinion = issued(session)
    given = {"language": "zh", "store": vault, "by": CHAIR, "on": ON, "at": AT} | more
    return opinion, opinion_papers.file_opinion(session, opinion, **given)


class TestThePaper:
    def test_is_filed_under_its_hash_with_its_pages_beside_it(self, sqlite_database, vault):
        with sqlite_database.write() as session:
            opinion, document = filed(session, vault)
            assert vault.get(document.sha256).startswith(b"%PDF-")
            assert opinion.document_id == document.id
            assert all(page.startswith(b"\x89PNG") for page in opinion_papers.pages_of(session, opinion, vault))

    def test_is_filed_once(self, sqlite_database, vault):
        with sqlite_database.write() as session:
            opinion, _ = filed(session, vault)
            with pytest.raises(OpinionFiled):
                opinion_papers.file_opinion(session, opinion, language="zh", store=vault, by=CHAIR, on=ON, at=AT)

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_shows_the_same_pages_where_no_picture_was_filed(self, sqlite_database, vault, language):
        with sqlite_database.write() as session:
            opinion, _ = filed(session, vault, language=language, pictures=False)
            assert len(opinion_papers.pages_of(session, opinion, vault)) >= 1

    def test_shows_what_was_filed_even_if_the_firm_has_another_name_today(self, sqlite_database, vault):
        with sqlite_database.write() as session:
            opinion, _ = filed(session, vault)
            before = opinion_papers.pages_of(session, opinion, vault)
            opinion_papers._pictures.clear()
            self.rename(session)
            assert opinion_papers.pages_of(session, opinion, vault) == before

    def test_shows_nothing_rather_than_a_page_that_was_never_issued(self, sqlite_database, vault):
        with sqlite_database.write() as session:
            opinion, _ = filed(session, vault, pictures=False)
            self.rename(session)
            assert opinion_papers.pages_of(session, opinion, vault) == ()

    def test_is_not_there_before_it_is_filed(self, sqlite_database, vault):
        with sqlite_database.write() as session:
            assert opinion_papers.pages_of(session, issued(session), vault) == ()

    @staticmethod
    def rename(session) -> None:
        for firm in session.exec(select(Firm)):
            firm.name = "改名示例有限公司"
            session.add(firm)
        session.flush()
