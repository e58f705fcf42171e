"""A bundle's deployed jobs on the laptop: what `shipway run` and `shipway build` do, decided without doing it.

    job          a job as its deployed object has it          references   `{{job.parameters.x}}` and their like
    walk         which task runs when, and how a run ends      record       what is kept of a run
    wheel        a bundle's code as a wheel, the same bytes anywhere
    measures     what bundles measured, and what consumers see

What a task runs is in `shipway.runtime`; what starts its process is `shipway.outside.tasks`.
"""
