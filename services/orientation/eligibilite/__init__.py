"""Which dispositif fits, and why: the engine, its public API, and the simulator."""
