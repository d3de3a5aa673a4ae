"""Alembic's environment: see `common.migrations`."""

from common.migrations import run_env
from cellule.tables import metadata

run_env(metadata)
