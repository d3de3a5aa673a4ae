"""The shared diagnostic: a versioned document, its validations, and its own door."""
