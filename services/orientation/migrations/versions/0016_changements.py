"""The order in which referrals were last written: each bears its transaction's number, which a trigger gives it.

Revision: 0016
Revises: 0015
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FUNCTION = """
    CREATE FUNCTION noter_ecriture() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.ecriture := CAST(CAST(pg_current_xact_id() AS text) AS bigint);
        RETURN NEW;
    END $$
"""
TRIGGER = """
    CREATE TRIGGER noter_ecriture BEFORE INSERT OR UPDATE ON orientations FOR EACH ROW EXECUTE FUNCTION noter_ecriture()
"""


def upgrade() -> None:
    # What was there before comes first, in the order of the ids.
    op.add_column("orientations", sa.Column("ecriture", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.execute(FUNCTION)
    op.execute(TRIGGER)
    op.create_index(
        "ix_orientations_ecriture_partenaire",
        "orientations",
        ["partenaire_id", "ecriture", "id"],
        postgresql_where=sa.text("envoyee_at IS NOT NULL"),
    )
    op.create_index("ix_orientations_ecriture_departement", "orientations", ["departement", "ecriture", "id"])


def downgrade() -> None:
    op.drop_index("ix_orientations_ecriture_departement", "orientations")
    op.drop_index("ix_orientations_ecriture_partenaire", "orientations")
    op.execute("DROP TRIGGER noter_ecriture ON orientations")
    op.execute("DROP FUNCTION noter_ecriture()")
    op.drop_column("orientations", "ecriture")
