"""Keys with which the brand's own programs use the API."""
