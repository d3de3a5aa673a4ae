"""Requests to join an organisation, by people who have signed in and belong to none."""
