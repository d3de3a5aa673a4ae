"""The benchmark: the hub beside the barest code that does the same, in one run. `make bench` prints the ratios."""
