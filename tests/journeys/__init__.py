"""Whole journeys through a whole hub."""
