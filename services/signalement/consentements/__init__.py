"""Consentements: the ledger of consents, and the one door through which anything confidential leaves."""
