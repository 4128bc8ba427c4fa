"""Postal addresses of what is sent: sealed, in one table, and gone in time. What is sent says who may read them."""
