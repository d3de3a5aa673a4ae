"""The referral: its states, its deadlines, who may move it and who sees it."""
