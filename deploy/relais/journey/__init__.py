"""The journey: people and systems drive a running hub through its public interfaces, then every account is checked."""
