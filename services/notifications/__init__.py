"""Notifications: telling people and systems: webhooks and e-mail."""
