"""Alembic's environment: see `common.migrations`."""

from cellule.tables import metadata
from common.migrations import run_env

run_env(metadata)
