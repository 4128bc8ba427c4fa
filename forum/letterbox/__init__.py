"""Replies by mail: the signed address in a letter, the three inlets, and the one verb that reads what comes in."""
