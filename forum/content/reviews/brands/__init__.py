"""Accounts that speak for the maker of products."""
