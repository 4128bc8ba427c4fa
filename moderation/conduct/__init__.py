"""What members see of decisions about themselves: a notice that cannot be missed, all decisions, texts to mend and send again."""
