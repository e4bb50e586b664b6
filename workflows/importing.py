"""Bank statements come in (对账单导入): read dry first, all or nothing, each line once however many files hold it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.banking.reading import Fault, NotAStatement, Read, ReadLine, read
from models.document import Document
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.statement import BankStatement, StatementLine, StatementMatchPart
from models.values.money import Money
from models.values.store import DocumentStore
from workflows.documents import OFFICE, plain_name
from workflows.given import said
from workflows.moves import ReasonNeeded, note, require

ACCOUNT_MOST = 40


class StatementUnreadable(BadInput):
    """The file cannot be read as a bank statement; `trouble` says why."""


class StatementFaulty(BadInput):
    """Cells are wrong: nothing is imported before they are put right."""


class StatementKnown(Refusal):
    """This very file was imported for this account before."""


class AccountNotTheFiles(BadInput):
    """The file names another account than was typed."""


class StatementInUse(Refusal):
    """Lines of the statement are matched or laid aside: undo that first."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: the lines that are new, those known from earlier files, what looks like a repetition."""

    read: Read
    account: str
    new: tuple[ReadLine, ...]
    known: int
    suspects: tuple[ReadLine, ...]


def preview(session: Session, *, content: bytes, name: str, account: str = "", on: date) -> Preview:
    """Read a statement and say what an import would do; nothing is written.

    The account is the one typed, or the one that stands in the file. Refuses with StatementUnreadable, FieldEmpty and
    AccountNotTheFiles; wrong cells stand in `read.faults`.
    """
    try:
        found = read(content, name, today=on)
    except NotAStatement as error:
        raise StatementUnreadable(field="file", name=plain_name(name), trouble=error.trouble) from None
    account = "".join(account.split())
    if account and found.account and account != found.account:
        raise AccountNotTheFiles(field="account", typed=account, found=found.account)
    account = said(account or found.account, "account")[:ACCOUNT_MOST]
    old = select(StatementLine.digest, StatementLine.nth).where(StatementLine.account == account)
    known = set(session.exec(old))
    new = [line for line in found.lines if (line.print, line.nth) not in known]
    there = sa.select(col(StatementLine.on), col(StatementLine.amount), col(StatementLine.bank_ref)).where(
        col(StatementLine.account) == account, col(StatementLine.bank_ref) != ""
    )
    seen = {(day, amount.fen, ref) for day, amount, ref in session.connection().execute(there)}
    suspects = []
    for line in new:
        facts = (line.on, line.fen, line.ref)
        if line.ref and facts in seen:
            suspects.append(line)
        seen.add(facts)
    return Preview(found, account, tuple(new), len(found.lines) - len(new), tuple(suspects))


def import_statement(
    session: Session,
    *,
    content: bytes,
    name: str,
    account: str = "",
    label: str = "",
    store: DocumentStore,
    by: Actor,
    on: date,
    at: datetime,
) -> BankStatement:
    """Import a statement: its lines that are not known yet, and the file itself into the vault.

    Refuses as `preview` does, with StatementFaulty for the first of its wrong cells, and with StatementKnown.
    """
    require(by, "statement.import", Role.LOAN_OFFICER)
    found = preview(session, content=content, name=name, account=account, on=on)
    if found.read.faults:
        first: Fault = found.read.faults[0]
        raise StatementFaulty(field="file", count=len(found.read.faults), row=first.row, column=first.column)
    document = _kept(session, content, name, store, at)
    same = select(BankStatement).where(
        BankStatement.account == found.account, BankStatement.document_id == document.key
    )
    if (known := session.exec(same).first()) is not None:
        raise StatementKnown(account=found.account, source=known.source, day=known.last_on)
    every = found.read.lines
    row = BankStatement.model_validate(
        {
            "account": found.account,
            "source": plain_name(name) or "statement",
            "document_id": document.key,
            "first_on": min(line.on for line in every),
            "last_on": max(line.on for line in every),
            "opening": _money(found.read.opening_fen),
            "closing": _money(found.read.closing_fen),
            "line_count": len(found.new),
            "known_count": found.known,
            "label": label,
            "imported_by": by.user_id,
            "imported_at": at,
        }
    )
    session.add(row)
    session.flush()
    session.add_all(_line(row, line) for line in found.new)
    note(session, row, "import", by=by, on=on, at=at, reason=f"{row.source} {len(found.new)}+{found.known}")
    session.flush()
    return row


def undo_import(session: Session, *, statement: BankStatement, reason: str, by: Actor, on: date, at: datetime) -> None:
    """Take an import back while none of its lines is in use; the file stays in the vault. Refuses with StatementInUse."""
    require(by, "statement.undo_import", Role.LOAN_OFFICER)
    if not reason.strip():
        raise ReasonNeeded(field="reason", act="statement.undo_import")
    mine = col(StatementLine.statement_id) == statement.key
    matched = (
        select(sa.func.count())
        .select_from(StatementLine)
        .outerjoin(StatementMatchPart, col(StatementMatchPart.line_id) == col(StatementLine.id))
        .where(mine, sa.or_(col(StatementMatchPart.id).is_not(None), col(StatementLine.aside) != ""))
    )
    used = session.exec(matched).one()
    if used:
        raise StatementInUse(source=statement.source, count=used)
    note(session, statement, "undo_import", by=by, on=on, at=at, reason=f"{statement.source}: {reason.strip()}")
    session.execute(sa.delete(StatementLine).where(mine))
    session.delete(statement)
    session.flush()


def _money(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)


def _kept(session: Session, content: bytes, name: str, store: DocumentStore, at: datetime) -> Document:
    """The file in the vault, once."""
    sha256 = store.put(content)
    known = session.exec(select(Document).where(Document.sha256 == sha256)).first()
    if known is not None:
        return known
    kind = OFFICE["xl/"] if name.lower().endswith(".xlsx") else "text/csv"
    row = Document.model_validate({"sha256": sha256, "media_type": kind, "size": len(content), "stored_at": at})
    session.add(row)
    session.flush()
    return row


def _line(statement: BankStatement, line: ReadLine) -> StatementLine:
    return StatementLine.model_validate(
        {
            "statement_id": statement.key,
            "account": statement.account,
            "place": line.row,
            "on": line.on,
            "amount": Money(line.fen),
            "balance": _money(line.balance_fen),
            "bank_ref": line.ref,
            "payer": line.name,
            "payer_account": line.their_account,
            "memo": line.memo,
            "digest": line.print,
            "nth": line.nth,
        }
    )
