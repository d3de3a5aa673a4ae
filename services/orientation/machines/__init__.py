"""The systems of an organisation: OAuth clients that act for it by the API."""
