"""The national figures: a read model built from events, its JSON and its page."""
