"""Releases: the moves of a line, what each may change, how each is taken back, and the record of all of it.

moves, machine   the table of moves, and moves on manifests as pure functions
steps            the list of steps that `explain` prints and `carry_out` walks
writing          editing a manifest as little as can be
places, said     where the aspects of a line stand in Terraform by kind, and how what stands there is read
allowed          the proof that a plan is exactly its move; whatever else it does is the residual
inverse, way_back    a plan as authored changes; the way back, known before the move is made
gates, evidence  what must have PASSED before a move, and who says so
line, look       a line, whom a move needs (`Ports`: every test and watcher brings its own), what stands now
carry_out        one move, from the lock to the outcome; settle ends what an earlier command left open
committed, unrecorded    a manifest that is ahead, and one that was carried out by other means
equality, read_back      whether a way back restored what there was
disagreement, refusals   the names of what is not as it should be, and why a move is not made
status, story, picture   what people are shown
"""
