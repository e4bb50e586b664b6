"""Loan mathematics: pure functions on columns of whole fen; no session, no clock."""
