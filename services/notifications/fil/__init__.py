"""Fil: what happened, for each signed-in member: the page, the count of what is unread, and the bell."""
