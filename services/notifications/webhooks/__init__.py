"""Webhooks: the addresses of partners' systems, as their managers keep them."""
