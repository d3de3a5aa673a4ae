"""Retraits: a withdrawn consent, of which each recipient must take note, or is reminded, then called."""
