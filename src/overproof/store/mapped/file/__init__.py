"""One mapped file: records that are written once and read out of memory.

Lives here: its first page (`header.py`), a record (`record.py`), who appends (`writing.py`) and who reads at the same
time (`reading.py`), the memory itself (`mapping.py`), and what was asked for in the last hour (`uses.py`).
Start with `writing.py`.
"""
