"""Forms that are set aside, and resumed by a mailed link.

Revision: 0006
Revises: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = ("lien", "envoi_id", "courriel", "demande_le", "envois", "essais")


def upgrade() -> None:
    op.add_column("brouillons", sa.Column("lien", sa.String(length=64), nullable=True))
    op.add_column("brouillons", sa.Column("envoi_id", sa.Uuid(), nullable=True))
    op.add_column("brouillons", sa.Column("courriel", sa.String(length=254), nullable=True))
    op.add_column("brouillons", sa.Column("demande_le", sa.DateTime(timezone=True), nullable=True))
    # The release that is running inserts without them.
    op.add_column("brouillons", sa.Column("envois", sa.Integer(), server_default="0", nullable=False))
    op.add_column("brouillons", sa.Column("essais", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_brouillons_lien"), "brouillons", "(lien IS NULL) = (envoi_id IS NULL)")
    op.create_check_constraint(
        op.f("ck_brouillons_mis_de_cote"), "brouillons", "lien IS NULL OR (courriel IS NOT NULL AND demande_le IS NOT NULL)"
    )
    op.create_check_constraint(op.f("ck_brouillons_essais"), "brouillons", "essais BETWEEN 0 AND 5")
    op.create_index("ux_brouillons_lien", "brouillons", ["lien"], unique=True)
    op.create_index("ux_brouillons_envoi", "brouillons", ["envoi_id"], unique=True)
    op.create_index("ix_brouillons_courriel", "brouillons", ["courriel"], postgresql_where=sa.text("courriel IS NOT NULL"))
    op.create_index("ix_brouillons_expire_le", "brouillons", ["expire_le"])


def downgrade() -> None:
    for index in ("expire_le", "courriel"):
        op.drop_index(f"ix_brouillons_{index}", "brouillons")
    for index in ("envoi", "lien"):
        op.drop_index(f"ux_brouillons_{index}", "brouillons")
    for check in ("essais", "mis_de_cote", "lien"):
        op.drop_constraint(op.f(f"ck_brouillons_{check}"), "brouillons")
    for column in COLUMNS:
        op.drop_column("brouillons", column)
