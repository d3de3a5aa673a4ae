"""Know as well whether mails reach partners without an account, and those who set a form aside.

Revision: 0009
Revises: 0008
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("envois", "joignabilites")
AVANT = "'membre', 'correspondant', 'invite'"


def _genres(genres: str) -> None:
    for table in TABLES:
        op.drop_constraint(op.f(f"ck_{table}_genre"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_genre"), table, f"genre IN ({genres})")


def upgrade() -> None:
    _genres(f"{AVANT}, 'sans_compte', 'declarant'")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE genre IN ('sans_compte', 'declarant')")  # noqa: S608 - constants.
    _genres(AVANT)
