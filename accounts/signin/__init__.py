"""Signing in: accounts opened and proven, passwords, links by mail, sessions."""
