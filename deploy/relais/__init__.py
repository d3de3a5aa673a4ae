"""The embedded runner: a whole hub, with its real servers, in one command and without Docker."""
