"""The ground everything stands on: no word of the domain, imports nothing of ours."""
