"""Benchmarks as ratios within one run: `python -m bench --only ledger.` prints a table and writes var/bench.json."""
