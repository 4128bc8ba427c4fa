"""Passkeys: keys that live in a member's devices and sign in without a password, worth two factors by themselves."""
