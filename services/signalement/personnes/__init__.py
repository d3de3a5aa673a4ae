"""Personnes: who of an association is in its space, and what each of them may do there."""
