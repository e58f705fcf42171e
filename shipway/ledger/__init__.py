"""The ledger: an append-only, hash-chained record of what was done to lines, who did it, why, and how it ended."""
