"""The lists of referrals: what must be done first, what was counted elsewhere, a page at a time or exported whole."""
