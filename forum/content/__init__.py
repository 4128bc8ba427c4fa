"""What the brand itself says: the pages about the community."""
