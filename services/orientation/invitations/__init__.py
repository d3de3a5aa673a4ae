"""Invitations into an organisation: a mail with a link that opens once, for a week."""
