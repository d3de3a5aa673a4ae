"""The journey: people and systems drive a running hub through its public interfaces, and every account is checked at the end."""
