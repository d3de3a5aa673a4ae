"""Looking for referrals, by the reference of their case or by their own identifier; and for organisations of the directory."""
