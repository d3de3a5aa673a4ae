"""The coverage matrix: for each territory, which needs at which level of difficulty find somebody to help."""
