"""Discounts made good: a new code after a cancelled order, time after a suspension that was wrong."""
