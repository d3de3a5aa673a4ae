"""The same action on several referrals at once: a preview that says what would happen to each, then each for itself."""
