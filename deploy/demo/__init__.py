"""The demonstration: an invented directory and invented associations."""
