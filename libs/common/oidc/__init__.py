"""Signing people in by OpenID Connect: several issuers side by side, each pinned; code with PKCE through Authlib.

Authlib takes its algorithms from the discovery document, passes over a missing id_token and does not look at the `iss` of the
callback: those checks are here.
"""
