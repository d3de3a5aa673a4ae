"""Suivis: what is remembered of cases and referrals, as ids and codes, so that nobody is written to in vain."""
