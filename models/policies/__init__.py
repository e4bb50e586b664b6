"""Rules that a meeting could debate: typed, dated, sourced."""
