"""Signalement: what the association says: intake, dossier, consent ledger, its own space and the disclosure door."""
