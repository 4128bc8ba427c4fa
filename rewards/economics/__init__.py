"""What the programme costs and brings: figures for managers, each with its definition and its list."""
