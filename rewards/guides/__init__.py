"""What members earn by the guides they wrote."""
