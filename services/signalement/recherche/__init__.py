"""Looking for cases of one's territory by reference, name or number: only this service knows the names."""
