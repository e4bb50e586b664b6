"""Lives as tables of moves: who may do what, from where to where."""
