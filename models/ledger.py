"""Stored accounts, events, entries and legs, with the guards that the database itself keeps (ledger.md 1.1).

One business event is one row of `ledger_event` and one row of `ledger_entry` for each book that it touches. Legs are
written before their entry: inserting the entry seals them (two legs or more, sum nought, period open), and nothing
can be added, changed or deleted afterwards. An entry's id is `number in its book * 8 + number of the book`.
Balances stand on the account, for each part and once more for the whole account; `ledger_day` keeps the whole
account's turnover, cumulated, at the end of each business day on which it moved.

Business days are whole numbers such as 20121107, moments are microseconds since 1970 in UTC: short, exact, in order.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from models import exposure, touched
from models.base import FenColumn
from models.books.chart import ACCOUNTS, BOOK_NUMBER, Account
from models.books.entry import REVERSAL
from models.books.recipes import RECIPES
from models.roles import Institution

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
FEN = FenColumn().with_variant(sa.Integer, "sqlite")
STRICT: dict[str, Any] = {"sqlite_strict": True}

FIRST_PART = 1_000_000
"""Accounts of the chart are numbered below; the parts of an account (one loan, one drawing) from here on."""

GENESIS = bytes(32)
"""What the first entry of each book is chained to."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BOOKS = 8
"""Factor in an entry's id; one more than the books there are."""


def day_number(on: date) -> int:
    """7 November 2012 is 20121107."""
    return on.year * 10_000 + on.month * 100 + on.day


def day_of(number: int) -> date:
    """The date behind a day number."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def moment_number(at: datetime) -> int:
    """Microseconds since 1970 in UTC; a moment without its zone is refused."""
    if at.tzinfo is None:
        raise TypeError("a moment needs its time zone")
    return (at - EPOCH) // timedelta(microseconds=1)


def moment_of(number: int) -> datetime:
    """The moment behind a moment number, in UTC."""
    return EPOCH + timedelta(microseconds=number)


def book_of_entry(entry_id: int) -> int:
    """The number of the book that an entry belongs to."""
    return entry_id % BOOKS


def seq_of_entry(entry_id: int) -> int:
    """An entry's number inside its book, from one without gaps."""
    return entry_id // BOOKS


