"""Depot: the way in: the home page, and the form to signal a difficulty, step by step."""
