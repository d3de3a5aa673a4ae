"""The directory: partners and cells, their members and machine clients."""
