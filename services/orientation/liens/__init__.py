"""Links of partners without an account: one referral, read by the link, acted on with a code mailed to the partner."""
