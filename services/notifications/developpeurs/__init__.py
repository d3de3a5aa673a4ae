"""What a partner's developers need to know, in one page."""
