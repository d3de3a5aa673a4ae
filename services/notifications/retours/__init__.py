"""Retours: whether mails reach people, from what the relay sends back and what servers refuse; never an address."""
