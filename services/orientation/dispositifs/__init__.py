"""The catalogue of dispositifs: who carries what, for whom, where, under which conditions, and who says so."""
