"""The guards that the database itself keeps: sealed entries, append-only tables, standing sums.

The statements stand beside this file, one file for each engine and way, frozen as they were written; `models/ledger.py`
and `models/exposure.py` hold those of today. Accounts of the charts are not part of a version: `schema.upgrade` opens
whichever the charts have and the database has not.

Revision: 0011, after 0010
"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BETWEEN = "\n----\n"


def _run(way: str) -> None:
    connection = op.get_bind()
    file = Path(__file__).with_name(f"0011_guards_{connection.dialect.name}_{way}.sql")
    cursor = connection.connection.cursor()
    for statement in file.read_text(encoding="utf-8").strip().split(BETWEEN):
        cursor.execute(statement)  # past SQLAlchemy, for which a % in a statement is a parameter
    cursor.close()


def upgrade() -> None:
    _run("up")


def downgrade() -> None:
    _run("down")
