"""Cellule: what is decided together: the shared diagnostic and the national figures."""
