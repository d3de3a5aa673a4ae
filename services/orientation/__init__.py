"""Orientation: who can help: partner directory and the life of each referral."""
