"""Passwords, tokens and the server's secret."""
