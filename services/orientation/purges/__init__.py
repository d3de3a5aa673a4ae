"""What the directory forgets by itself: addresses and names that nobody will need any more."""
