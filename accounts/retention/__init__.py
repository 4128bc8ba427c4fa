"""How long what is kept: one registry of rules, one daily job, each run written down, legal holds respected."""
