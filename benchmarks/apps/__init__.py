"""Programs to measure: the same resources, written for each peer."""
