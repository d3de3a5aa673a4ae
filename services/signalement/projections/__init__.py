"""Projections: what the other services announced, kept to be shown beside a case."""
