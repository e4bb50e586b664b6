"""Which loans were written since: kept by the database itself, so that an end of day reads anew only what has changed.

Whoever changes a loan, its contract or its instalments leaves the loan's number and a place in the order of writes in
`loan_touch`. Writers take turns (`workflows.posting.take_turn`); on PostgreSQL the trigger takes the turn itself, so that
the order of the places is the order of the commits.
"""

from models.loan import FIRMS_A_PART

_LOAN_COLUMNS = "firm_id, product, outstanding, rate, matures_on, stage, five_class, class_floor, oldest_unpaid, non_accrual, contract_id"
_TOUCH = (
    "INSERT INTO loan_touch(loan_id, part, seq) SELECT l.id, l.firm_id / {part}, {next} FROM loan l WHERE {which}"  # nosec B608  only constants of the program
    " ON CONFLICT (loan_id) DO UPDATE SET seq = excluded.seq"
)
_NEXT = {
    "sqlite": "(SELECT COALESCE(MAX(seq), 0) + 1 FROM loan_touch)",
    "postgresql": "nextval('loan_touch_seq')",
}
_WRITES = (
    ("loan", "in", "INSERT", "l.id = NEW.id"),
    ("loan", "change", f"UPDATE OF {_LOAN_COLUMNS}", "l.id = NEW.id"),
    ("contract", "change", "UPDATE", "l.contract_id = NEW.id"),
    ("instalment", "in", "INSERT", "l.id = NEW.loan_id"),
    ("instalment", "change", "UPDATE", "l.id = NEW.loan_id"),
    ("loan_meter", "change", "UPDATE", "l.id = NEW.loan_id"),
)
TURN = 20121107
"""The key of the writers' turn on PostgreSQL."""


def keepers(dialect: str) -> list[str]:
    """The triggers (and functions) that keep `loan_touch`, one statement each, for `sqlite` or `postgresql`."""
    made = [] if dialect == "sqlite" else ["CREATE SEQUENCE loan_touch_seq"]
    for table, when, write, which in _WRITES:
        touch = _TOUCH.format(part=FIRMS_A_PART, next=_NEXT[dialect], which=which)
        if dialect == "sqlite":
            made.append(f"CREATE TRIGGER {table}_touch_{when} AFTER {write} ON {table} BEGIN {touch}; END")
        else:
            name = f"{table}_touch_{when}"
            made += [
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" PERFORM pg_advisory_xact_lock({TURN}); {touch}; RETURN NULL; END $$",
                f"CREATE TRIGGER {name} AFTER {write} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            ]
    return made


def unkeepers(dialect: str) -> list[str]:
    """The statements that take the keepers off again, for a downgrade."""
    names = [(table, f"{table}_touch_{when}") for table, when, _, _ in _WRITES]
    if dialect == "sqlite":
        return [f"DROP TRIGGER {name}" for _, name in names]
    drops = [s for table, name in names for s in (f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}")]
    return [*drops, "DROP SEQUENCE loan_touch_seq"]
