"""Badges: recognition for acts a community has too few of. They bring no points and do not go away."""
