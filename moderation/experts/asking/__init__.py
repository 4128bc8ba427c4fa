"""Asking: the waves, who may be asked, how an invitation ends, and what members and managers read of it."""
