"""Ranks: what a member may do grows with what they have done; spending never lowers it."""
