"""A question on paper: what helps, and nothing around it."""
