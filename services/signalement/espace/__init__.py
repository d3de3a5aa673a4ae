"""Espace: how the head of an association comes in, by a mailed link and code, and what it sees there."""
