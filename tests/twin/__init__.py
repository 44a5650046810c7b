"""The twin: rules, standard forms and decisions a second time, plainly, record by record.

Written from the agreement, the contract and the documents, for a reader who knows Python and not
DuckDB. Nothing here imports the code it is compared with; the comparisons stand in `test_*.py`.
"""
