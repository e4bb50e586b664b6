"""The signed papers of the demonstration: opinions as PDF, filed under their hash as the desk does."""

from __future__ import annotations

from models.application import Application
from models.review import Opinion
from models.roles import Role
from talentbank import opinion_papers
from talentbank.demo.cast import STORY
from talentbank.demo.steps import Play


def file_opinion(play: Play, opinion: Opinion) -> None:
    """Make the opinion's paper once and file it; a signed paper is never made again.

    The story's papers have the pictures of their pages beside them, as from the desk; the many of the synthetic
    district are pictured when somebody looks.
    """
    application = play.session.get_one(Application, opinion.application_id)
    opinion_papers.file_opinion(
        play.session,
        opinion,
        language="zh",
        store=play.vault,
        pictures=application.label == STORY,
        **play.by(Role.PANEL_CHAIR),
    )
