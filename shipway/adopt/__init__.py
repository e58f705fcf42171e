"""Taking over what exists: from an observed workspace to `adopted/<environment>.yaml`, and a list of what is left out.

represent   one observed object -> its entry in the document, or why there is none
adopt       all of them: every object ends in the document or in the list, none in neither
document    the entries as YAML that people read
suggest     lines for other documents, to be copied by hand
report      what was adopted and what was not, for people and machines
"""
