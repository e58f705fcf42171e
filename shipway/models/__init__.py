"""Documents, names, and what follows from them: the part of Shipway that reads YAML and decides nothing at run time.

source     a YAML file as data that remembers its lines
document   strict models, mistakes with file:line:column
account, environment, bundle, release, state, waivers   the documents themselves
names      the naming standard
privileges closed lists that the provider does not check
listing    which files are documents, and which only look like one
load       every document of a project
clashes    documents that are right one by one and wrong together
storage, catalogs, governance, system_schemas   the data half of an environment's document
sql        the files of functions: one CREATE FUNCTION each, and nothing else
workspace, egress, identities, budgets, governed_tags   parts of the account's and the environments' documents
checks_*   what one document alone cannot know
resolve    documents -> deployment
deployment what stacks and constructs read
origins    where in the documents a construct comes from
schemas    JSON Schemas for editors, generated
"""
