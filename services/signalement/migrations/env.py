"""Alembic's environment: see `common.migrations`."""

from common.migrations import run_env
from signalement.tables import metadata

run_env(metadata)
