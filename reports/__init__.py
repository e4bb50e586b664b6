"""Reading: exposure, books, portfolio and documents. Reports change nothing."""
