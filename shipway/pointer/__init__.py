"""The pointer of a line: which slot consumers get, and which keys get the candidate. One value, four written forms.

pointer     the value
cohorts     which keys are in the candidate's share: the same in Python, Databricks SQL and DuckDB
json_form   a router job's parameter
view        the definition of the view over an append-only table
traffic     the routes of a serving endpoint
file_form   the file that an agent reads

Each form is printed and parsed, and whatever is not exactly what would have been printed is refused: a form is what a
plan shows, so nothing may ride along in it. This runs inside jobs too: the standard library, and sqlglot where a view
is parsed.
"""
