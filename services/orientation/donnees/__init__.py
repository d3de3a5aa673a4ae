"""The directory as open data: data·inclusion v1 and CSV, out over HTTP and in by the command that loads it."""
