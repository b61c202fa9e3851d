"""What the benchmarks share: clips, peers, measuring, results. Python 3.11, standard library only."""
