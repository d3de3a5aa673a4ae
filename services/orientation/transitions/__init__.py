"""What may happen to a referral: the one table of transitions, with its sides, reasons and announcements."""
