"""A member's own calendar of deadlines and appointments: an address that is a secret, which an agenda subscribes to."""
