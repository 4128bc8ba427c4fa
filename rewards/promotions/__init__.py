"""Promotions: discounts of the brand, each code given once, against points."""
