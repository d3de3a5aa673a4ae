"""Regles: who learns what, by which way and when: one table per role, and the planning that follows from it."""
