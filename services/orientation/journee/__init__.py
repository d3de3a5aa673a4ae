"""What awaits somebody today: the first page after sign-in, with everything that needs this person."""
