"""Points given or taken by hand: with a reason, and by two people above an amount."""
