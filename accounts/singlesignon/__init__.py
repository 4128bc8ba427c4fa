"""Coming in through the brand's own accounts: OpenID Connect, and signed tickets of the brand's shop."""
