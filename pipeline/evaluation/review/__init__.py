"""Pages on which a person reads what is there against what was found: one file, right to left, nothing fetched."""
