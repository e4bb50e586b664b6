"""Seven books: charts of accounts, entries, and the postings table from event to legs."""
