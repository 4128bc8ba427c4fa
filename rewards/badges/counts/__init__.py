"""What badges count: one function for each, for some members or for all."""
