"""What is otherwise than declared: the documents, the state and the workspace compared, three at a time.

sides      an object as the stack declares it, as the state records it, as the workspace answers
compare    objects that somebody declared or that the state knows: changed, missing, not deployed, in the state alone
rights     who was given what on them, and was not to be
extras     what nobody declared in places that are ours: bindings, members, schemas, jobs
meaning    what a finding means: access, data, behaviour, or nothing much
ways       the two ways out of each: what to write, or what to run
"""

from __future__ import annotations

__all__: list[str] = []
