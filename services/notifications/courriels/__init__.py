"""Courriels: who is written to about what happened, and the mails themselves."""
