"""The judge: whether a candidate is no worse than the live release, from what both did with the same work.

measures      what is judged, and the seam that reads it
terms         what a bundle declares for it: the document, or what a job was told of it
evidence      observations, sorted into the two arms; what cannot be used is a flaw, and with flaws nothing passes
looks         when the judge looks, and with which share of the permitted error
distributions Student's t and exact binomial bounds, from the standard library alone
shares        intervals for the difference of two shares: binary metrics
means         intervals for the difference of two means: continuous metrics
decide        one interval and one margin: PASSED, UNDECIDED or FAILED, and why
judge         all metrics and slices of one look
judgement     what the judge says, as text and JSON
underway      a release that is coming in, looked at: its runs say which days, the measures what was done on them
simulate      how often it is wrong, for docs/judge.md

It decides from what it is handed: no clock, no file, no randomness. It needs the standard library
alone: it also runs inside a job.
"""
