"""Working through what is due in a table, surely: claimed under a lease, sent, its result written."""
