"""The engine of Pierhead: it knows partners and the pipeline, and no standard."""
