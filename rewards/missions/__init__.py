"""Missions: a few steps in an order, done by facts, rewarded once from a budget."""
