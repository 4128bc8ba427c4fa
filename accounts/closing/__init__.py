"""Leaving: an account is closed, and every package erases what was that person's alone."""
