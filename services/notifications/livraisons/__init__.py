"""Livraisons: what is delivered to partners' systems, when, and how often it is tried."""
