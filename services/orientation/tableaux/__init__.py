"""The dashboard: what waits, for how long, what came of it, and what should worry."""
