"""Signalements: associations, contacts and cases, from filing to closing."""
