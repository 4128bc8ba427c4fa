"""All comments under one post, where there are more than its thread shows."""
