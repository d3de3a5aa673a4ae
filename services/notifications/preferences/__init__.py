"""Preferences: the kinds of mail that a member does not want, chosen when signed in or by the link of a mail."""
