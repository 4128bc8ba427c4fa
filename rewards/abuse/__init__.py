"""Abuse of points: what votes are annulled, what pays nothing, what is kept aside until a person has looked."""
