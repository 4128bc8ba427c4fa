"""The shop: it tells which codes were used and cancelled, asks whether one is good, and takes codes that were made here."""
