"""Texts of a block: codes in the place of characters, so that a text goes through loops like a number.

Lives here: the table of the texts of a block (table), columns of codes (codes), and what is told of texts (tell).
Comes in: awkward arrays of strings or characters. Goes out: a `Column` of codes; texts by code. Start with `table.py`;
import names from their files.
"""

__all__: list[str] = []
