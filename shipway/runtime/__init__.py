"""What a bundle's code calls: the same on Databricks and on the laptop, pinned inside the bundle's own wheel.

    job         what the job was started with      tables      reading, and appending to tables that only grow
    outputs     a release's rows, stamped, once    effects     what only the live slot may do
    models      the pinned version of the model    measures    what a release is judged by
    views       what consumers see on the laptop   launch      starts a task on the laptop
    agent       which release answers a turn of a conversation
    place       where the code runs

On Databricks tables are Unity Catalog's and Spark reads them; on the laptop, where `SHIPWAY_SANDBOX` names the
sandbox's folder, they are Delta files in it. The standard library is all that is imported at import: a task that scores
does not wait for what it does not use.
"""
