"""What an applicant may touch: the rows of his own talent, and nothing else."""

from __future__ import annotations

from models.refusals import NotAllowed
from models.roles import Actor, Role


class NotYours(NotAllowed):
    """An applicant acts for his own talent only; somebody else's file is not his to change."""


def require_own(by: Actor, act: str, talent_id: int, *staff: Role) -> None:
    """Pass staff who hold one of the roles, and the applicant whose own talent it is.

    Refuses with NotYours for another applicant, with NotAllowed for whoever holds neither.
    """
    if by.holds(*staff) or (by.holds(Role.APPLICANT) and by.talent_id == talent_id):
        return
    if by.holds(Role.APPLICANT):
        raise NotYours(act=act, role=str(Role.APPLICANT))
    raise NotAllowed(act=act, role=", ".join((*staff, Role.APPLICANT)))
