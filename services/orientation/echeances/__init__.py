"""Deadlines in working days: how they run, and the sweep that finds what has come due."""
