"""The next step of a referral: who must act, what is expected, and until when."""
