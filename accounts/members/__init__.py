"""Members: who takes part, under which public name, in which role."""
