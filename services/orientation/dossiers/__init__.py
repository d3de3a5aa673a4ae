"""What this service remembers of cases and consents, heard from signalement."""
