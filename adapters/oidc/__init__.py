"""Signing in with any provider of OpenID Connect: the code flow with PKCE."""
