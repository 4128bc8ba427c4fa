"""Being found: what search engines and feed readers are offered of the public pages."""
