"""The development identity provider: a real OpenID Connect server whose people sign in with one button."""
