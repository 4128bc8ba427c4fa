"""The desk of badges: the catalogue, campaigns, honours, what is taken back."""