account = sa.Table(
    "ledger_account",
    SQLModel.metadata,
    sa.Column("id", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("control_id", WHOLE, nullable=False),
    sa.Column("part", sa.Text, nullable=False, server_default=""),
    sa.Column("debit", FEN, nullable=False, server_default="0"),
    sa.Column("credit", FEN, nullable=False, server_default="0"),
    sa.Column("held", FEN, nullable=False, server_default="0"),
    sa.Column("floor", FEN),
    sa.Column("ceiling", FEN),
    sa.Column("last_day", WHOLE, nullable=False, server_default="0"),
    sa.UniqueConstraint("control_id", "part"),
    sa.CheckConstraint("debit >= 0 AND credit >= 0 AND held >= 0", name="turnover_not_negative"),
    sa.CheckConstraint("floor IS NULL OR debit - credit - held >= floor", name="floor"),
    sa.CheckConstraint("ceiling IS NULL OR debit - credit <= ceiling", name="ceiling"),
    **STRICT,
)
kind = sa.Table(
    "ledger_kind",
    SQLModel.metadata,
    sa.Column("id", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    **STRICT,
)
"""The names of the postings table: an event keeps their number, since the name would be a tenth of its size."""

event = sa.Table(
    "ledger_event",
    SQLModel.metadata,
    sa.Column("id", WHOLE, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("body_hash", sa.LargeBinary, nullable=False),
    sa.Column("kind_id", WHOLE, sa.ForeignKey("ledger_kind.id"), nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("day", WHOLE, nullable=False),
    sa.Column("booked_at", WHOLE, nullable=False),
    sa.Column("actor", WHOLE, nullable=False),
    sa.Column("reverses", sa.Text),
    **STRICT,
)
sa.Index(
    "uq_ledger_event_reverses",
    event.c.reverses,
    unique=True,
    sqlite_where=event.c.reverses.is_not(None),
    postgresql_where=event.c.reverses.is_not(None),
)
entry = sa.Table(
    "ledger_entry",
    SQLModel.metadata,
    sa.Column("id", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("event_id", WHOLE, sa.ForeignKey("ledger_event.id"), nullable=False),
    sa.Column("day", WHOLE, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    **STRICT,
)
leg = sa.Table(
    "ledger_leg",
    SQLModel.metadata,
    sa.Column(
        "entry_id", WHOLE, sa.ForeignKey("ledger_entry.id", deferrable=True, initially="DEFERRED"), primary_key=True
    ),
    sa.Column("n", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("account_id", WHOLE, sa.ForeignKey("ledger_account.id"), nullable=False),
    sa.Column("day", WHOLE, nullable=False),
    sa.Column("amount", FEN, nullable=False),
    sa.CheckConstraint("amount <> 0", name="amount_not_nought"),
    sa.Index("ix_ledger_leg_account", "account_id"),
    sqlite_with_rowid=False,
    **STRICT,
)
day = sa.Table(
    "ledger_day",
    SQLModel.metadata,
    sa.Column("account_id", WHOLE, sa.ForeignKey("ledger_account.id"), primary_key=True),
    sa.Column("day", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("debit", FEN, nullable=False),
    sa.Column("credit", FEN, nullable=False),
    sqlite_with_rowid=False,
    **STRICT,
)
head = sa.Table(
    "ledger_head",
    SQLModel.metadata,
    sa.Column("book", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("seq", WHOLE, nullable=False, server_default="0"),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("closed_through", WHOLE, nullable=False, server_default="0"),
    **STRICT,
)
hold = sa.Table(
    "ledger_hold",
    SQLModel.metadata,
    sa.Column("id", WHOLE, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", WHOLE, sa.ForeignKey("ledger_account.id"), nullable=False),
    sa.Column("amount", FEN, nullable=False),
    sa.Column("remaining", FEN, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("expires", WHOLE, nullable=False),
    sa.Column("actor", WHOLE, nullable=False),
    sa.CheckConstraint("amount > 0 AND remaining >= 0 AND remaining <= amount", name="remaining_within"),
    sa.Index("ix_ledger_hold_expires", "expires"),
    **STRICT,
)
hold_move = sa.Table(
    "ledger_hold_move",
    SQLModel.metadata,
    sa.Column("id", WHOLE, primary_key=True),
    sa.Column("hold_id", WHOLE, sa.ForeignKey("ledger_hold.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("amount", FEN, nullable=False),
    sa.Column("day", WHOLE, nullable=False),
    sa.Column("booked_at", WHOLE, nullable=False),
    sa.Column("actor", WHOLE, nullable=False),
    sa.CheckConstraint("kind IN ('taken', 'used', 'released', 'expired')", name="kind_known"),
    sa.Index("ix_ledger_hold_move_hold_id", "hold_id"),
    **STRICT,
)
close = sa.Table(
    "ledger_close",
    SQLModel.metadata,
    sa.Column("id", WHOLE, primary_key=True),
    sa.Column("book", WHOLE, sa.ForeignKey("ledger_head.book"), nullable=False),
    sa.Column("through", WHOLE, nullable=False),
    sa.Column("seq", WHOLE, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("actor", WHOLE, nullable=False),
    sa.Column("booked_at", WHOLE, nullable=False),
    **STRICT,
)

APPEND_ONLY = (
    "ledger_kind",
    "ledger_event",
    "ledger_entry",
    "ledger_leg",
    "ledger_hold_move",
    "ledger_close",
    "journal_line",
    "audit_line",
    "class_trigger",
    "class_trigger_end",
    "class_review",
)


def _sqlite_guards() -> list[str]:
    guards = [
        "CREATE TRIGGER ledger_seal BEFORE INSERT ON ledger_entry"
        " WHEN (SELECT COUNT(*) < 2 OR SUM(amount) <> 0 FROM ledger_leg WHERE entry_id = NEW.id)"
        " BEGIN SELECT RAISE(ABORT, 'unbalanced entry'); END",
        "CREATE TRIGGER ledger_period_open BEFORE INSERT ON ledger_entry"
        " WHEN (SELECT closed_through >= NEW.day FROM ledger_head WHERE book = NEW.id % 8)"
        " BEGIN SELECT RAISE(ABORT, 'closed period'); END",
        "CREATE TRIGGER ledger_one_book BEFORE INSERT ON ledger_leg"
        " WHEN (SELECT control_id FROM ledger_account WHERE id = NEW.account_id) / 10000 <> NEW.entry_id % 8"
        " BEGIN SELECT RAISE(ABORT, 'leg of another book'); END",
        "CREATE TRIGGER ledger_sealed BEFORE INSERT ON ledger_leg"
        " WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)"
        " BEGIN SELECT RAISE(ABORT, 'entry is sealed'); END",
        "CREATE TRIGGER ledger_account_stays BEFORE DELETE ON ledger_account"
        " BEGIN SELECT RAISE(ABORT, 'append only'); END",
    ]
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            guards.append(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'append only'); END"
            )
    return guards


_PG_POST = """
CREATE FUNCTION ledger_post(p_key text, p_hash bytea, p_kind text, p_cause text, p_day bigint, p_at bigint,
    p_actor bigint, p_reverses text, p_controls bigint[], p_parts text[], p_fens bigint[],
    OUT event_id bigint, OUT replayed boolean) LANGUAGE plpgsql AS $$
DECLARE
  known bytea; ids bigint[] := '{}'; leaf bigint; bad record; b bigint; h record; digest bytea; e bigint; i int;
BEGIN
  PERFORM pg_advisory_xact_lock(20121107);
  replayed := false;
  INSERT INTO ledger_event(key, body_hash, kind_id, cause, day, booked_at, actor, reverses)
    VALUES (p_key, p_hash, (SELECT k.id FROM ledger_kind k WHERE k.name = p_kind), p_cause, p_day, p_at, p_actor, p_reverses)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO event_id;
  IF event_id IS NULL THEN
    SELECT ev.id, ev.body_hash INTO event_id, known FROM ledger_event ev WHERE ev.key = p_key;
    IF known <> p_hash THEN RAISE EXCEPTION 'key with another body' USING ERRCODE = 'TB001'; END IF;
    replayed := true;
    RETURN;
  END IF;
  FOR i IN 1 .. array_length(p_controls, 1) LOOP
    IF p_parts[i] = '' THEN
      ids := ids || p_controls[i];
    ELSE
      SELECT a.id INTO leaf FROM ledger_account a WHERE a.control_id = p_controls[i] AND a.part = p_parts[i];
      IF leaf IS NULL THEN
        SELECT GREATEST(1000000, COALESCE(MAX(a.id), 0) + 1) INTO leaf FROM ledger_account a;
        INSERT INTO ledger_account(id, control_id, part, floor, ceiling)
          SELECT leaf, a.id, p_parts[i], a.floor, a.ceiling FROM ledger_account a WHERE a.id = p_controls[i];
      END IF;
      ids := ids || leaf;
    END IF;
  END LOOP;
  SELECT a.id, a.control_id, a.part, a.floor, a.ceiling, a.debit - a.credit AS net, a.held, s.d - s.c AS asked INTO bad
    FROM (SELECT t.id, SUM(GREATEST(t.fen, 0)) AS d, SUM(GREATEST(-t.fen, 0)) AS c FROM (
            SELECT u.id, u.fen FROM unnest(ids, p_fens) AS u(id, fen)
            UNION ALL SELECT v.control, v.fen FROM unnest(p_controls, p_parts, p_fens) AS v(control, part, fen) WHERE v.part <> '') t
          GROUP BY t.id) s JOIN ledger_account a ON a.id = s.id
    WHERE (a.floor IS NOT NULL AND s.d < s.c AND a.debit + s.d - a.credit - s.c - a.held < a.floor)
       OR (a.ceiling IS NOT NULL AND s.d > s.c AND a.debit + s.d - a.credit - s.c > a.ceiling)
    ORDER BY a.id DESC LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'limit' USING ERRCODE = 'TB002', DETAIL = json_build_object('control', bad.control_id, 'part', bad.part,
      'floor', bad.floor, 'ceiling', bad.ceiling, 'net', bad.net, 'held', bad.held, 'asked', bad.asked)::text;
  END IF;
  UPDATE ledger_account a SET debit = a.debit + s.d, credit = a.credit + s.c, last_day = GREATEST(a.last_day, p_day)
    FROM (SELECT t.id, SUM(GREATEST(t.fen, 0)) AS d, SUM(GREATEST(-t.fen, 0)) AS c FROM (
            SELECT u.id, u.fen FROM unnest(ids, p_fens) AS u(id, fen)
            UNION ALL SELECT v.control, v.fen FROM unnest(p_controls, p_parts, p_fens) AS v(control, part, fen) WHERE v.part <> '') t
          GROUP BY t.id) s WHERE a.id = s.id;
  INSERT INTO ledger_day(account_id, day, debit, credit)
    SELECT s.id, p_day, COALESCE(p.debit, 0), COALESCE(p.credit, 0)
      FROM (SELECT DISTINCT v.control AS id FROM unnest(p_controls) AS v(control)) s
      LEFT JOIN LATERAL (SELECT y.debit, y.credit FROM ledger_day y WHERE y.account_id = s.id AND y.day <= p_day
                         ORDER BY y.day DESC LIMIT 1) p ON true
    ON CONFLICT (account_id, day) DO NOTHING;
  UPDATE ledger_day y SET debit = y.debit + s.d, credit = y.credit + s.c
    FROM (SELECT v.control AS id, SUM(GREATEST(v.fen, 0)) AS d, SUM(GREATEST(-v.fen, 0)) AS c
            FROM unnest(p_controls, p_fens) AS v(control, fen) GROUP BY v.control) s
    WHERE y.account_id = s.id AND y.day >= p_day;
  FOR b IN SELECT DISTINCT v.control / 10000 FROM unnest(p_controls) AS v(control) ORDER BY 1 LOOP
    SELECT hd.seq + 1 AS seq, hd.hash INTO h FROM ledger_head hd WHERE hd.book = b FOR UPDATE;
    e := h.seq * 8 + b;
    INSERT INTO ledger_leg(entry_id, n, account_id, day, amount)
      SELECT e, row_number() OVER (ORDER BY u.ord) - 1, u.id, p_day, u.fen
        FROM unnest(ids, p_controls, p_fens) WITH ORDINALITY AS u(id, control, fen, ord) WHERE u.control / 10000 = b;
    digest := sha256(h.hash || int8send(h.seq) || int8send(p_at) || int8send(p_actor) || p_hash);
    INSERT INTO ledger_entry(id, event_id, day, hash) VALUES (e, event_id, p_day, digest);
    UPDATE ledger_head SET seq = h.seq, hash = digest WHERE book = b;
  END LOOP;
END $$"""


def _postgres_guards() -> list[str]:
    refuse = "RAISE EXCEPTION '{}' USING ERRCODE = '23514'"
    guards = [
        "CREATE FUNCTION ledger_seal() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE s numeric; c bigint; BEGIN"  # nosec B608  only constants of the program
        " SELECT SUM(amount), COUNT(*) INTO s, c FROM ledger_leg WHERE entry_id = NEW.id;"
        f" IF c < 2 OR s <> 0 THEN {refuse.format('unbalanced entry')}; END IF;"
        " IF (SELECT closed_through >= NEW.day FROM ledger_head WHERE book = NEW.id % 8)"
        f" THEN {refuse.format('closed period')}; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER ledger_seal BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_seal()",
        "CREATE FUNCTION ledger_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # nosec B608  only constants of the program
        f" IF EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id) THEN {refuse.format('entry is sealed')}; END IF;"
        " IF (SELECT control_id FROM ledger_account WHERE id = NEW.account_id) / 10000 <> NEW.entry_id % 8"
        f" THEN {refuse.format('leg of another book')}; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER ledger_sealed BEFORE INSERT ON ledger_leg FOR EACH ROW EXECUTE FUNCTION ledger_sealed()",
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {refuse.format('append only')}; END $$",
        "CREATE TRIGGER ledger_account_stays BEFORE DELETE ON ledger_account"
        " FOR EACH ROW EXECUTE FUNCTION append_only()",
    ]
    for table in APPEND_ONLY:
        guards.append(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
    guards.append(_PG_POST)
    return guards


def guards(dialect: str) -> list[str]:
    """The triggers and functions that keep the books on `sqlite` or `postgresql`, one statement each."""
    return _sqlite_guards() if dialect == "sqlite" else _postgres_guards()


def unguards(dialect: str) -> list[str]:
    """The statements that take the guards off again: for a downgrade to nothing, never in operation."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {statement.split()[2]}" for statement in _sqlite_guards()]
    drops = [f"DROP TRIGGER {table}_append_only ON {table}" for table in APPEND_ONLY]
    drops += [
        "DROP TRIGGER ledger_seal ON ledger_entry",
        "DROP TRIGGER ledger_sealed ON ledger_leg",
        "DROP TRIGGER ledger_account_stays ON ledger_account",
        "DROP FUNCTION ledger_seal",
        "DROP FUNCTION ledger_sealed",
        "DROP FUNCTION append_only",
        "DROP FUNCTION ledger_post",
    ]
    return drops


def opening_rows(accounts: Iterable[Account] = ACCOUNTS) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows that a new database starts with: every account of the charts, and a head for each book."""
    rows = [
        {"id": one.id, "control_id": one.id, "part": "", "floor": one.floor, "ceiling": one.ceiling} for one in accounts
    ]
    heads = [{"book": BOOK_NUMBER[book], "hash": GENESIS} for book in Institution]
    return rows, heads


def standing_statements(dialect: str) -> list[str]:
    """Everything that the database does by itself: the ledger's guards, the sums of exposure, the marks on loans."""
    return guards(dialect) + exposure.keepers(dialect) + touched.keepers(dialect)


def lay_foundation(connection: sa.Connection) -> None:
    """Put the guards, the charts and the heads into fresh tables."""
    raw = connection.connection.cursor()
    for statement in standing_statements(connection.dialect.name):
        raw.execute(statement)  # past SQLAlchemy, for which a % in a statement is a parameter
    raw.close()
    open_missing_accounts(connection)


def open_missing_accounts(connection: sa.Connection) -> int:
    """Add the accounts, heads and kinds of event that the program has and the database has not yet; returns how many
    accounts.
    """
    rows, heads = opening_rows()
    known = set(connection.execute(sa.select(account.c.id).where(account.c.id < FIRST_PART)).scalars())
    missing = [row for row in rows if row["id"] not in known]
    if missing:
        connection.execute(sa.insert(account), missing)
    books = set(connection.execute(sa.select(head.c.book)).scalars())
    new_heads = [row for row in heads if row["book"] not in books]
    if new_heads:
        connection.execute(sa.insert(head), new_heads)
    numbered = {row.name: row.id for row in connection.execute(sa.select(kind))}
    unnumbered = [name for name in (REVERSAL, *RECIPES) if name not in numbered]
    if unnumbered:
        first = max(numbered.values(), default=0) + 1
        connection.execute(sa.insert(kind), [{"id": first + n, "name": name} for n, name in enumerate(unnumbered)])
    return len(missing)
