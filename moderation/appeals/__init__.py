"""Pages of appeals: the desk's list with decision and appeal side by side, and the member's own page with its promise."""
