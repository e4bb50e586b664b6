"""Values: money, rates, dates and numbers that check themselves."""
