"""Appointments about a referral: proposed with slots, confirmed or proposed again, cancelled; the calendar file."""
