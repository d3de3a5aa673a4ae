"""Récupérations: a new address for a lost mailbox, proposed by one person of the cell and confirmed by another."""
