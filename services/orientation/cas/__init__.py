"""A case as a whole: its state derived from its referrals, and who else could help when one of them ended without help."""
